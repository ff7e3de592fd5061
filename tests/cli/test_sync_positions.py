"""From which row a sync goes on: never from a position that is of something else."""

import json
from pathlib import Path

import pytest

from support.postgres import Database

from .conftest import Run
from .syncing import CALLS, TENANT, insert, sync


@pytest.fixture(autouse=True)
def _calls(database: Database) -> None:
    database.run(CALLS)


@pytest.mark.parametrize(
    ("position", "message"),
    [
        ({"cursor": "2025-01-05 10:00:00+00", "tie": []}, "its position is not whole"),
        ({"cursor": "x", "tie": ["1"]}, "invalid input syntax for type timestamp"),
        (
            {"cursor": "2025-01-05 10:00:00+00", "tie": ["x"]},
            "invalid input syntax for type bigint",
        ),
        ({"cursor": "infinity", "tie": ["1"]}, "its position is infinity"),
        ({"cursor": "\0", "tie": ["1"]}, "NUL"),
    ],
)
def test_a_position_that_is_damaged(
    position: object, message: str, run: Run, database: Database, folder: Path
) -> None:
    insert(database, 1)
    sync(run, database)
    file = folder / "callistics.db.sync-calls.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "position": position}))
    shown = sync(run, database, code=1)
    assert f"{file.name}: not the state of a sync (" in shown
    assert message in shown
    assert "remove the file to read the table from its beginning" in shown


def test_a_cursor_of_another_type_since(run: Run, database: Database, folder: Path) -> None:
    """What is 10:00 there now was 15:30 in a zone before: rows between would not be read."""
    other = (
        "ALTER TABLE calls ALTER updated_at TYPE {} USING updated_at AT TIME ZONE 'Asia/Kolkata'"
    )
    database.run(other.format("timestamp"))
    insert(database, 1, updated="2025-01-05 15:30")
    sync(run, database, "--timezone", "Asia/Kolkata")
    database.run(other.format("timestamptz"))
    insert(database, 2, updated="2025-01-05 12:00+00")
    shown = sync(run, database, code=1)
    assert "types timestamp without time zone, whole number, not timestamp with time" in shown
    (folder / "callistics.db.sync-calls.json").unlink()
    assert "2 received" in sync(run, database)
    database.run("ALTER TABLE calls ALTER call_id TYPE int")
    assert "0 received" in sync(run, database, "--overlap", "0")


def test_a_position_from_before_types_were_kept(run: Run, database: Database, folder: Path) -> None:
    insert(database, 1)
    sync(run, database)
    file = folder / "callistics.db.sync-calls.json"
    kept = json.loads(file.read_text())
    del kept["identity"]["types"]
    file.write_text(json.dumps(kept))
    insert(database, 2, updated="2025-01-05 10:01+00")
    assert "1 received, 1 stored" in sync(run, database, "--overlap", "0")
    assert json.loads(file.read_text())["identity"]["types"][1] == "whole number"


def test_one_state_file_is_of_one_database(run: Run, database: Database) -> None:
    insert(database, 1)
    kept = ("--state", "kept.json", "--engine")
    assert "1 stored" in sync(run, database, *kept, "duckdb://one.db")
    assert "other.db): give this one a name" in sync(
        run, database, *kept, "duckdb://other.db", code=1
    )
    assert "0 received" in sync(run, database, *kept, "duckdb://one.db", "--overlap", "0")


def test_a_table_that_was_emptied(run: Run, database: Database, folder: Path) -> None:
    database.run("ALTER TABLE calls ADD seq serial")
    insert(database, *range(1, 21))
    usual = ("--table", "calls", "--cursor", "seq", *TENANT, "--drop", "deleted_at")
    run("sync", database.dsn, *usual, "--overlap", "5")
    database.run("TRUNCATE calls RESTART IDENTITY")
    assert "the highest seq" not in run("sync", database.dsn, *usual).output
    insert(database, 31, 32)
    shown = run("sync", database.dsn, *usual, "--overlap", "5").output
    assert "0 received" in shown
    assert "the highest seq is 2 now, before 20, where the last run ended" in shown
    (folder / "callistics.db.sync-calls.json").unlink()
    assert "2 received, 2 stored" in run("sync", database.dsn, *usual).output


def test_rows_that_nothing_tells_apart(run: Run, database: Database, folder: Path) -> None:
    insert(database, 1, 2)
    insert(database, 3, updated="2025-01-05 10:01+00")
    insert(database, 4, 5, updated="2025-01-05 10:02+00")
    given = ("--tie", "started_at", "--batch-size", "1")
    shown = sync(run, database, *given, "--overlap", "0", code=1)
    assert (
        "several rows have the updated_at 2025-01-05 10:00:00+00 and the same started_at" in shown
    )
    assert not (folder / "callistics.db.sync-calls.json").exists()
    assert "5 received, 5 stored" in sync(run, database, *given)
