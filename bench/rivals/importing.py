"""DuckDB by itself: the records of a file in a table, the leads they make, and a sorted copy."""

import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.bulk.inputs import reading

_TABLE = "CREATE TABLE calls AS SELECT * REPLACE (payload::VARIANT AS payload) FROM {}"
_LEADS = """
CREATE TABLE leads AS
SELECT merchant_id, lead_id, min(started_at) AS created_at, arg_max(status, started_at) AS status,
       count(*) AS calls
FROM calls WHERE lead_id IS NOT NULL GROUP BY merchant_id, lead_id
"""
_ORDERED = """
CREATE TABLE ordered AS
SELECT * FROM calls ORDER BY date_trunc('month', started_at), merchant_id, started_at
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of the steps, each with its checkpoint."""

    table: float
    leads: float
    ordered: float


def by_itself(source: Path, folder: Path) -> Taken:
    """Do what every import has to do, with nothing checked or merged, by the engine alone."""
    steps = (_TABLE.format(reading(source)), _LEADS, _ORDERED)
    with duckdb.connect(str(folder / "calls.db")) as connection:
        return Taken(*(_seconds(connection, step) for step in steps))


def _seconds(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    started = time.perf_counter()
    connection.execute(sql)
    connection.execute("CHECKPOINT")
    return time.perf_counter() - started
