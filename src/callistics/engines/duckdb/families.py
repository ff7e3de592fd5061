"""What is stored of the leads that a commit touches."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from callistics.engines.common.derive import Lead, Member, Own
from callistics.engines.common.rows import events_of, identity_table
from callistics.engines.common.tables import MEMBER_COLUMNS
from callistics.engines.duckdb.finding import plain, rows
from callistics.engines.duckdb.presence import Presence
from callistics.engines.duckdb.statements import Statements
from callistics.model.writes import Identity

_LEAD_COLUMNS = Lead.__struct_fields__
_OWN_COLUMNS = Own.__struct_fields__


def _select(columns: Iterable[str], table: str) -> str:
    items = ", ".join(plain(column) for column in columns)
    return f"SELECT {items} FROM ({rows(table, 'lead_id', 'touched')})"


_CALLS = _select((*MEMBER_COLUMNS, "place", "attempt", "payload_base"), "calls")
_OWN = _select(("merchant_id", "lead_id", *_OWN_COLUMNS), "lead_records")
_LEADS = _select((*_LEAD_COLUMNS, "place"), "leads")
_AT = MEMBER_COLUMNS.index("events")


@dataclass(slots=True)
class Families:
    """Stored calls of leads, what there is of the leads' own records, and the leads' rows.

    `leads` have their rowids before them.
    """

    calls: list[Member] = field(default_factory=list[Member])
    own: dict[Identity, Own] = field(default_factory=dict[Identity, Own])
    leads: list[tuple[int, Lead]] = field(default_factory=list[tuple[int, Lead]])


def families(
    statements: Statements, presence: Presence | None, touched: Mapping[Identity, None]
) -> Families:
    """What is stored of leads (merchant_id, lead_id); of all of them without `presence`."""
    every = list(touched)

    def is_possible(table: str) -> bool:
        leads = every if presence is None else presence.possible(table, every)
        if leads:
            statements.give(touched=identity_table(leads, "lead_id"))
        return bool(leads)

    found = Families()
    # A call that counts has its lead in the table of leads; where it has not, `rebuild` mends it.
    if is_possible("leads"):
        for merchant, lead, *call in _fetched(statements, _CALLS, _AT, touched):
            found.calls.append(Member((merchant, lead), *call))
        for *row, place in _fetched(statements, _LEADS, -3, touched):
            found.leads.append((place, Lead(*row)))
    if is_possible("lead_records"):
        for merchant, lead, *own in _fetched(statements, _OWN, -1, touched):
            found.own[merchant, lead] = Own(*own)
    return found


def _fetched(
    statements: Statements, sql: str, events: int, touched: Mapping[Identity, None]
) -> Iterator[list[Any]]:
    """The rows of a statement that are of touched leads, what is in the column `events` as pairs.

    The columns merchant_id and lead_id come first.
    """
    for values in statements.execute(sql).fetchall():
        if values[:2] in touched:
            row = list(values)
            row[events] = events_of(row[events])
            yield row
