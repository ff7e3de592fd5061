"""Threads that work for the event loop."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from callistics.errors import Unavailable
from callistics.runtime import give_way
from callistics.tracing import took

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    """A piece of work, who awaits it, and the context of that."""

    work: Callable[[], T]
    awaited: "asyncio.Future[T]"
    context: Context = field(default_factory=copy_context)
    since: float = field(default_factory=time.perf_counter)

    def do(self) -> Callable[[], None]:
        """Do it, unless nobody awaits it any more; what is given tells who does."""
        if self.awaited.cancelled():
            return _nothing
        try:
            settle = partial(self.awaited.set_result, self.context.run(self._work))
        except BaseException as error:  # noqa: BLE001
            settle = partial(self.awaited.set_exception, error)
        return partial(self._tell, settle)

    def _work(self) -> T:
        took("wait", time.perf_counter() - self.since)
        return self.work()

    def _tell(self, settle: Callable[[], None]) -> None:
        def once() -> None:
            if not self.awaited.done():
                settle()

        # A loop that was closed has nobody left who waits.
        with suppress(RuntimeError):
            self.awaited.get_loop().call_soon_threadsafe(once)


def _nothing() -> None:
    pass


class Pool:
    """A few threads, and a limit to how many may wait for one.

    Of those that have nothing to do the one that was busy last goes first: what it works with is
    still in the processor's caches. `gives_way` lets all other threads of the process go first
    where there is not enough for all.
    """

    def __init__(self, name: str, threads: int, queue: int, *, gives_way: bool = False) -> None:
        self._name, self._most, self._gives_way = name, threads, gives_way
        self._capacity = threads + queue
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._idle: list[SimpleQueue[_Job[Any] | None]] = []
        self._waiting: deque[_Job[Any]] = deque()
        self._stopped = False
        self.busy = 0

    async def run(self, work: Callable[[], T]) -> T:
        """The result of the work. Raises `Unavailable` if too much waits already."""
        if self.busy >= self._capacity:
            raise Unavailable("too many requests are waiting")
        self.busy += 1
        try:
            job = _Job(work, asyncio.get_running_loop().create_future())
            self._give(job)
            return await job.awaited
        finally:
            self.busy -= 1

    def stop(self) -> None:
        """Wait for the threads to finish what was asked of them."""
        with self._lock:
            self._stopped = True
            for idle in self._idle:
                idle.put(None)
        for thread in self._threads:
            thread.join()

    def _give(self, job: _Job[Any]) -> None:
        with self._lock:
            if self._stopped:
                raise Unavailable("the server is stopping")
            if self._idle:
                self._idle.pop().put(job)
                return
            self._waiting.append(job)
            if len(self._threads) < self._most:
                name = f"{self._name}_{len(self._threads)}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self) -> None:
        if self._gives_way:
            give_way()
        given: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        tell = _nothing
        while True:
            # Free before anyone is told: the next query comes to this thread then.
            job = self._next(given)
            tell()
            job = given.get() if job is None else job
            if job is None:
                return
            tell = job.do()

    def _next(self, given: "SimpleQueue[_Job[Any] | None]") -> _Job[Any] | None:
        """The first that waits; without one the thread is to wait for what it is given."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._stopped:
                given.put(None)
            else:
                self._idle.append(given)
            return None
