"""Committing what several have brought: together, and each alone where that fails."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from callistics.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")


def together(
    items: Sequence[T],
    commit: Callable[[Sequence[T]], Sequence[R]],
    observe: Callable[[float, Exception | None], None],
) -> Iterator[tuple[T, R | Exception]]:
    """Each of the items with what became of it, or why it failed, once it is committed.

    `observe` is told the seconds of each commit, and why it failed where it did.
    """
    began = time.perf_counter()
    try:
        results = commit(items)
    except Exception as error:  # noqa: BLE001 - it is whoever brought it that is to hear of it
        if len(items) > 1 and not isinstance(error, Unavailable):
            # One may be what the engine cannot take: it must not fail the others.
            for one in items:
                yield from together([one], commit, observe)
            return
        observe(time.perf_counter() - began, error)
        yield from ((one, error) for one in items)
        return
    observe(time.perf_counter() - began, None)
    yield from zip(items, results, strict=True)
