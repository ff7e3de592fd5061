"""PostgreSQL taking records as they come: INSERT … ON CONFLICT, where the newest record wins."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.bulk.inputs import reading
from bench.rivals import postgres
from bench.rivals.dialects import quoted
from bench.run import say

SIZE = 10_000
_KEY = ("merchant_id", "call_id")
_FIELDS = (
    "reseller_id",
    "template_id",
    "lead_id",
    "provider",
    "direction",
    "attempt",
    "outcome",
    "sentiment",
    "started_at",
    "duration_ms",
    "status",
    "payload",
)
_NAMES = ", ".join((*_KEY, *_FIELDS, "updated_at"))
# A late score comes without what the table of raw calls requires, and may come first.
_TABLES = f"""
{postgres.TABLE}
ALTER TABLE calls ADD updated_at timestamptz NOT NULL, ADD PRIMARY KEY ({", ".join(_KEY)}),
    ALTER reseller_id DROP NOT NULL, ALTER lead_id DROP NOT NULL, ALTER started_at DROP NOT NULL;
CREATE TEMP TABLE batch AS SELECT {_NAMES} FROM calls;
{"; ".join(postgres.INDEXES)}
"""
_MERGED = ", ".join(
    f"{name} = CASE WHEN excluded.updated_at >= calls.updated_at"
    f" THEN coalesce(excluded.{name}, calls.{name})"
    f" ELSE coalesce(calls.{name}, excluded.{name}) END"
    for name in _FIELDS
)
_TAKE = f"""
BEGIN;
TRUNCATE batch;
COPY batch FROM {{file}} (FORMAT csv);
INSERT INTO calls ({_NAMES}) SELECT {_NAMES} FROM batch
ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET {_MERGED},
    updated_at = greatest(calls.updated_at, excluded.updated_at);
COMMIT
"""
_PREPARED = f"""
CREATE TEMP TABLE prepared AS
SELECT batch, {", ".join(_KEY)},
       {", ".join(f"arg_max({name}, updated_at) AS {name}" for name in _FIELDS)},
       max(updated_at) AS updated_at
FROM (SELECT *, (duration * 1000)::INTEGER AS duration_ms,
             (row_number() OVER () - 1) // {SIZE} AS batch
      FROM {{}})
GROUP BY batch, {", ".join(_KEY)} ORDER BY batch
"""
_BATCH = f"COPY (SELECT {_NAMES} FROM prepared WHERE batch = ?) TO {{}} (FORMAT csv, HEADER false)"
HOW = (
    f"PostgreSQL 15: batches of {SIZE:,} records, each one durable transaction of COPY into a"
    " temporary table and INSERT … ON CONFLICT from there, by the rule that of each field the value"
    " of the newest record wins; the table and the indexes of the queries, and the primary key."
    " What a batch has twice of a call is merged before, outside of the clock, as is all reading"
    " of JSON."
)


@dataclass(frozen=True, slots=True)
class Taken:
    """`batches` are the seconds of each; `calls` are stored in the end."""

    batches: list[float]
    calls: int


def taken(source: Path, folder: Path) -> Taken:
    """Put the records of NDJSON into an empty PostgreSQL in a folder that is given up to it."""
    with postgres.serving(folder) as server, postgres.connected(server) as connection:
        files = list(_batches(source, folder))
        connection.run(_TABLES)
        say(f"PostgreSQL: {len(files):,} batches")
        seconds: list[float] = []
        for file in files:
            started = time.perf_counter()
            connection.run(_TAKE.format(file=quoted(str(file))))
            seconds.append(time.perf_counter() - started)
        _, rows = connection.run("SELECT count(*) FROM calls")
    return Taken(seconds, int(rows[0][0]))


def _batches(source: Path, folder: Path) -> Iterator[Path]:
    """The records as CSV, a file for each batch, in the order in which they come."""
    with duckdb.connect() as connection:
        connection.execute(_PREPARED.format(reading(source)))
        ((last,),) = connection.execute("SELECT max(batch) FROM prepared").fetchall()
        for number in range(last + 1):
            file = folder / f"batch-{number}.csv"
            connection.execute(_BATCH.format(quoted(str(file))), [number])
            postgres.hand_over(file)
            yield file
