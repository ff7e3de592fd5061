"""What was counted for a plan, by group, before any row is computed of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product

from callistics.analytics.plan import Plan
from callistics.catalog.dimensions import BUCKET
from callistics.compile.select import MAX_ROWS
from callistics.errors import Refused, invalid
from callistics.model.buckets import MAX_BUCKETS, TooManyBucketsError
from callistics.queries.base import Counted, Group, Key, QueryType, Row, Slot
from callistics.sql.dialect import SqlRow

Slots = Sequence[Slot] | None
"""The rows that are always there, None where rows are those that occur."""


@dataclass(frozen=True, slots=True)
class Side:
    """A plan, its slots, and each group with what was counted in it, in order of the groups."""

    plan: Plan
    slots: Slots
    groups: Mapping[Group, Sequence[Counted]]

    def rows(self, counted: Sequence[Counted]) -> list[Row]:
        """The rows of a group in which this was counted, without its fields."""
        return self.plan.kind.rows(self.plan.selection, self.slots, counted)

    def size(self, counted: Sequence[Counted]) -> int:
        """How many rows these are, without computing them where that is plain."""
        if self.slots is not None:
            return len(self.slots)
        if self.plan.kind.arrange is not None:
            return len(self.rows(counted))
        return len(counted)


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


def side_of(plan: Plan, slots: Slots, rows: Sequence[SqlRow]) -> Side:
    """What the rows of a plan's statement say.

    Raises `Refused` on too many rows, `TooManyBucketsError` on too many dates as groups.
    """
    limit_rows(len(rows))
    found = dict(_groups(plan, rows))
    limit_dates(plan, found)
    if slots is not None:
        limit_rows(len(found) * len(slots))
    return Side(plan, slots, found)


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


def in_order(value: Key) -> tuple[bool, Key]:
    """What keys are ordered by: nulls last, texts by code point."""
    return value is None, "" if value is None else value


def group_order(group: Group) -> tuple[tuple[bool, Key], ...]:
    """What groups are ordered by."""
    return tuple(map(in_order, group))


def _groups(plan: Plan, rows: Sequence[SqlRow]) -> Iterator[tuple[Group, list[Counted]]]:
    kind, width = plan.kind, len(plan.groups)
    names = [measure.name for measure in kind.measures]
    found = {
        group: [_counted(kind, names, row, width) for row in members]
        for group, members in groupby(rows, key=lambda row: tuple(row[:width]))
    }
    if not width:
        yield (), found.get((), [])
        return
    for group in _with_every_value(plan, list(found)):
        yield group, found.get(group, [])


def _counted(kind: QueryType, names: Sequence[str], row: SqlRow, width: int) -> Counted:
    offset = width + (kind.key is not None)
    key = row[width] if kind.key is not None else None
    numbers = [None if value is None else int(value) for value in row[offset:]]
    return Counted(key, dict(zip(names, numbers, strict=True)))


def _with_every_value(plan: Plan, groups: list[Group]) -> list[Group]:
    """The groups, with those dimensions complete whose every value is always a group."""
    names = [dimension.name for dimension in plan.groups]
    complete = {name: values for name, values in plan.kind.always if name in names}
    if not complete:
        return groups
    places = [names.index(name) for name in complete]
    others = dict.fromkeys(
        tuple(value for place, value in enumerate(group) if place not in places) for group in groups
    )
    if len(places) == len(names):
        others = {(): None}
    merged = {
        _insert(other, dict(zip(places, values, strict=True)))
        for other in others
        for values in product(*complete.values())
    }
    return sorted(merged, key=group_order)


def _insert(other: Group, fixed: dict[int, int]) -> Group:
    rest = iter(other)
    width = len(other) + len(fixed)
    return tuple(fixed[place] if place in fixed else next(rest) for place in range(width))
