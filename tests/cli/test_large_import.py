"""A large import leaves no sums to be made, and one that is killed loses nothing it stored."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from callistics.catalog.rollups import CHANGES
from callistics.cli.importing import sender

from .conftest import Run

CALLS, BATCH, SET = 20_000, 500, 1_000
# Two sets are under way, and no more than this is in the pipe and in what has been read of it.
_ON_THE_WAY = 2 * SET + 2 * BATCH + (1 << 19) // 200


def call(number: int) -> bytes:
    record = {
        "call_id": f"c{number}",
        "lead_id": f"l{number // 3}",
        "merchant_id": f"m{number % 7}",
        "reseller_id": "r",
        "started_at": f"2025-01-{number % 28 + 1:02}T10:00:00Z",
        "outcome": "CONFIRMED",
        "payload": {"number": number},
        "updated_at": "2025-02-01T00:00:00Z",
    }
    return json.dumps(record).encode() + b"\n"


def test_nothing_is_left_to_sum_up(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "_MANY", CALLS)
    (folder / "calls.ndjson").write_bytes(b"".join(map(call, range(CALLS))))
    assert f"{CALLS:,} received, {CALLS:,} stored" in run("import", "calls.ndjson").stdout
    assert not waiting(folder)
    assert json.loads(run("query", "call_count", "--format", "json").stdout)["data"] == [
        {"count": CALLS}
    ]


def waiting(folder: Path) -> int:
    """How many changes the sums do not have yet."""
    (database,) = folder.glob("*.d*b")
    with duckdb.connect(str(database), read_only=True) as store:
        counts = [
            store.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]  # noqa: S608
            for table in CHANGES.values()
        ]
    return sum(counts)


def test_beside_many_more_summing_up_is_left_for_later(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_MANY", 1_000)
    parts = (0, 12_000, 12_000 + 1_400, 12_000 + 1_400 + 12_000)
    for begin, end in pairwise(parts):
        (folder / "calls.ndjson").write_bytes(b"".join(map(call, range(begin, end))))
        run("import", "calls.ndjson")
        counted = json.loads(run("query", "call_count", "--format", "json").stdout)
        assert counted["data"] == [{"count": end}]
        # The second part is less than an eighth of all, the third is more.
        assert bool(waiting(folder)) is (end == parts[2])


def test_optimize_sums_up_what_was_left(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_MANY", CALLS)
    (folder / "calls.ndjson").write_bytes(b"".join(map(call, range(CALLS - 1))))
    run("import", "calls.ndjson")
    assert waiting(folder)
    run("optimize")
    assert not waiting(folder)


def test_what_was_stored_is_there_and_the_rest_follows(run: Run, folder: Path) -> None:
    lines = [call(number) for number in range(CALLS)]
    command = [sys.executable, "-m", "callistics.cli", "import", "-", "--batch-size", str(BATCH)]
    environment = {**os.environ, "CALLISTICS_IMPORT_RECORDS": str(SET)}
    killed = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=folder, env=environment)
    assert killed.stdin is not None
    killed.stdin.writelines(lines)
    killed.kill()
    killed.wait()
    with suppress(BrokenPipeError):
        killed.stdin.close()
    counted = run("query", "call_count", "--format", "json").stdout
    stored = json.loads(counted)["data"][0]["count"]
    assert CALLS - _ON_THE_WAY <= stored < CALLS
    (folder / "calls.ndjson").write_bytes(b"".join(lines))
    done = run("import", "calls.ndjson").stdout
    assert f"{CALLS - stored:,} stored, {stored:,} unchanged, 0 pending, 0 rejected" in done
    counted = run("query", "call_count", "--format", "json").stdout
    assert json.loads(counted)["data"][0]["count"] == CALLS
