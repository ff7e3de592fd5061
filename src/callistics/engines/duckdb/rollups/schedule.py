"""Decides when roll-ups are refreshed from their change logs, and when they are compacted."""

import duckdb

from callistics.catalog.rollups import CHANGES
from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.rollups.compaction import TABLES, compact
from callistics.engines.duckdb.rollups.refresh import refresh
from callistics.sql.selection import Unit

# Every query on a roll-up reads the change log along. From the first number of rows on it is moved
# into the roll-ups when there is time, from the second on before anything more is written; the
# third takes the place of the second while nobody asks.
_WORTHWHILE, _TOO_MANY, _TOO_MANY_ALONE = 10_000, 100_000, 1_000_000


class RollupSchedule:
    """Counts the rows of change logs, and knows which tables of roll-ups may be uncompacted.

    Every method is called by the one who may write. `shared` is whether others ask meanwhile.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, shared: bool = True) -> None:
        self._most = _TOO_MANY if shared else _TOO_MANY_ALONE
        self._waiting = {unit: _rows(connection, table) for unit, table in CHANGES.items()}
        self._uncompacted = list(TABLES)

    def committed(self, commit: Commit) -> None:
        """Count the rows that a commit has logged."""
        if commit.logged.refreshed:
            self._refreshed(Unit.CALLS)
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
        return bool(self._uncompacted) or max(self._waiting.values()) >= _WORTHWHILE

    def work(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Do a bounded piece of work within a transaction: refresh a unit, or compact a table."""
        unit = max(self._waiting, key=self._waiting.__getitem__)
        if self._waiting[unit] >= _WORTHWHILE:
            refresh(connection, unit)
            self._refreshed(unit)
        elif not compact(connection, *self._uncompacted[0]):
            del self._uncompacted[0]

    def _refreshed(self, unit: Unit) -> None:
        self._waiting[unit] = 0
        # Those that were not reached before come first.
        self._uncompacted += [
            (rollup, step)
            for rollup, step in TABLES
            if rollup.unit is unit and (rollup, step) not in self._uncompacted
        ]


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)
