"""Decides when roll-ups are refreshed from their change logs, and when they are compacted."""

import duckdb

from callistics.catalog.rollups import CHANGES
from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.rollups.compaction import TABLES, compact
from callistics.engines.duckdb.rollups.refresh import refresh
from callistics.engines.duckdb.tables import count_rows
from callistics.engines.duckdb.tuning import Tuning
from callistics.sql.selection import Unit

# From the first number of changes on they are taken in before anything more is written; the second
# takes its place while nobody asks.
_TOO_MANY, _TOO_MANY_ALONE = 100_000, 1_000_000


class RollupSchedule:
    """Counts the rows of change logs, and knows which tables of roll-ups may be uncompacted.

    Every method is called by the one who may write.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, tuning: Tuning) -> None:
        self._tuning = tuning
        self._most = _TOO_MANY if tuning.shared else _TOO_MANY_ALONE
        self._waiting = {unit: count_rows(connection, table) for unit, table in CHANGES.items()}
        self._uncompacted = list(TABLES)

    def committed(self, commit: Commit) -> None:
        """Count the rows that a commit has logged."""
        for unit, rows in commit.logged.rows.items():
            self._waiting[unit] += rows

    def rebuilt(self) -> None:
        """Take account of roll-ups that were summed up anew."""
        self._waiting = dict.fromkeys(Unit, 0)

    @property
    def is_overdue(self) -> bool:
        """Whether changes are so many that queries are slower for it."""
        return max(self._waiting.values()) >= self._most

    @property
    def is_due(self) -> bool:
        """Whether there is work that is worth its while."""
        return (
            bool(self._uncompacted) or max(self._waiting.values()) >= self._tuning.changes_refreshed
        )

    def work(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Do a bounded piece of work within a transaction: refresh a unit, or compact a table."""
        unit = max(self._waiting, key=self._waiting.__getitem__)
        if self._waiting[unit] >= self._tuning.changes_refreshed:
            refresh(connection, unit)
            self._refreshed(unit)
        elif not compact(connection, *self._uncompacted[0], self._tuning.loose_parts_merged):
            del self._uncompacted[0]

    def take_in(self, connection: duckdb.DuckDBPyConnection, unit: Unit) -> None:
        """Refresh a unit, however few changes there are, within a transaction."""
        refresh(connection, unit)
        self._refreshed(unit)

    def _refreshed(self, unit: Unit) -> None:
        self._waiting[unit] = 0
        # Those that were not reached before come first.
        self._uncompacted += [
            (rollup, step)
            for rollup, step in TABLES
            if rollup.unit is unit and (rollup, step) not in self._uncompacted
        ]
