"""From the rows of a statement to the page that was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from callistics.analytics.groups import grouped
from callistics.analytics.plan import Plan
from callistics.catalog.dimensions import BUCKET
from callistics.compile.select import MAX_ROWS
from callistics.errors import Refused, invalid
from callistics.model.buckets import MAX_BUCKETS, TooManyBucketsError
from callistics.model.time_range import TimeRange
from callistics.queries.base import Counted, Group, Row, Slot
from callistics.sql.dialect import SqlRow

Slots = Sequence[Slot] | None
"""The rows that are always there, None where rows are those that occur."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The envelope of an answer; `total` is the number of rows before paging.

    With it come the range as it was read, and the instants (µs, half open) between which the
    same query means the same; None: always.
    """

    query_type: str
    data: list[Row]
    total: int
    page: int
    page_size: int
    range: TimeRange
    holds: tuple[int, int] | None


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


def shape(plan: Plan, slots: Slots, rows: Sequence[SqlRow]) -> Answer:
    """Group, fill, compute and cut out the page. Raises `Refused` on too many rows."""
    query, kind = plan.selection.query, plan.kind
    _check(plan, rows)
    groups = list(grouped(plan, rows))
    if slots is not None:
        _limit(len(groups) * len(slots))
    first = (query.page - 1) * query.page_size
    last = first + query.page_size
    data: list[Row] = []
    total = 0
    for group, counted in groups:
        size = _size(plan, slots, counted)
        if total < last and total + size > first:
            found = kind.rows(plan.selection, slots, counted)
            keys = _keys(plan, group)
            page = islice(found, max(first - total, 0), last - total)
            data.extend({**keys, **row} for row in page)
        total += size
    return Answer(
        query.query_type, data, total, query.page, query.page_size, query.range, query.holds
    )


def stream(plan: Plan, slots: Slots, rows: Sequence[SqlRow]) -> Iterator[Row]:
    """All rows of the answer, made as they are taken. Raises `Refused` on too many, at once."""
    _check(plan, rows)
    if slots is not None:
        _limit(sum(1 for _ in grouped(plan, rows)) * len(slots))
    return _made(plan, slots, rows)


def _made(plan: Plan, slots: Slots, rows: Sequence[SqlRow]) -> Iterator[Row]:
    for group, counted in grouped(plan, rows):
        keys = _keys(plan, group)
        for row in plan.kind.rows(plan.selection, slots, counted):
            yield {**keys, **row}


def _check(plan: Plan, rows: Sequence[SqlRow]) -> None:
    """Raises `Refused`, or `TooManyBucketsError`, where more was found than may be answered."""
    _limit(len(rows))
    _limit_dates(plan, rows)


def _keys(plan: Plan, group: Group) -> Row:
    query = plan.selection.query
    return {
        one.name: one.shown(query, value) for one, value in zip(plan.groups, group, strict=True)
    }


def _size(plan: Plan, slots: Slots, counted: Sequence[Counted]) -> int:
    """How many rows a group has, without computing them where that is plain."""
    if slots is not None:
        return len(slots)
    if plan.kind.arrange is not None:
        return sum(1 for _ in plan.kind.rows(plan.selection, slots, counted))
    return len(counted)


def _limit(rows: int) -> None:
    if rows > MAX_ROWS:
        message = f"the answer has more than {MAX_ROWS:,} rows; filter more or group by less"
        raise Refused([invalid("/group_by", message)])


def _limit_dates(plan: Plan, rows: Sequence[SqlRow]) -> None:
    """Raises `TooManyBucketsError` where groups by date have more buckets than a time series."""
    if BUCKET not in plan.groups:
        return
    place = plan.groups.index(BUCKET)
    found = {key for row in rows if isinstance(key := row[place], int)}
    if len(found) > MAX_BUCKETS:
        query = plan.selection.query
        first, last = (str(BUCKET.shown(query, key)) for key in (min(found), max(found)))
        raise TooManyBucketsError(query.granularity, first, last)
