"""What is exported: rows as answers have them, some at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

ROWS_AT_ONCE = 5_000
"""Rows that are made before they are written."""

Row = Mapping[str, object]
Rows = Sequence[Row]


def some_at_a_time(rows: Iterable[Row], most: int = ROWS_AT_ONCE) -> Iterator[Rows]:
    """The rows in lists of at most so many."""
    rest = iter(rows)
    while some := list(islice(rest, most)):
        yield some
