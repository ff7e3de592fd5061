"""The change log of the roll-ups: what a transaction does to calls and leads.

It is appended to tables that every query on a roll-up reads along; now and then `refresh.refresh`
moves it into the roll-ups. Sums can be counted up and down like that, a least and a greatest value
cannot: see `min_max`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from callistics.catalog.rollups import CHANGES
from callistics.engines.duckdb.rollups import min_max
from callistics.engines.duckdb.rollups.aggregate_sql import net
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.sql.selection import Unit


@dataclass(frozen=True, slots=True)
class LoggedChanges:
    """How many rows each change log has gained."""

    rows: Mapping[Unit, int]


class ChangeLog:
    """Appends the changes of one transaction."""

    def __init__(self, statements: StatementCache) -> None:
        self._statements = statements
        self._rows = dict.fromkeys(Unit, 0)

    @property
    def logged(self) -> LoggedChanges:
        """What was appended so far."""
        return LoggedChanges(dict(self._rows))

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
        if not min_max.note_lost(self._statements):
            self.append(unit, "FROM call_delta")
            return
        self._rows[unit] -= min_max.take_out(self._statements)
        self.append(unit, min_max.TOGETHER)
        min_max.look_up_anew(self._statements)
