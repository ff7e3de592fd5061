"""Looking up one call, or one lead with its calls and its history, by id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from callistics.compile.records import (
    CALLS,
    LEAD_RECORDS,
    LEADS,
    UNCOUNTED_CALLS,
    Identified,
    Table,
    calls_of_id,
    history,
    leads,
    of_leads,
)
from callistics.engines.base import SnapshotSource
from callistics.looking.reading import counted_calls, uncounted_call
from callistics.looking.shape import Record, Shown, ordered, place_of, values_of
from callistics.model.query import Query
from callistics.model.scope import Scope
from callistics.model.zones import zone
from callistics.records.field import RecordKind
from callistics.records.identity import only_merchant
from callistics.records.merge import event_order
from callistics.sql.dialect import Dialect, Run, SqlRow, Statement
from callistics.sql.fragment import Sql, all_of
from callistics.sql.selection import Frame, Policy, Selection, Unit

Since = tuple[str, int]
"""A status, and since when (µs)."""


@dataclass(frozen=True, slots=True)
class LeadFound:
    """A lead, those of its calls that count in the order of their starts, and its statuses."""

    lead: Record
    calls: Sequence[Record]
    history: Sequence[Since]


class Records:
    """Looks records up on one engine, given its dialect and its snapshots.

    What lies outside the scope is as if it did not exist.
    """

    def __init__(self, dialect: Dialect, snapshots: SnapshotSource, policy: Policy) -> None:
        self._dialect, self._snapshots, self._policy = dialect, snapshots, policy

    def call(self, call_id: str, merchant_id: str | None, scope: Scope) -> Record:
        """A call, also one that is pending or a test.

        Raises `NotFound`, and `Refused` where several merchants have one of that id.
        """
        wanted = Identified("call_id", call_id, merchant_id)
        with self._snapshots.reading() as state:
            return self._call(wanted, scope, state.run)

    def lead(self, lead_id: str, merchant_id: str | None, scope: Scope) -> LeadFound:
        """A lead, also one that is pending.

        Raises `NotFound`, and `Refused` where several merchants have one of that id.
        """
        wanted = Identified("lead_id", lead_id, merchant_id)
        with self._snapshots.reading() as state:
            return self._lead(wanted, scope, state.run)

    def _call(self, wanted: Identified, scope: Scope, run: Run) -> Record:
        found: dict[str, tuple[Table, SqlRow]] = {}
        # One that is in both tables counts as what the first says.
        for table in (CALLS, UNCOUNTED_CALLS):
            for row in run(self._render(calls_of_id(self._dialect, table, scope, wanted))):
                found.setdefault(str(row[0]), (table, row))
        merchant = only_merchant(found, "call")
        table, row = found[merchant]
        frame, one = self._frame(scope), replace(wanted, merchant_id=merchant)
        chosen = all_of(one.conditions(self._dialect, table))
        if table is UNCOUNTED_CALLS:
            return uncounted_call(frame, run, chosen, partial(self._lead_of, scope, run))
        start = int(row[1] or 0)
        (call,) = counted_calls(frame, run, chosen, (start, start))
        return call

    def _lead_of(
        self, scope: Scope, run: Run, merchant: str, lead_id: str
    ) -> Mapping[str, Shown] | None:
        """The lead that a call which does not count names.

        Nothing keeps such a call from naming a lead of others.
        """
        wanted = Identified("lead_id", lead_id, merchant)
        rows = self._rows(LEADS, scope, wanted, run)
        return values_of(LEADS, rows[merchant]) if rows else None

    def _lead(self, wanted: Identified, scope: Scope, run: Run) -> LeadFound:
        there = self._rows(LEADS, scope, wanted, run)
        own = self._rows(LEAD_RECORDS, scope, wanted, run)
        merchant = only_merchant(own | there, "lead")
        one = replace(wanted, merchant_id=merchant)
        if merchant not in there:
            since = self._history(LEAD_RECORDS, "events", one, run)
            lead = {**values_of(LEAD_RECORDS, own[merchant]), "status": _newest(since)}
            return LeadFound(ordered(RecordKind.LEADS, lead), (), _told(since))
        row = there[merchant]
        lead = values_of(LEADS, row) | {"updated_at": self._updated_at(one, run)}
        chosen = of_leads(self._dialect, "c", [row[len(LEADS.names) :]])
        calls = counted_calls(self._frame(scope), run, chosen)
        calls.sort(key=place_of)
        since = self._history(LEADS, "history", one, run)
        return LeadFound(ordered(RecordKind.LEADS, lead), calls, _told(since))

    def _rows(
        self, table: Table, scope: Scope | None, wanted: Identified, run: Run
    ) -> dict[str, SqlRow]:
        """The rows of a table of leads by their merchants."""
        place = table.names.index("merchant_id")
        found = run(self._render(leads(self._dialect, table, scope, wanted)))
        return {str(row[place]): row for row in found}

    def _updated_at(self, lead: Identified, run: Run) -> Shown:
        """When the newest of a lead's own records is as of; None where only calls tell of it."""
        rows = self._rows(LEAD_RECORDS, None, lead, run).values()
        return next((values_of(LEAD_RECORDS, row)["updated_at"] for row in rows), None)

    def _history(
        self, table: Table, column: str, lead: Identified, run: Run
    ) -> list[tuple[str | None, int]]:
        """What statuses a lead had, and since when, in their order."""
        rows = run(self._render(history(self._dialect, table, column, lead)))
        found = [(None if status is None else str(status), int(at or 0)) for status, at in rows]
        return sorted(found, key=event_order)

    def _render(self, sql: Sql) -> Statement:
        return self._dialect.render(sql)

    def _frame(self, scope: Scope) -> Frame:
        query = Query("", zone("UTC"))
        return Frame(Selection(query, scope, self._policy, Unit.CALLS, None, None), self._dialect)


def _newest(since: Sequence[tuple[str | None, int]]) -> str | None:
    return since[-1][0] if since else None


def _told(since: Sequence[tuple[str | None, int]]) -> tuple[Since, ...]:
    return tuple((status, at) for status, at in since if status is not None)
