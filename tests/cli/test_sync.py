"""Rows of a table of PostgreSQL come over once, in the order of the cursor, and all of them."""

from pathlib import Path

import pytest

from support.postgres import Database

from .conftest import Run
from .syncing import CALLS, count, insert, rows, sync


@pytest.fixture(autouse=True)
def _calls(database: Database) -> None:
    database.run(CALLS)


def test_what_is_new_comes_over(run: Run, database: Database, folder: Path) -> None:
    insert(database, 1, 2, 3)
    first = sync(run, database)
    assert "3 received, 3 stored" in first
    assert f"up to updated_at 2025-01-05 10:00:00+00, kept in {folder}" in first
    insert(database, 4, updated="2025-01-06 10:00+00")
    assert "1 received, 1 stored" in sync(run, database, "--overlap", "0")
    assert count(run) == 4
    assert "0 received" in sync(run, database, "--overlap", "0")
    assert rows(run, "call_duration")[0]["total"] == 240
