"""What a transaction does to calls and leads, noted for the roll-ups.

It is appended to the tables of changes, which every question about a roll-up reads along; now and
then `folding.fold` moves it into the roll-ups. Sums can be counted up and down like that, a least
and a greatest value cannot: a transaction that takes a known duration away folds at once.
"""

from callistics.catalog.rollups import CHANGES
from callistics.engines.duckdb.rollups.aggregate_sql import cut, net
from callistics.engines.duckdb.rollups.refresh import fold
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.instants import DAY
from callistics.sql.selection import Unit

KEPT_BY = ("reseller_id", "provider")
"""What least and greatest durations are kept by, beside the time."""
_LOST = f"""
SELECT count(*) FROM (
    SELECT 1 FROM call_delta WHERE duration_ms IS NOT NULL
    GROUP BY {cut("started_at", DAY)}, {", ".join(KEPT_BY)}, duration_ms HAVING sum(n) < 0) AS lost
"""


class ChangeLog:
    """The notes of one transaction.

    `added` is how many rows each table of changes has gained; `folded` says that the one of calls
    was emptied.
    """

    def __init__(self, statements: StatementCache) -> None:
        self._statements = statements
        self.added = dict.fromkeys(Unit, 0)
        self.folded = False

    def came(self, unit: Unit, changes: str) -> None:
        """Note a SELECT of changes, see `sums.change`, that only add to what is there."""
        self._append(unit, changes)

    def note(self, unit: Unit, changes: str, *, may_lose: bool = False) -> None:
        """Note a SELECT of changes after they were made; those that come to nothing are dropped.

        Of changes to calls that may take a known duration away it is said so; they are noted at
        once and not in parts.
        """
        if not may_lose:
            self._append(unit, net(unit, changes))
            return
        self._statements.execute(f"CREATE OR REPLACE TEMP TABLE call_delta AS {net(unit, changes)}")
        ((lost,),) = self._statements.execute(_LOST).fetchall()
        if lost:
            fold(self._statements.connection, unit, "call_delta")
            self.folded = True
        else:
            self._append(unit, "FROM call_delta")

    def _append(self, unit: Unit, changes: str) -> None:
        statement = f"INSERT INTO {CHANGES[unit]} BY NAME {changes}"
        ((rows,),) = self._statements.repeat(statement).fetchall()
        self.added[unit] += int(rows)
