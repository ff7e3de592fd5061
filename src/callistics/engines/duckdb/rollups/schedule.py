"""When changes are moved into the roll-ups, and these are compacted."""

import duckdb

from callistics.catalog.rollups import CHANGES
from callistics.engines.duckdb.rollups.change_log import ChangeLog
from callistics.engines.duckdb.rollups.compaction import TABLES, compact
from callistics.engines.duckdb.rollups.refresh import fold
from callistics.engines.duckdb.tuning import Tuning
from callistics.sql.selection import Unit

# From the first number of changes on they are folded before anything more is written; the second
# takes its place while nobody asks.
_TOO_MANY, _TOO_MANY_ALONE = 100_000, 1_000_000


class RollupSchedule:
    """How many changes wait to be folded, and which tables of roll-ups may be uncompacted.

    Every method is called by the one who may write.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, tuning: Tuning) -> None:
        self._tuning = tuning
        self._most = _TOO_MANY if tuning.shared else _TOO_MANY_ALONE
        self._waiting = {unit: _rows(connection, table) for unit, table in CHANGES.items()}
        self._uncompacted = list(TABLES)

    def committed(self, ledger: ChangeLog) -> None:
        """Take account of a transaction."""
        if ledger.folded:
            self._folded(Unit.CALLS)
        for unit, rows in ledger.added.items():
            self._waiting[unit] += rows

    def rebuilt(self) -> None:
        """Take account of roll-ups that were summed up anew."""
        self._waiting = dict.fromkeys(Unit, 0)

    @property
    def is_overdue(self) -> bool:
        """Whether changes are so many that questions are slower for it."""
        return max(self._waiting.values()) >= self._most

    @property
    def is_due(self) -> bool:
        """Whether there is work that is worth its while."""
        return bool(self._uncompacted) or max(self._waiting.values()) >= self._tuning.changes_folded

    def work(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Do a bounded piece of it, within a transaction: fold a unit, or look after one table."""
        unit = max(self._waiting, key=self._waiting.__getitem__)
        if self._waiting[unit] >= self._tuning.changes_folded:
            fold(connection, unit)
            self._folded(unit)
        elif not compact(connection, *self._uncompacted[0], self._tuning.loose_parts_merged):
            del self._uncompacted[0]

    def _folded(self, unit: Unit) -> None:
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
