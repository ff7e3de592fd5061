"""Compacts roll-ups: adds up the partial rows that refreshes have left of one sum."""

import duckdb

from callistics.catalog.rollups import ROLLUPS, Rollup
from callistics.engines.duckdb.rollups.aggregate_sql import day_of, insert_sums, of_rows
from callistics.model.instants import DAY

# About so many rows are merged at a time.
_PIECE = 500_000

TABLES = tuple((rollup, step) for rollup in ROLLUPS for step in rollup.steps)
"""Each roll-up with each of its steps."""


def compact(connection: duckdb.DuckDBPyConnection, rollup: Rollup, step: int, least: int) -> bool:
    """Merge a bounded number of rows, within the transaction; whether there were any to merge.

    A day that has fewer than `least` loose parts is left alone.
    """
    days = _uncompacted(connection, rollup, step, least)
    if days:
        _merge(connection, rollup, step, days)
    return bool(days)


def _uncompacted(
    connection: duckdb.DuckDBPyConnection, rollup: Rollup, step: int, least: int
) -> list[int]:
    """The days, or longer steps, that have as many loose parts as rows beside them."""
    table, cut_to = rollup.table(step), f"epoch_us({day_of(rollup, step)}) AS day"
    # Groups of rows that are all whole sums, which most are, are passed over.
    found = connection.execute(
        f"SELECT {cut_to}, count(*) AS loose FROM {table} WHERE NOT merged GROUP BY day"
        f" HAVING loose >= {least} ORDER BY loose DESC, day"
    ).fetchall()
    if not found:
        return []
    within = _within(rollup, step, [day for day, _ in found])
    rows = f"SELECT {cut_to}, count(*) FROM {table} WHERE {within} GROUP BY day"
    held_by: dict[int, int] = dict(connection.execute(rows).fetchall())
    chosen: list[int] = []
    held = 0
    for day, loose in found:
        if held < _PIECE and 2 * loose >= held_by[day]:
            chosen.append(day)
            held += held_by[day]
    return chosen


def _merge(
    connection: duckdb.DuckDBPyConnection, rollup: Rollup, step: int, days: list[int]
) -> None:
    table, within = rollup.table(step), _within(rollup, step, days)
    rows = of_rows(rollup, step, f"(FROM {table} WHERE {within})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE merged_rows AS {rows}")
    connection.execute(f"DELETE FROM {table} WHERE {within}")
    connection.execute(insert_sums(rollup, step, "FROM merged_rows"))
    connection.execute("DROP TABLE merged_rows")


def _within(rollup: Rollup, step: int, days: list[int]) -> str:
    """The condition that a row is of one of the days."""
    time, end = rollup.unit.time_column, max(days) + max(step, DAY)
    return (
        f"{time} >= make_timestamp({min(days)}) AND {time} < make_timestamp({end})"
        f" AND epoch_us({day_of(rollup, step)}) IN ({', '.join(map(str, days))})"
    )
