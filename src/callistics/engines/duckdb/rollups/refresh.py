"""Refreshes the roll-ups from their change logs, and rebuilds them from the records."""

from collections.abc import Iterator

import duckdb

from callistics.catalog.rollups import CHANGES, ROLLUPS, Rollup
from callistics.engines.duckdb.rollups.aggregate_sql import (
    cut,
    insert,
    insert_many,
    insert_sums,
    of_records,
    of_rows,
    shorter_table,
)
from callistics.model.instants import DAY
from callistics.sql.selection import Unit

# From so many changes on it is worth it to look which days have no rows yet: nothing is left to
# compact of these.
_MANY = 100_000


def refresh(connection: duckdb.DuckDBPyConnection, unit: Unit) -> None:
    """Move the change log of a unit into its roll-ups, within the transaction."""
    changes, time = CHANGES[unit], unit.time_column
    span = f"SELECT count(*), min({time}), max({time}) FROM {changes}"
    ((count, first, last),) = connection.execute(span).fetchall()
    for rollup, step in _tables(unit):
        added = of_records(rollup, step, changes, f"{unit.alias}.n")
        if count < _MANY:
            connection.execute(insert(rollup, step, added))
        else:
            begin = cut(f"TIMESTAMP '{first}'", max(step, DAY))
            within = f"{time} >= {begin} AND {time} <= TIMESTAMP '{last}'"
            connection.execute(insert_many(rollup, step, added, within))
    connection.execute(f"DELETE FROM {changes}")


def rebuild(connection: duckdb.DuckDBPyConnection) -> None:
    """Sum every roll-up up anew from the records, within the transaction."""
    for unit in Unit:
        for rollup, step in _tables(unit):
            connection.execute(f"DELETE FROM {rollup.table(step)}")
            shorter = shorter_table(rollup, step)
            rows = (
                of_records(rollup, step, unit, "1")
                if shorter is None
                else of_rows(rollup, step, shorter)
            )
            connection.execute(insert_sums(rollup, step, rows))
        connection.execute(f"DELETE FROM {CHANGES[unit]}")


def _tables(unit: Unit) -> Iterator[tuple[Rollup, int]]:
    """The tables of a unit's roll-ups, of each roll-up the shortest step first."""
    for rollup in ROLLUPS:
        if rollup.unit is unit:
            yield from ((rollup, step) for step in reversed(rollup.steps))
