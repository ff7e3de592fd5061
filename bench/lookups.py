"""Finding stored calls by id: by the texts themselves, or by the numbers that stand beside them."""

import time
from collections.abc import Callable

import duckdb

from bench.report import Result, Table, percentile
from bench.run import Run
from callistics.engines.duckdb.finding import keys, merchants, rows

TIMES = 9
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
    columns = ("", "texts p50 ms", "numbers p50 ms", "ratio")
    title = f"Looking up calls among {calls:,}, whose ids are 32 characters at random"
    return Result([Table(title, columns, found)], [f"{TIMES} times each, by turns, 2 threads."])


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
    result: list[tuple[str, float, float, float]] = []
    for name, (texts, numbers) in ways.items():
        waited: dict[str, list[float]] = {texts: [], numbers: []}
        for number in range(TIMES + 1):
            for sql, times in waited.items():
                seconds = _clocked(lambda sql=sql: connection.execute(sql).fetchall())
                if number:
                    times.append(seconds * 1000)
        by_text, by_number = (percentile(times, 50) for times in waited.values())
        result.append((name, by_text, by_number, by_text / by_number))
    return result


def _clocked(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
