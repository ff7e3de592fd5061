"""Rows of a table of PostgreSQL on their way into a server, by HTTP."""

from pathlib import Path

import pytest

from support.live import ADMIN_KEY, Live, live
from support.postgres import Database

from .conftest import Run
from .syncing import CALLS, insert, sync


@pytest.fixture(autouse=True)
def _calls(database: Database) -> None:
    database.run(CALLS)


def to(server: Live, key: str = ADMIN_KEY) -> tuple[str, ...]:
    """The options of a run without overlap."""
    return ("--url", server.url, "--key", key, "--overlap", "0")


def count(server: Live) -> int:
    """How many calls the server counts."""
    return int(server.rows("call_count")[0]["count"])


def test_what_is_new_goes_into_a_server(run: Run, database: Database, folder: Path) -> None:
    with live(folder) as server:
        insert(database, 1, 2, 3)
        assert "3 received, 3 stored" in sync(run, database, *to(server))
        insert(database, 3, 4, updated="2025-01-06 10:00+00", outcome="'ANSWERED'")
        assert "2 received, 2 stored" in sync(run, database, *to(server))
        assert "0 received" in sync(run, database, *to(server))
        assert count(server) == 4


def test_a_row_that_the_server_refuses(run: Run, database: Database, folder: Path) -> None:
    with live(folder) as server:
        insert(database, 5, duration="'-1 minute'")
        insert(database, 6, updated="2025-01-06 10:00+00")
        assert "call_id=5: duration" in sync(run, database, *to(server), code=1)
        assert count(server) == 0
        skipping = sync(run, database, *to(server), "--on-error", "skip", code=1)
        assert "2 received, 1 stored, 0 unchanged, 0 pending, 1 rejected" in skipping
        assert count(server) == 1


def test_a_key_that_the_server_does_not_know(run: Run, database: Database, folder: Path) -> None:
    with live(folder) as server:
        insert(database, 1)
        assert "the key is not known, or was revoked" in sync(
            run, database, *to(server, "wrong"), code=1
        )
        assert count(server) == 0
        assert "1 received, 1 stored" in sync(run, database, *to(server))
