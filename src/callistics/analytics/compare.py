"""Two sides of a comparison as one: the rows of either, each beside its like on the other side."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callistics.analytics.counted import Found, Side, limit_dates, limit_rows
from callistics.analytics.groups import group_order, in_order
from callistics.analytics.plan import Plan
from callistics.analytics.shape import Block
from callistics.catalog.dimensions import BUCKET
from callistics.compile.select import Order
from callistics.model.bucket_places import BucketPlaces
from callistics.queries.base import PREVIOUS, Counted, Group, Key, QueryType, Row

Counts = Sequence[Counted]


def compared(this: Side, other: Side) -> list[Block]:
    """The rows of each group that either side has, in order.

    Raises `Refused` on too many rows, `TooManyBucketsError` on too many dates as groups.
    """
    before = dict(_in_this_time(this.plan, other))
    groups = sorted(this.groups.keys() | before.keys(), key=group_order)
    limit_dates(this.plan, groups)
    pairs = [
        _Pair(this, other, _with_keys_of(this.found, this.groups.get(group), found), found)
        for group in groups
        for found in (before.get(group),)
    ]
    limit_rows(sum(pair.size() for pair in pairs))
    return [Block(group, pair.size, pair.rows) for group, pair in zip(groups, pairs, strict=True)]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A group: what was counted on either side; None before where the other side lacks it."""

    this: Side
    other: Side
    counted: Counts
    before: Counts | None

    def size(self) -> int:
        return self.this.size(self.counted)

    def rows(self) -> list[Row]:
        kind = self.this.plan.kind
        like = _by_place if kind.uses_granularity else _by_key
        names = [figure.name for figure in kind.figures]
        own = self.this.rows(self.counted)
        found = like(kind, own, [] if self.before is None else self.other.rows(self.before))
        return [
            row | {PREVIOUS + name: None if was is None else was[name] for name in names}
            for row, was in zip(own, found, strict=True)
        ]


def _by_place(_: QueryType, own: Sequence[Row], before: Sequence[Row]) -> Iterable[Row | None]:
    """The rows of a time series: buckets of the two sides have no date in common."""
    return [*before[: len(own)], *[None] * (len(own) - len(before))]


def _by_key(kind: QueryType, own: Sequence[Row], before: Sequence[Row]) -> Iterable[Row | None]:
    names = [one.name for one in kind.fields if not one.numbering]

    def key(row: Row) -> tuple[object, ...]:
        return tuple(row[name] for name in names)

    found = {key(row): row for row in before}
    return [found.get(key(row)) for row in own]


def _with_keys_of(this: Found, own: Counts | None, before: Counts | None) -> Counts:
    """What was counted in a group, and nothing at all of what only the other side has."""
    found, kind = own or (), this.plan.kind
    if this.slots is not None:
        return found
    keys = {one.key for one in found}
    nothing = {aggregate.name: aggregate.zero for aggregate in kind.aggregates}
    if kind.key is None:
        return found or [Counted(None, nothing)]
    added = [Counted(one.key, nothing) for one in before or () if one.key not in keys]
    return sorted([*found, *added], key=_order(kind)) if added else found


def _order(kind: QueryType) -> Callable[[Counted], tuple[int, tuple[bool, Key]]]:
    """What the rows of a group are ordered by: as the statement orders them."""
    if kind.order is Order.COUNT:
        return lambda one: (-(one.aggregates["n"] or 0), in_order(one.key))
    return lambda one: (0, in_order(one.key))


def _in_this_time(this: Plan, other: Side) -> Iterator[tuple[Group, Counts]]:
    """The groups of the other side, their dates those of this side's buckets in the same places.

    What lies in buckets that this side does not have is left out.
    """
    if BUCKET not in this.groups:
        yield from other.groups.items()
        return
    place = this.groups.index(BUCKET)
    dates = _dates(this, other, place)
    for group, counted in other.groups.items():
        date = dates.get(group[place])
        if date is not None:
            yield (*group[:place], date, *group[place + 1 :]), counted


def _dates(this: Plan, other: Side, place: int) -> Mapping[Key, int]:
    """This side's bucket for each of the other side's that occurs and has one."""
    own, before = (_places(plan) for plan in (this, other.plan))
    found = {key for group in other.groups if isinstance(key := group[place], int)}
    return {
        key: date
        for key in found
        if (at := before.place(key)) is not None and (date := own.key(at)) is not None
    }


def _places(plan: Plan) -> BucketPlaces:
    query = plan.selection.query
    begin, end = query.filters.begin, query.filters.end
    assert begin is not None
    assert end is not None
    return BucketPlaces(query.zone, query.granularity, begin, end)
