"""From what was counted to the page that was asked for, or to all rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from callistics.analytics.counted import Found
from callistics.analytics.plan import Plan
from callistics.interruption import watched
from callistics.model.time_range import TimeRange
from callistics.queries.base import Group, Row


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


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one group: how many there are, and what computes them without its fields."""

    group: Group
    size: Callable[[], int]
    rows: Callable[[], Iterable[Row]]


def blocks(found: Found) -> Iterator[Block]:
    """The rows of each group that is not compared, in order."""
    for group, counted in found.groups():
        yield Block(
            group,
            lambda counted=counted: found.size(counted),
            lambda counted=counted: found.rows(counted),
        )


def shape(plan: Plan, parts: Iterable[Block]) -> Answer:
    """Cut out the page: of groups that it does not touch no row is computed."""
    query = plan.selection.query
    first = (query.page - 1) * query.page_size
    last = first + query.page_size
    data: list[Row] = []
    total = 0
    for part in watched(parts):
        size = part.size()
        if total < last and total + size > first:
            keys = _keys(plan, part.group)
            page = islice(part.rows(), max(first - total, 0), last - total)
            data.extend({**keys, **row} for row in page)
        total += size
    return Answer(
        query.query_type, data, total, query.page, query.page_size, plan.range, query.holds
    )


def all_rows(plan: Plan, parts: Iterable[Block]) -> Iterator[Row]:
    """All rows of the answer, made as they are taken."""
    for part in parts:
        keys = _keys(plan, part.group)
        for row in part.rows():
            yield {**keys, **row}


def _keys(plan: Plan, group: Group) -> Row:
    query = plan.selection.query
    return {
        one.name: one.shown(query, value) for one, value in zip(plan.groups, group, strict=True)
    }
