"""Finding stored calls by id: by their texts or the numbers beside them, in few weeks or all.

And where months are in order, among all of some weeks or their merchants' alone."""

import time
from collections.abc import Callable
from datetime import date

import duckdb
import numpy as np

from bench.report import Result, Table, percentile
from bench.run import Run
from callistics.engines.duckdb.lookup.lookup_sql import Weeks, keys, rows, scans, whose, within

TIMES = 9
DAYS, SPAN = 7, 2 * 365 * 86_400_000
"""Of late calls, and milliseconds of all."""
WANTED, FEW = (1, 64, 10_000), (1, 10)
_CALLS = """
CREATE TABLE calls AS SELECT *, {keys} FROM (
    SELECT 'mer_' || hash(i) % 2000 AS merchant_id, md5('c' || i) AS call_id,
           TIMESTAMP '2024-01-01' + to_milliseconds(i * {step}) AS started_at, i AS duration_ms
    FROM range({calls}) AS made(i))
"""
_IN_ORDER = """
CREATE OR REPLACE TABLE calls AS
SELECT * FROM calls ORDER BY date_trunc('month', started_at), merchant_id, started_at
"""
_TEXTS = "SELECT * FROM calls SEMI JOIN wanted USING (merchant_id, call_id)"
_IDS = "SELECT call_id, merchant_id FROM calls SEMI JOIN wanted USING (call_id)"


def measure(run: Run) -> Result:
    # A scan says little on a table as small as other parts can do with.
    calls = max(run.calls * 20, 2_000_000)
    path = run.folder("lookups") / "lookups.db"
    with duckdb.connect(str(path), config={"threads": 2}) as connection:
        connection.execute(_CALLS.format(calls=calls, keys=keys("call_id"), step=SPAN // calls))
        connection.execute("CHECKPOINT")
        found = [row for count in WANTED for row in _compared(connection, count)]
        late = [_late(connection, count) for count in WANTED]
        connection.execute(_IN_ORDER)
        ordered = [_in_order(connection, calls, count) for count in FEW]
    title = f"Looking up calls among {calls:,}, whose ids are 32 characters at random"
    tables = [
        Table(title, ("", "texts p50 ms", "numbers p50 ms", "ratio"), found),
        Table(
            f"Looking up calls of the last {DAYS} days among {calls:,}",
            ("", "among all p50 ms", "of their weeks p50 ms", "ratio"),
            late,
        ),
        Table(
            f"Looking up calls of any time among {calls:,}, months in order",
            ("", "of their weeks p50 ms", "of their merchants p50 ms", "ratio"),
            ordered,
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
        f"{count:,} by id alone": (_IDS, whose("calls", "call_id", "wanted")),
    }
    return [(name, *_by_turns(connection, *pair)) for name, pair in ways.items()]


def _late(connection: duckdb.DuckDBPyConnection, count: int) -> tuple[str, float, float, float]:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT merchant_id, call_id, started_at FROM ("
        f"FROM calls WHERE started_at > (SELECT max(started_at) FROM calls) - INTERVAL {DAYS} DAY)"
        f" USING SAMPLE {count} ROWS"
    )
    weeks, _ = _wanted(connection)
    every = rows("calls", "call_id", "wanted")
    some = rows("calls", "call_id", "wanted", [within("calls", np.unique(weeks))])
    return (f"{count:,} by merchant and id", *_by_turns(connection, every, some))


def _in_order(
    connection: duckdb.DuckDBPyConnection, calls: int, count: int
) -> tuple[str, float, float, float]:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted AS SELECT merchant_id, call_id, started_at FROM calls"
        f" USING SAMPLE {count} ROWS"
    )
    weeks, merchants = _wanted(connection)
    all_of_them = rows("calls", "call_id", "wanted", [within("calls", np.unique(weeks))])
    some = rows("calls", "call_id", "wanted", scans("calls", calls, weeks, merchants))
    return (f"{count:,} by merchant and id", *_by_turns(connection, all_of_them, some))


def _wanted(connection: duckdb.DuckDBPyConnection) -> tuple[Weeks, list[str]]:
    """The weeks and merchants of what is wanted."""
    found = connection.execute("SELECT started_at, merchant_id FROM wanted").fetchall()
    epoch = date(1970, 1, 1).toordinal()
    weeks = [(time.toordinal() - epoch) // 7 for time, _ in found]
    return np.array(weeks, np.uint32), [merchant for _, merchant in found]


def _by_turns(
    connection: duckdb.DuckDBPyConnection, one: str, other: str
) -> tuple[float, float, float]:
    """Milliseconds of two ways, and their ratio."""
    # They may be the same.
    waited: list[tuple[str, list[float]]] = [(one, []), (other, [])]
    for number in range(TIMES + 1):
        for sql, times in waited:
            seconds = _clocked(lambda sql=sql: connection.execute(sql).fetchall())
            if number:
                times.append(seconds * 1000)
    first, second = (percentile(times, 50) for _, times in waited)
    return first, second, first / second


def _clocked(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
