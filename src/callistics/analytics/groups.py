"""The rows of a statement, group by group, with no more of them in memory than a large group has.

Rows come in order of their groups.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice, product
from typing import overload

from callistics.analytics.plan import Plan
from callistics.interruption import watched
from callistics.queries.base import Counted, Group, Key, QueryType
from callistics.sql.dialect import SqlRow

# Larger groups are read again where they are looked at again.
_IN_MEMORY = 10_000


Split = Callable[[SqlRow], Counted]


class CountedRows(Sequence[Counted]):
    """Rows of one group, each split as it is looked at."""

    def __init__(self, split: Split, rows: Sequence[SqlRow]) -> None:
        self._split, self._rows = split, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Counted]:
        return map(self._split, watched(self._rows))

    @overload
    def __getitem__(self, place: int) -> Counted: ...
    @overload
    def __getitem__(self, place: slice) -> "CountedRows": ...
    def __getitem__(self, place: int | slice) -> "Counted | CountedRows":
        if isinstance(place, slice):
            return CountedRows(self._split, self._rows[place])
        return self._split(self._rows[place])


def _splitting(kind: QueryType, width: int) -> Split:
    names = [aggregate.name for aggregate in kind.aggregates]
    offset = width + (kind.key is not None)

    def split(row: SqlRow) -> Counted:
        key = row[width] if kind.key is not None else None
        numbers = [None if value is None else int(value) for value in row[offset:]]
        return Counted(key, dict(zip(names, numbers, strict=True)))

    return split


def grouped(plan: Plan, rows: Sequence[SqlRow]) -> Iterator[tuple[Group, Sequence[Counted]]]:
    """Each group with what was counted in it, in order of the groups."""
    width = len(plan.groups)
    split = _splitting(plan.kind, width)
    if not width:
        yield (), CountedRows(split, rows)
        return
    found = ((group, CountedRows(split, members)) for group, members in _apart(rows, width))
    complete = _complete(plan)
    if not complete:
        yield from found
        return
    members = dict(found)
    for group in _with_every_value(plan, list(members), complete):
        yield group, members.get(group, ())


def _apart(rows: Sequence[SqlRow], width: int) -> Iterator[tuple[Group, Sequence[SqlRow]]]:
    begin = 0
    for group, members in groupby(watched(rows), key=lambda row: tuple(row[:width])):
        some = list(islice(members, _IN_MEMORY))
        more = sum(1 for _ in members)  # noqa: B031 - what is left of the same
        end = begin + len(some) + more
        yield group, rows[begin:end] if more else some
        begin = end


def _complete(plan: Plan) -> dict[str, tuple[int, ...]]:
    """The dimensions whose every value is always a group."""
    names = [dimension.name for dimension in plan.groups]
    return {name: values for name, values in plan.kind.always if name in names}


def _with_every_value(
    plan: Plan, groups: list[Group], complete: dict[str, tuple[int, ...]]
) -> list[Group]:
    """The groups, with those dimensions complete whose every value is always a group."""
    names = [dimension.name for dimension in plan.groups]
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


def in_order(value: Key) -> tuple[bool, Key]:
    """What keys are ordered by: nulls last, texts by code point."""
    return value is None, "" if value is None else value


def group_order(group: Group) -> tuple[tuple[bool, Key], ...]:
    """What groups are ordered by."""
    return tuple(map(in_order, group))
