"""The change log of the roll-ups: what a transaction does to calls and leads.

It is appended to tables that every query on a roll-up reads along; now and then `refresh.refresh`
moves it into the roll-ups. Sums can be counted up and down like that, a least and a greatest value
cannot: a transaction that takes a known duration away refreshes the roll-ups at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from callistics.catalog.rollups import CHANGES
from callistics.engines.duckdb.rollups.aggregate_sql import cut, net
from callistics.engines.duckdb.rollups.refresh import refresh
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.instants import DAY
from callistics.sql.selection import Unit

KEPT_BY = ("reseller_id", "provider")
"""What least and greatest durations are kept by, besides the time."""
_LOST = f"""
SELECT count(*) FROM (
    SELECT 1 FROM call_delta WHERE duration_ms IS NOT NULL
    GROUP BY {cut("started_at", DAY)}, {", ".join(KEPT_BY)}, duration_ms HAVING sum(n) < 0) AS lost
"""


@dataclass(frozen=True, slots=True)
class LoggedChanges:
    """How many rows each change log has gained, and whether that of calls was emptied before."""

    rows: Mapping[Unit, int]
    refreshed: bool


class ChangeLog:
    """Appends the changes of one transaction."""

    def __init__(self, statements: StatementCache) -> None:
        self._statements = statements
        self._rows = dict.fromkeys(Unit, 0)
        self._refreshed = False

    @property
    def logged(self) -> LoggedChanges:
        """What was appended so far."""
        return LoggedChanges(dict(self._rows), self._refreshed)

    def append(self, unit: Unit, changes: str) -> None:
        """Append a SELECT of changes (`aggregate_sql.change`)."""
        statement = f"INSERT INTO {CHANGES[unit]} BY NAME {changes}"
        ((rows,),) = self._statements.repeat(statement).fetchall()
        self._rows[unit] += int(rows)

    def append_net(self, unit: Unit, changes: str, *, may_lose: bool = False) -> None:
        """Append a SELECT of changes after they were made, without those that come to nothing.

        `may_lose` says of changes to calls that they may take a known duration away; such ones are
        appended at once and not in parts.
        """
        if not may_lose:
            self.append(unit, net(unit, changes))
            return
        self._statements.execute(f"CREATE OR REPLACE TEMP TABLE call_delta AS {net(unit, changes)}")
        ((lost,),) = self._statements.execute(_LOST).fetchall()
        if lost:
            refresh(self._statements.connection, unit, "call_delta")
            self._refreshed = True
        else:
            self.append(unit, "FROM call_delta")
