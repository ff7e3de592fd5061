"""Finding stored calls by id: by their texts or the numbers beside them, in few weeks or all."""

import time
from collections.abc import Callable
from datetime import date

import duckdb
import numpy as np

from bench.report import Result, Table, percentile
from bench.run import Run
from callistics.engines.duckdb.finding import keys, merchants, rows, within

TIMES = 9
DAYS = 7
WANTED = (1, 64, 10_000)
_CALLS = """
CREATE TABLE calls AS SELECT *, {keys} FROM (
    SELECT 'mer_' || hash(i) % 2000 AS merchant_id, md5('c' || i) AS call_id,
           TIMESTAMP '2024-01-01' + to_seconds(i * 12) AS started_at, i AS duration_ms
    FROM range({calls}) AS made(i))
"""
_TEXTS = "SELECT * FROM calls SEMI JOIN wanted USING (merchant_id, call_id)"
_IDS = "SELECT call_id, merchant_id FROM calls SEMI JOIN wanted USING (call_id)"


def measure(run: Run) -> Result:
    # A scan says little on a table as small as other parts can do with.
    calls = max(run.calls * 20, 2_000_000)
    path = run.folder("lookups") / "lookups.db"
    with duckdb.connect(str(path), config={"threads": 2}) as connection:
        connection.execute(_CALLS.format(calls=calls, keys=keys("call_id")))
        connection.execute("CHECKPOINT")
        found = [row for count in WANTED for row in _compared(connection, count)]
        late = [_late(connection, count) for count in WANTED]
    title = f"Looking up calls among {calls:,}, whose ids are 32 characters at random"
    tables = [
        Table(title, ("", "texts p50 ms", "numbers p50 ms", "ratio"), found),
        Table(
            f"Looking up calls of the last {DAYS} days among {calls:,}",
            ("", "among all p50 ms", "of their weeks p50 ms", "ratio"),
            late,
        ),
    ]
    return Result(tables, [f"{TIMES} times each, by turns, 2 threads."])


def _compared(
    connection: duckdb.DuckDBPyConnection, count: int
) -> list[tuple[str, float, float, float]]:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS "
        f"SELECT merchant_id, call_id FROM calls USING SAMPLE {count} ROWS"
    )
    ways = {
        f"{count:,} by merchant and id": (_TEXTS, rows("calls", "call_id", "wanted")),
        f"{count:,} by id alone": (_IDS, merchants("calls", "call_id", "wanted")),
    }
    return [(name, *_by_turns(connection, *pair)) for name, pair in ways.items()]


def _late(connection: duckdb.DuckDBPyConnection, count: int) -> tuple[str, float, float, float]:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT merchant_id, call_id, started_at FROM ("
        f"FROM calls WHERE started_at > (SELECT max(started_at) FROM calls) - INTERVAL {DAYS} DAY)"
        f" USING SAMPLE {count} ROWS"
    )
    found = connection.execute("SELECT started_at FROM wanted").fetchall()
    epoch = date(1970, 1, 1).toordinal()
    weeks = sorted({(time.toordinal() - epoch) // 7 for (time,) in found})
    every = rows("calls", "call_id", "wanted")
    some = rows("calls", "call_id", "wanted", within("calls", np.array(weeks, np.uint32)))
    return (f"{count:,} by merchant and id", *_by_turns(connection, every, some))


def _by_turns(
    connection: duckdb.DuckDBPyConnection, one: str, other: str
) -> tuple[float, float, float]:
    """Milliseconds of two ways, and their ratio."""
    waited: dict[str, list[float]] = {one: [], other: []}
    for number in range(TIMES + 1):
        for sql, times in waited.items():
            seconds = _clocked(lambda sql=sql: connection.execute(sql).fetchall())
            if number:
                times.append(seconds * 1000)
    first, second = (percentile(times, 50) for times in waited.values())
    return first, second, first / second


def _clocked(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
