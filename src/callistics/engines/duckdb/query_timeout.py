"""Ending queries that run past their time limit."""

import math
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import duckdb


@dataclass(slots=True, eq=False)
class _Limit:
    """A statement that runs on a connection, and when it is to have ended."""

    connection: duckdb.DuckDBPyConnection
    deadline: float


class QueryTimeout:
    """One thread that interrupts every connection whose deadline has passed.

    A connection is only ever interrupted inside `limit`, never after another query took it over.
    """

    def __init__(self, interval: float = 0.05) -> None:
        self._interval = interval
        # When the thread looks next: only who must be interrupted before that wakes it.
        self._looks = math.inf
        self._limits: set[_Limit] = set()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._watch, name="query-watchdog", daemon=True)
        self._thread.start()

    @contextmanager
    def limit(
        self, connection: duckdb.DuckDBPyConnection, seconds: float
    ) -> Generator[Callable[[], None]]:
        """Interrupt the connection if the block takes longer; what is given does so at once."""
        one = _Limit(connection, time.monotonic() + seconds)
        with self._changed:
            self._limits.add(one)
            if one.deadline < self._looks:
                self._changed.notify()
        try:
            yield partial(self._end, one)
        finally:
            with self._changed:
                self._limits.remove(one)

    def _end(self, one: _Limit) -> None:
        with self._changed:
            one.deadline = -math.inf
            self._changed.notify()

    def end_all(self) -> None:
        """Interrupt every query that runs."""
        with self._changed:
            for one in self._limits:
                one.deadline = -math.inf
            self._changed.notify()

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                for one in self._limits:
                    if one.deadline <= now:
                        one.connection.interrupt()
                first = min((one.deadline for one in self._limits), default=math.inf)
                # One that is overdue may not have begun yet: it is interrupted until it ends.
                self._looks = max(first, now + self._interval)
                self._changed.wait(None if first == math.inf else self._looks - now)
