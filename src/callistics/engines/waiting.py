"""Waiting for one of an engine's connections."""

import queue
from typing import TypeVar

from callistics.interruption import interruption

T = TypeVar("T")


def waited_for(free: "queue.Queue[T] | queue.SimpleQueue[T]") -> T:
    """The next that is free. Raises `TimedOut` where none is in time."""
    by = interruption()
    if by is None or by.left == float("inf"):
        return free.get()
    try:
        return free.get(timeout=by.left)
    except queue.Empty:
        raise by.error from None
