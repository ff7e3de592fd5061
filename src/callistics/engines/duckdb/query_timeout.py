"""Ending queries that run past their time limit."""

import math
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import duckdb


class QueryTimeout:
    """One thread that interrupts every connection whose deadline has passed.

    A connection is only ever interrupted inside `limit`, never after another query took it over.
    """

    def __init__(self, interval: float = 0.05) -> None:
        self._interval = interval
        # When the thread looks next: only who must be interrupted before that wakes it.
        self._looks = math.inf
        self._deadlines: dict[duckdb.DuckDBPyConnection, float] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._watch, name="query-watchdog", daemon=True)
        self._thread.start()

    @contextmanager
    def limit(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> Generator[None]:
        """Interrupt the connection if the block takes longer."""
        with self._changed:
            deadline = self._deadlines[connection] = time.monotonic() + seconds
            if deadline < self._looks:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                del self._deadlines[connection]

    def end_all(self) -> None:
        """Interrupt every query that runs."""
        with self._changed:
            self._deadlines = dict.fromkeys(self._deadlines, 0.0)
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
                for connection, deadline in self._deadlines.items():
                    if deadline <= now:
                        connection.interrupt()
                first = min(self._deadlines.values(), default=math.inf)
                # One that is overdue may not have begun yet: it is interrupted until it ends.
                self._looks = max(first, now + self._interval)
                self._changed.wait(None if first == math.inf else self._looks - now)
