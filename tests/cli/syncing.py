"""A table of PostgreSQL as it is synced, and what came of it."""

import json
from typing import Any

from support.postgres import Database

from .conftest import Run

TENANT = ("--set", "merchant_id=m", "--set", "reseller_id=r")
CALLS = """
CREATE TABLE calls (
    call_id bigint PRIMARY KEY, started_at timestamptz NOT NULL, duration interval, outcome text,
    updated_at timestamptz, deleted_at timestamptz
)
"""


def insert(
    database: Database, *ids: int, updated: str = "2025-01-05 10:00+00", **more: str
) -> None:
    """Calls of a day, each of one minute unless said otherwise."""
    values = {"outcome": "'BUSY'", "duration": "'1 minute'", "deleted_at": "NULL", **more}
    names = ", ".join(values)
    for one in ids:
        database.run(
            f"INSERT INTO calls (call_id, started_at, updated_at, {names})"
            f" VALUES ({one}, '2025-01-05 09:00+00', '{updated}', {', '.join(values.values())})"
            f" ON CONFLICT (call_id) DO UPDATE SET updated_at = excluded.updated_at,"
            + ", ".join(f"{name} = excluded.{name}" for name in values)
        )


def sync(run: Run, database: Database, *options: object, code: int = 0) -> str:
    """What a run of the usual sync says."""
    usual = ("--table", "calls", "--cursor", "updated_at", *TENANT, "--drop", "deleted_at")
    return run("sync", database.dsn, *usual, *options, code=code).output


def rows(run: Run, query: str) -> list[dict[str, Any]]:
    """The rows of an answer."""
    return json.loads(run("query", query, "--format", "json").stdout)["data"]


def count(run: Run) -> int:
    """How many calls are counted."""
    return int(rows(run, "call_count")[0]["count"])
