"""Adding up the parts that folding has left of one sum."""

import duckdb

from callistics.catalog.rollups import ROLLUPS, Rollup
from callistics.engines.duckdb.sums import cut, insert, of_rows
from callistics.model.instants import DAY

# Below so many parts a day is left alone; about as many rows are merged at a time.
_FEW, _PIECE = 1_000, 500_000


def tidy(connection: duckdb.DuckDBPyConnection) -> bool:
    """Merge a bounded number of rows, within the transaction; whether there were any to merge."""
    for rollup in ROLLUPS:
        for step in rollup.steps:
            days = _untidy(connection, rollup, step)
            if days:
                _merge(connection, rollup, step, days)
                return True
    return False


def _untidy(connection: duckdb.DuckDBPyConnection, rollup: Rollup, step: int) -> list[int]:
    """The days, or longer steps, that have as many loose parts as rows beside them."""
    table = rollup.table(step)
    ((loose,),) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE NOT merged LIMIT {_FEW})"
    ).fetchall()
    if loose < _FEW:
        return []
    rows = connection.execute(
        f"SELECT epoch_us({_day(rollup, step)}) AS day,"
        " count(*) FILTER (WHERE NOT merged) AS loose, count(*) AS held"
        f" FROM {table} GROUP BY day HAVING loose >= {_FEW} AND 2 * loose >= held"
        " ORDER BY loose DESC, day"
    ).fetchall()
    chosen: list[int] = []
    held = 0
    for day, _, count in rows:
        if held < _PIECE:
            chosen.append(day)
            held += count
    return chosen


def _merge(
    connection: duckdb.DuckDBPyConnection, rollup: Rollup, step: int, days: list[int]
) -> None:
    table, time = rollup.table(step), rollup.unit.time_column
    end = max(days) + max(step, DAY)
    within = (
        f"{time} >= make_timestamp({min(days)}) AND {time} < make_timestamp({end})"
        f" AND epoch_us({_day(rollup, step)}) IN ({', '.join(map(str, days))})"
    )
    rows = of_rows(rollup, step, f"(FROM {table} WHERE {within})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE merged_rows AS {rows}")
    connection.execute(f"DELETE FROM {table} WHERE {within}")
    connection.execute(insert(rollup, step, "FROM merged_rows", merged=True))
    connection.execute("DROP TABLE merged_rows")


def _day(rollup: Rollup, step: int) -> str:
    return cut(rollup.unit.time_column, max(step, DAY))
