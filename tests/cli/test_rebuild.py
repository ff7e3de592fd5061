"""`callistics rebuild`."""

from pathlib import Path

import duckdb
import pytest

from callistics.cli import offline

from .conftest import Run

CALLS = "\n".join(
    f'{{"call_id": "c{n}", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-10-0{n}"}}'
    for n in range(1, 4)
)


@pytest.fixture
def loaded(run: Run, folder: Path) -> Path:
    (folder / "calls.ndjson").write_text(CALLS, encoding="utf-8")
    run("import", "calls.ndjson")
    return folder / "callistics.db"


def test_it_puts_right_what_was_wrong(run: Run, loaded: Path) -> None:
    with duckdb.connect(str(loaded)) as connection:
        connection.execute("DELETE FROM rollup_call_changes")
        connection.execute("DELETE FROM leads")
    assert '"count":0' in run("query", "call_count", "--format", "json").stdout
    shown = run("rebuild").stdout
    assert shown.startswith("Computed leads, attempts, payloads and roll-ups of 3 calls anew, in ")
    assert '"count":3' in run("query", "call_count", "--format", "json").stdout
    assert '"count":3' in run("query", "status_distribution", "--format", "json").stdout


def test_a_database_that_is_not_there(run: Run) -> None:
    assert "is not there" in run("rebuild", code=1).stderr


def test_a_server_that_runs(run: Run, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "server_answers", lambda *_: True)
    assert "stop it first" in run("rebuild", code=1).stderr
