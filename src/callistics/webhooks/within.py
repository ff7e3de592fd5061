"""As many bodies at a time as may be in memory together: what is done with them takes more."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
BYTES_AT_A_TIME = 16 << 20
"""Bytes of bodies, unpacked, that are kept, read or mapped together."""


def first_within(
    items: Iterable[T], size: Callable[[T], int], most: int = BYTES_AT_A_TIME
) -> Iterator[T]:
    """The first of some items, no more than have so many bytes; one alone may have more."""
    bytes_ = 0
    for number, one in enumerate(items):
        bytes_ += size(one)
        if number and bytes_ > most:
            return
        yield one
