"""What was counted for a plan, by group, before any row is computed of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callistics.analytics.groups import grouped
from callistics.analytics.plan import Plan
from callistics.catalog.dimensions import BUCKET
from callistics.compile.select import MAX_ROWS
from callistics.errors import Refused, invalid
from callistics.interruption import watched
from callistics.model.buckets import MAX_BUCKETS, TooManyBucketsError
from callistics.queries.base import Counted, Group, Row, Slot
from callistics.sql.dialect import SqlRow

Slots = Sequence[Slot] | None
"""The rows that are always there, None where rows are those that occur."""


@dataclass(frozen=True, slots=True)
class Found:
    """A plan, its slots, and the rows of its statement, of which not too many are answered."""

    plan: Plan
    slots: Slots
    sql_rows: Sequence[SqlRow]

    def groups(self) -> Iterator[tuple[Group, Sequence[Counted]]]:
        """Each group with what was counted in it, in order of the groups."""
        return grouped(self.plan, self.sql_rows)

    def rows(self, counted: Sequence[Counted]) -> Iterable[Row]:
        """The rows of a group in which this was counted, without its fields."""
        return self.plan.kind.rows(self.plan.selection, self.slots, counted)

    def size(self, counted: Sequence[Counted]) -> int:
        """How many rows these are, without computing them."""
        return len(counted) if self.slots is None else len(self.slots)


@dataclass(frozen=True, slots=True)
class Side:
    """What was found on one side of a comparison, its groups at hand."""

    found: Found
    groups: Mapping[Group, Sequence[Counted]]

    @property
    def plan(self) -> Plan:
        """The plan of this side."""
        return self.found.plan

    def rows(self, counted: Sequence[Counted]) -> list[Row]:
        """The rows of a group in which this was counted, without its fields."""
        return list(self.found.rows(counted))

    def size(self, counted: Sequence[Counted]) -> int:
        """How many rows these are."""
        return self.found.size(counted)


def slots_of(plan: Plan) -> Slots:
    """The rows that are always there. Raises `TooManyBucketsError`."""
    return plan.kind.slots(plan.selection) if plan.kind.slots else None


def trimmed(plan: Plan, slots: Slots, rows: Sequence[SqlRow]) -> Slots:
    """The slots without those before and after all that matches, where the range was left open."""
    if slots is None or not plan.selection.wide or not plan.kind.uses_granularity:
        return slots
    place, filters = len(plan.groups), plan.selection.query.filters
    found = {row[place] for row in rows}
    taken = [number for number, slot in enumerate(slots) if slot.key in found]
    if not taken:
        return []
    first = taken[0] if filters.begin is None else 0
    last = taken[-1] + 1 if filters.end is None else len(slots)
    return slots[first:last]


def found_of(plan: Plan, slots: Slots, rows: Sequence[SqlRow]) -> Found:
    """What the rows of a plan's statement say.

    Raises `Refused` on too many rows, `TooManyBucketsError` on too many dates as groups.
    """
    limit_rows(len(rows))
    found = Found(plan, slots, rows)
    width = len(plan.groups)
    limit_dates(plan, (tuple(row[:width]) for row in watched(rows)))
    if slots is not None:
        limit_rows(sum(1 for _ in found.groups()) * len(slots))
    return found


def side_of(found: Found) -> Side:
    """The same with its groups at hand."""
    return Side(found, dict(found.groups()))


def limit_rows(rows: int) -> None:
    """Raises `Refused` where there are more rows than an answer has."""
    if rows > MAX_ROWS:
        message = f"the answer has more than {MAX_ROWS:,} rows; filter more or group by less"
        raise Refused([invalid("/group_by", message)])


def limit_dates(plan: Plan, groups: Iterable[Group]) -> None:
    """Raises `TooManyBucketsError` where groups by date have more buckets than a time series."""
    if BUCKET not in plan.groups:
        return
    place = plan.groups.index(BUCKET)
    found = {key for group in groups if isinstance(key := group[place], int)}
    if len(found) > MAX_BUCKETS:
        query = plan.selection.query
        first, last = (str(BUCKET.shown(query, key)) for key in (min(found), max(found)))
        raise TooManyBucketsError(query.granularity, first, last)
