"""The connections that queries run on."""

import queue
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

import duckdb

from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.waiting import waited_for


class Readers:
    """A pool of `count` connections to a database, each of one thread at a time."""

    def __init__(self, database: duckdb.DuckDBPyConnection, count: int) -> None:
        # Whatever was used last is still in the processor's caches.
        self._free: queue.LifoQueue[StatementCache] = queue.LifoQueue()
        self._count, self._admitting = count, threading.Lock()
        for _ in range(count):
            self._free.put(StatementCache(database.cursor()))

    @contextmanager
    def one(self) -> Generator[StatementCache]:
        """A connection of the pool, once there is one. Raises `TimedOut` where none is in time."""
        with self._admitting:
            reader = waited_for(self._free)
        try:
            yield reader
        finally:
            self._free.put(reader)

    @contextmanager
    def none(self, patience: float) -> Generator[bool]:
        """Have nobody read meanwhile, if those who do end within some seconds; whether they did."""
        taken: list[StatementCache] = []
        ends = time.monotonic() + patience
        # Who comes meanwhile waits.
        if not self._admitting.acquire(timeout=patience):
            yield False
            return
        try:
            with suppress(queue.Empty):
                while len(taken) < self._count:
                    left = max(0.0, ends - time.monotonic())
                    taken.append(self._free.get(timeout=left))
            yield len(taken) == self._count
        finally:
            for reader in taken:
                self._free.put(reader)
            self._admitting.release()

    def close(self) -> None:
        """Close the connections, each once it is free."""
        for _ in range(self._count):
            self._free.get().connection.close()
