"""Ending the work for a request before it is done: its time is up, or nobody waits for it.

The thread that does the work finds its `Interruption` where it is, and looks at it between steps;
what takes long elsewhere, such as a statement in an engine, is told.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from callistics.errors import ClientLeft, RequestError, TimedOut

T = TypeVar("T")
# Rows that are shaped between two looks: some tenths of a millisecond.
_ROWS = 256
_current: ContextVar["Interruption | None"] = ContextVar("interruption", default=None)


class Interruption:
    """What may end the work for one request: after so many seconds, or at once by `end`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._stops: list[Callable[[], None]] = []
        self._ended = False

    @property
    def left(self) -> float:
        """Seconds until the time is up, 0 where it is or where the work was ended."""
        return 0.0 if self._ended else max(0.0, self._deadline - time.monotonic())

    @property
    def error(self) -> RequestError:
        """What work that was interrupted raises."""
        if self._ended and time.monotonic() < self._deadline:
            return ClientLeft("the client did not wait for the answer")
        return TimedOut(f"the query took longer than {self._seconds:g} seconds")

    def renew(self) -> None:
        """Give what is done from now on the whole time again, as a query of several has its own."""
        self._deadline = time.monotonic() + self._seconds

    def end(self) -> None:
        """End the work, also what is told of it by `telling`."""
        with self._lock:
            self._ended = True
            stops = list(self._stops)
        for stop in stops:
            stop()

    def check(self) -> None:
        """Raises `TimedOut` where the time is up, `ClientLeft` where the work was ended."""
        if not self.left:
            raise self.error

    @contextmanager
    def telling(self, stop: Callable[[], None]) -> Generator[None]:
        """Call `stop` if the work is ended while the context is open; raises as `check`."""
        with self._lock:
            self._stops.append(stop)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)


@contextmanager
def interruptible(by: Interruption | None) -> Generator[None]:
    """Do the work of the context for a request."""
    token = _current.set(by)
    try:
        yield
    finally:
        _current.reset(token)


def interruption() -> Interruption | None:
    """What may end the work that this thread is doing, None where nothing may."""
    return _current.get()


def check_interruption() -> None:
    """Raises as `check` where the work that this thread is doing is not to go on."""
    by = _current.get()
    if by is not None:
        by.check()


def watched(rows: Iterable[T]) -> Iterator[T]:
    """The rows, as long as the work of whoever takes them may go on. Raises as `check`."""
    for number, row in enumerate(rows):
        if not number % _ROWS:
            check_interruption()
        yield row
