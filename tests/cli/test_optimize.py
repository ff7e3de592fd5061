"""`callistics optimize`."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from callistics.cli import offline
from callistics.engines import registry
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.tuning import Tuning

from .conftest import Run


def call(number: int) -> str:
    return json.dumps(
        {
            "call_id": f"c{number}",
            "lead_id": f"l{number}",
            "merchant_id": f"m{number % 3}",
            "reseller_id": "r",
            "started_at": f"2025-10-{number // 10 + 1:02}T{number % 10:02}:00:00Z",
        }
    )


@pytest.fixture
def loaded(run: Run, folder: Path) -> Path:
    (folder / "calls.ndjson").write_text("\n".join(map(call, range(60))), encoding="utf-8")
    run("import", "calls.ndjson")
    return folder / "callistics.db"


def lying(database: Path, table: str) -> list[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(f"SELECT merchant_id FROM {table} ORDER BY rowid").fetchall()  # noqa: S608
    return [merchant for (merchant,) in rows]


def test_it_sorts_and_changes_no_answer(
    run: Run, loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("query", "call_count", "--group-by", "merchant_id", "--format", "json")
    before = run(*asked).stdout
    assert lying(loaded, "calls")[:4] == ["m0", "m1", "m2", "m0"]
    # So few rows are not worth it otherwise.
    monkeypatch.setattr(registry, "DuckDBEngine", small)
    assert run("optimize").stdout.startswith("All is in order, after ")
    assert lying(loaded, "calls") == sorted(lying(loaded, "calls"), reverse=True)
    assert run(*asked).stdout == before
    assert run("optimize").stdout.startswith("All is in order, after ")


def small(path: Path, *, tuning: Tuning, **options: Any) -> DuckDBEngine:
    return DuckDBEngine(path, tuning=replace(tuning, rows_out_of_order=10), **options)


def test_a_database_that_is_not_there(run: Run) -> None:
    assert "is not there" in run("optimize", code=1).stderr


def test_a_server_that_runs(run: Run, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "server_answers", lambda *_: True)
    assert "stop it first" in run("optimize", code=1).stderr
