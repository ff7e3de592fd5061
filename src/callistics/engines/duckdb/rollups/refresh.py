"""Refreshes the roll-ups from their change logs, and rebuilds them from the records."""

from collections.abc import Iterator

import duckdb

from callistics.catalog.rollups import CHANGES, ROLLUPS, Rollup
from callistics.engines.duckdb.rollups.aggregate_sql import (
    insert,
    net,
    of_records,
    of_rows,
    shorter_table,
)
from callistics.engines.duckdb.rollups.min_max import repaired
from callistics.sql.selection import Unit

NET = "net_changes"


def refresh(connection: duckdb.DuckDBPyConnection, unit: Unit, more: str | None = None) -> None:
    """Move the change log of a unit into its roll-ups, within the transaction.

    `more` names a table of changes of this very transaction that are not in the log; the records
    are as they left them. Only such changes may take a known duration away.
    """
    changes = CHANGES[unit]
    if more is not None:
        rows = f"FROM {changes} UNION ALL BY NAME FROM {more}"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {NET} AS {net(unit, rows)}")
    for rollup in _of(unit):
        for step in reversed(rollup.steps):
            source = changes if more is None else NET
            added = of_records(rollup, step, source, f"{unit.alias}.n")
            if more is not None and rollup.extremes:
                added = repaired(connection, rollup, step, NET, added)
            connection.execute(insert(rollup, step, added))
    connection.execute(f"DELETE FROM {changes}")


def rebuild(connection: duckdb.DuckDBPyConnection) -> None:
    """Sum every roll-up up anew from the records, within the transaction."""
    for unit in Unit:
        for rollup in _of(unit):
            for step in reversed(rollup.steps):
                connection.execute(f"DELETE FROM {rollup.table(step)}")
                shorter = shorter_table(rollup, step)
                rows = (
                    of_records(rollup, step, unit, "1")
                    if shorter is None
                    else of_rows(rollup, step, shorter)
                )
                connection.execute(insert(rollup, step, rows, merged=True))
        connection.execute(f"DELETE FROM {CHANGES[unit]}")


def _of(unit: Unit) -> Iterator[Rollup]:
    return (rollup for rollup in ROLLUPS if rollup.unit is unit)
