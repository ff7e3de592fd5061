"""Rows of a table of PostgreSQL come over once, in the order of the cursor, and all of them."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from callistics.cli.importing.sender import Sender
from callistics.cli.syncing import reading
from callistics.cli.syncing import run as running
from callistics.cli.syncing.state import locked
from callistics.files.lines import Line
from support.postgres import Database

from .conftest import Run
from .syncing import CALLS, TENANT, count, insert, rows, sync

# Rows of which the last that are under way are at the most 32 after the last one kept.
MANY = range(60)
BROKEN_AT = 50
_KILLED = """
import os, signal, sys
from callistics.cli import main
from callistics.cli.syncing import run
take = run.record_line
def killed(number, record):
    if number == 50:
        os.kill(os.getpid(), signal.SIGKILL)
    return take(number, record)
run.record_line = killed
main(sys.argv[1:])
"""


@pytest.fixture(autouse=True)
def _calls(database: Database) -> None:
    database.run(CALLS)


def test_what_is_new_comes_over(run: Run, database: Database, folder: Path) -> None:
    insert(database, 1, 2, 3)
    first = sync(run, database)
    assert "3 received, 3 stored" in first
    assert "up to updated_at 2025-01-05 10:00:00+00, kept in callistics.db.sync-calls" in first
    insert(database, 4, updated="2025-01-06 10:00+00")
    assert "1 received, 1 stored" in sync(run, database, "--overlap", "0")
    assert "0 received" in sync(run, database, "--overlap", "0")
    assert count(run) == 4
    assert rows(run, "call_duration")[0]["total"] == 240


def test_rows_that_are_read_again_change_nothing(run: Run, database: Database) -> None:
    insert(database, 1, 2)
    sync(run, database)
    assert "2 received, 0 stored, 2 unchanged" in sync(run, database)


def test_a_row_that_changes_twice_is_as_it_was_last(run: Run, database: Database) -> None:
    insert(database, 1)
    sync(run, database)
    insert(database, 1, updated="2025-01-05 10:01+00", outcome="'SOLD'")
    insert(database, 1, updated="2025-01-05 10:02+00", outcome="'CONFIRMED'")
    sync(run, database)
    insert(database, 1, updated="2025-01-05 10:03+00", outcome="'REFUSED'")
    sync(run, database)
    assert [row["outcome"] for row in rows(run, "outcome_distribution")] == ["REFUSED"]


@pytest.mark.parametrize(("overlap", "found"), [("5m", 2), ("59s", 1), ("0", 1)])
def test_a_late_commit_within_the_overlap(
    overlap: str, found: int, run: Run, database: Database
) -> None:
    with psycopg.connect(database.dsn) as late:
        late.execute(
            "INSERT INTO calls VALUES (1, '2025-01-05 09:00+00', NULL, NULL, '2025-01-05 10:00+00')"
        )
        insert(database, 2, updated="2025-01-05 10:01+00")
        sync(run, database)
    sync(run, database, "--overlap", overlap)
    assert count(run) == found


def test_a_run_that_is_killed_goes_on_where_it_was(
    run: Run, database: Database, folder: Path
) -> None:
    insert(database, *MANY)
    options = ["--table", "calls", "--cursor", "updated_at", *TENANT, "--drop", "deleted_at"]
    killed = [sys.executable, "-c", _KILLED, "sync", database.dsn, *options, "--batch-size", "1"]
    assert subprocess.run(killed, check=False).returncode == -signal.SIGKILL
    goes_on(run, database, folder)


def test_a_connection_that_is_lost(
    run: Run,
    database: Database,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    insert(database, *MANY)
    take = running.record_line

    def taken(number: int, record: object) -> Line:
        if number == BROKEN_AT:
            end_connections(database)
        return take(number, record)

    with monkeypatch.context() as broken:
        broken.setattr(running, "record_line", taken)
        # Few rows are fetched before.
        broken.setattr(reading, "_AT_A_TIME", 10)
        shown = sync(run, database, "--batch-size", "1", code=1)
    assert "calls: the connection was lost (" in shown
    assert "run the sync again, it goes on after what it stored" in shown
    assert "50 received, 50 stored" in shown
    goes_on(run, database, folder, before=50)


def end_connections(database: Database) -> None:
    """End those of syncs, as an administrator does."""
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'callistics sync'"
    )


def goes_on(run: Run, database: Database, folder: Path, before: int | None = None) -> None:
    """All rows are of one cursor value, and the rest of them comes, no more and no less."""
    state = json.loads((folder / "callistics.db.sync-calls.json").read_text())
    kept = int(state["position"]["tie"][0]) + 1
    assert kept == before or (before is None and 16 <= kept < BROKEN_AT)
    shown = sync(run, database, "--overlap", "0")
    assert f"{len(MANY) - kept} received, " in shown
    assert count(run) == len(MANY)


def test_deleted_rows_are_in_no_figure(run: Run, database: Database) -> None:
    insert(database, 1, 2)
    usual = ("--table", "calls", "--cursor", "updated_at", *TENANT, "--deleted", "deleted_at")
    run("sync", database.dsn, *usual)
    assert count(run) == 2
    insert(database, 1, updated="2025-01-05 10:01+00", deleted_at="now()")
    run("sync", database.dsn, *usual)
    assert count(run) == 1
    assert json.loads(run("calls", "show", "1", "--json").stdout)["test"] is True
    insert(database, 1, updated="2025-01-05 10:02+00", deleted_at="NULL")
    run("sync", database.dsn, *usual)
    assert count(run) == 2


def test_a_whole_number_as_cursor(run: Run, database: Database) -> None:
    database.run("ALTER TABLE calls ADD seq serial")
    insert(database, 1, 2)
    usual = ("--table", "calls", "--cursor", "seq", *TENANT, "--drop", "deleted_at")
    assert "2 stored" in run("sync", database.dsn, *usual).output
    insert(database, 3)
    assert "1 received, 1 stored" in run("sync", database.dsn, *usual, "--overlap", "0").output
    assert "2 received, 0 stored" in run("sync", database.dsn, *usual, "--overlap", "1").output


def test_a_query_is_read(run: Run, database: Database) -> None:
    insert(database, 1, 2)
    query = "SELECT call_id, started_at, updated_at AS at, 100 % 7 AS mod FROM calls -- of all\n;"
    options = ("--query", query, "--cursor", "at", "--tie", "call_id", "--name", "all calls")
    given = ("sync", database.dsn, *options, *TENANT, "--payload-rest")
    assert "2 stored" in run(*given).output
    assert "0 received" in run(*given, "--overlap", "0").output
    call = json.loads(run("calls", "show", "1", "--json").stdout)
    assert (call["updated_at"], call["payload"]) == ("2025-01-05T10:00:00+00:00", {"mod": 2})


def test_rows_that_cannot_be_placed_are_said(run: Run, database: Database) -> None:
    insert(database, 1)
    insert(database, 2, updated="2999-01-05 10:00+00")
    database.run("INSERT INTO calls (call_id, started_at) VALUES (3, '2025-01-05')")
    shown = sync(run, database)
    assert "1 received, 1 stored" in shown
    assert "rows without a value of updated_at that could be compared, not read: 1." in shown
    assert "rows whose updated_at is in the future, not read before that: 1." in shown


def test_bad_rows_stop_it_or_are_left_out(run: Run, database: Database, folder: Path) -> None:
    insert(database, 1, 2)
    insert(database, 3, duration="'-1 minute'", updated="2025-01-05 10:01+00")
    stopped = sync(run, database, "--batch-size", "2", code=1)
    assert "calls, call_id=3: duration: " in stopped
    assert "nothing of the rows call_id=3 to call_id=3 of calls was stored" in stopped
    assert "up to updated_at 2025-01-05 10:00:00+00" in stopped
    skipped = sync(run, database, "--on-error", "skip", "--errors-file", "bad.ndjson", code=1)
    assert "1 bad rows were left out" in skipped
    bad = json.loads((folder / "bad.ndjson").read_text())
    assert (bad["table"], bad["key"]) == ("calls", "call_id=3")
    assert bad["errors"][0]["pointer"] == "/duration"
    assert "0 received" in sync(run, database, "--overlap", "0")


def test_one_run_at_a_time(run: Run, database: Database, folder: Path) -> None:
    with locked(folder / "callistics.db.sync-calls.json"):
        assert "this sync is running already" in sync(run, database, code=1)
    assert "0 received" in sync(run, database)


def test_the_position_is_of_one_sync(run: Run, database: Database, folder: Path) -> None:
    insert(database, 1)
    sync(run, database)
    other = sync(run, database, "--tie", "started_at", code=1)
    assert "is of another sync (tie call_id, not started_at)" in other
    (folder / "callistics.db.sync-calls.json").write_text("{")
    assert "not the state of a sync" in sync(run, database, code=1)
    assert "1 received" in sync(run, database, "--name", "other")


def test_a_connection_that_is_lost_at_the_end(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(database, 1)
    put_in_order = Sender.put_in_order

    def ended(sender: Sender) -> None:
        put_in_order(sender)
        end_connections(database)

    monkeypatch.setattr(Sender, "put_in_order", ended)
    shown = sync(run, database, code=1)
    assert "the connection was lost (" in shown
    assert "run the sync again, it goes on after what it stored" in shown
    assert "unexpected" not in shown


def test_a_dry_run_stores_nothing(run: Run, database: Database, folder: Path) -> None:
    insert(database, 1)
    shown = sync(run, database, "--dry-run")
    assert shown.startswith("calls: 1 row. Nothing was stored.")
    assert '"duration":60,"outcome":"BUSY","updated_at":"2025-01-05T10:00:00Z"' in shown
    assert not list(folder.glob("*.json"))
    assert "1 stored" in sync(run, database)
