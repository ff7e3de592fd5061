"""What a transaction does to calls and leads, noted for the roll-ups.

It is appended to the tables of changes, which every question about a roll-up reads along; now and
then `folding.fold` moves it into the roll-ups. Sums can be counted up and down like that, a least
and a greatest value cannot: a transaction that takes a known duration away folds at once.
"""

from collections.abc import Sequence

import duckdb

from callistics.catalog.plan import Unit
from callistics.catalog.rollups import CHANGES
from callistics.engines.duckdb.folding import fold
from callistics.engines.duckdb.sums import change, cut, net
from callistics.model.instants import DAY

_LEAVING = f"""
CREATE OR REPLACE TEMP TABLE call_delta AS
SELECT {change(Unit.CALLS, "CAST(-1 AS BIGINT)")} FROM calls
WHERE rowid IN (SELECT unnest(?::BIGINT[]))
"""
_LOST = f"""
SELECT count(*) FROM (
    SELECT 1 FROM call_delta WHERE duration_ms IS NOT NULL
    GROUP BY {cut("started_at", DAY)}, reseller_id, provider, duration_ms HAVING sum(n) < 0) AS lost
"""


class Ledger:
    """The notes of one transaction. What goes is noted before it is deleted, and first.

    `added` is how many rows each table of changes has gained; `folded` says that the one of calls
    was emptied.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._replaces = False
        self.added = dict.fromkeys(Unit, 0)
        self.folded = False

    def leaving(self, places: Sequence[int]) -> None:
        """Note stored calls, by their rowids, that are about to be deleted."""
        assert not self.added[Unit.CALLS], "what goes is noted first"
        self._connection.execute(_LEAVING, [list(places)])
        self._replaces = True

    def note(self, unit: Unit, changes: str) -> None:
        """Note a SELECT of changes, see `sums.change`; those that come to nothing are dropped."""
        if self._replaces and unit is Unit.CALLS:
            self._connection.execute(f"INSERT INTO call_delta BY NAME {changes}")
        else:
            self._append(unit, changes)

    def settle(self) -> None:
        """Bring the roll-ups in step; after the last change to calls and leads."""
        if not self._replaces:
            return
        ((lost,),) = self._connection.execute(_LOST).fetchall()
        if lost:
            fold(self._connection, Unit.CALLS, "call_delta")
            self.folded = True
        else:
            self._append(Unit.CALLS, "FROM call_delta")

    def _append(self, unit: Unit, changes: str) -> None:
        statement = f"INSERT INTO {CHANGES[unit]} BY NAME {net(unit, changes)}"
        ((rows,),) = self._connection.execute(statement).fetchall()
        self.added[unit] += int(rows)
