"""Least and greatest values after some were taken away: they cannot be counted down.

What is summed up anew are the rows, by time and keys, in which a value is there fewer times than
before. A correction of a duration is rare, and concerns few of them.
"""

from datetime import datetime, timedelta

import duckdb

from callistics.catalog.rollups import Rollup
from callistics.engines.duckdb.rollups.aggregate_sql import (
    keys_of_records,
    keys_of_rows,
    of_records,
    of_rows,
    shorter_table,
)


def repaired(
    connection: duckdb.DuckDBPyConnection, rollup: Rollup, step: int, net: str, added: str
) -> str:
    """The rows to add to a step's table instead of `added`, a SELECT from the net changes `net`.

    Rows that are summed up anew are deleted. The table of the next shorter step is repaired
    already, and the records are as the transaction leaves them.
    """
    connection.execute(_lost(rollup, step, net))
    time = rollup.unit.time_column
    bounds = connection.execute(f"SELECT min({time}), max({time}) FROM lost").fetchone()
    if bounds is None or bounds[0] is None:
        return added
    alias, table = rollup.unit.alias, rollup.table(step)
    stored = {name: f"{alias}.{name}" for name in rollup.key_names}
    rows = f"SELECT {alias}.rowid FROM {table} AS {alias} SEMI JOIN lost ON {_same(stored)}"
    connection.execute(f"DELETE FROM {table} WHERE rowid IN ({rows})")
    others = f"SELECT * FROM ({added}) AS {alias} ANTI JOIN lost ON {_same(stored)}"
    return f"{others} UNION ALL BY NAME {_anew(rollup, step, *bounds)}"


def _lost(rollup: Rollup, step: int, net: str) -> str:
    """The rows in which some value is there fewer times than before."""
    keys, alias = keys_of_records(rollup, step), rollup.unit.alias
    columns = ", ".join(f"{value} AS {name}" for name, value in keys.items())
    value = f"{alias}.{rollup.sums}"
    return (
        "CREATE OR REPLACE TEMP TABLE lost AS"
        f" SELECT DISTINCT {columns} FROM {net} AS {alias} WHERE {value} IS NOT NULL"
        f" GROUP BY {', '.join(keys.values())}, {value} HAVING sum({alias}.n) < 0"
    )


def _anew(rollup: Rollup, step: int, first: datetime, last: datetime) -> str:
    """A SELECT of the lost rows of a step, which lie in the steps from first to last."""
    unit, shorter = rollup.unit, shorter_table(rollup, step)
    end = last + timedelta(microseconds=step)
    within = f"{unit.time_column} >= TIMESTAMP '{first}' AND {unit.time_column} < TIMESTAMP '{end}'"
    source = f"(FROM {shorter or unit} WHERE {within}) AS {unit.alias}"
    if shorter is None:
        lost = f"SEMI JOIN lost ON {_same(keys_of_records(rollup, step))}"
        return of_records(rollup, step, f"(FROM {source} {lost})", "1")
    lost = f"SEMI JOIN lost ON {_same(keys_of_rows(rollup, step))}"
    return of_rows(rollup, step, f"(FROM {source} {lost})")


def _same(keys: dict[str, str]) -> str:
    """Whether a row is one of the lost ones, absent values equal to each other."""
    return " AND ".join(f"lost.{name} IS NOT DISTINCT FROM {value}" for name, value in keys.items())
