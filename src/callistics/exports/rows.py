"""What is exported: rows as answers have them, some at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from callistics.model.payload import canonical_json

_END = 16
ROWS_AT_ONCE = 5_000
"""Rows that are made before they are written."""

Row = Mapping[str, object]
Rows = Sequence[Row]


def json_text(value: object) -> str:
    """The canonical JSON of an object or a list, which may have been written already."""
    return str(value, "utf-8") if isinstance(value, msgspec.Raw) else canonical_json(value)


def some_at_a_time(rows: Iterable[Row], most: int = ROWS_AT_ONCE) -> Iterator[Rows]:
    """The rows in lists of at most so many."""
    rest = iter(rows)
    while some := list(islice(rest, most)):
        yield some


def end_held_back(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, the last bytes always a piece late: of a file that is cut they are missing.

    Otherwise a stream of Arrow's that was cut between two batches would be read as a whole one, and
    so would lines.
    """
    held = b""
    for piece in pieces:
        whole = held + piece
        held = whole[-_END:]
        yield whole[:-_END]
    yield held
