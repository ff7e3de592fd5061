"""Threads that work for the event loop."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from traceback import clear_frames
from typing import Any, Generic, TypeVar

from callistics.errors import Unavailable
from callistics.http.fair_queue import NOBODY, Asked, FairQueue, Turn
from callistics.interruption import Interruption, interruptible
from callistics.runtime import give_way
from callistics.tracing import took

T = TypeVar("T")
_Ticket = SimpleQueue[None]


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    """A piece of work, who awaits it, what may end it, and the context of who asked."""

    work: Callable[[], T]
    awaited: "asyncio.Future[T]"
    by: Interruption | None
    context: Context = field(default_factory=copy_context)
    since: float = field(default_factory=time.perf_counter)

    def do(self) -> Callable[[], None]:
        """Do it, unless nobody awaits it any more; what is given tells who does."""
        if self.awaited.done():
            return _nothing
        try:
            settle = partial(self.awaited.set_result, self.context.run(self._work))
        except BaseException as error:  # noqa: BLE001
            _let_go(error)
            settle = partial(self.awaited.set_exception, error)
        return partial(self._tell, settle)

    def _work(self) -> T:
        took("wait", time.perf_counter() - self.since)
        with interruptible(self.by):
            return self.work()

    def _tell(self, settle: Callable[[], None]) -> None:
        def once() -> None:
            if not self.awaited.done():
                settle()

        # A loop that was closed has nobody left who waits.
        with suppress(RuntimeError):
            self.awaited.get_loop().call_soon_threadsafe(once)


def _let_go(error: BaseException | None) -> None:
    """Drop what the work had in hand when it failed, such as a body of many MB.

    Whoever awaits the error and the error know each other, and go when garbage is collected.
    """
    while error is not None:
        clear_frames(error.__traceback__)
        error = error.__context__


def _nothing() -> None:
    pass


class Pool:
    """A few threads, and a limit to how many may wait for one.

    Of those that have nothing to do the one that was busy last goes first: what it works with is
    still in the processor's caches. `gives_way` lets all other threads of the process go first
    where there is not enough for all. With `quick` there is a thread more, for what is expected to
    take short, which does not give way.
    """

    def __init__(
        self, name: str, threads: int, queue: int, *, gives_way: bool = False, quick: bool = False
    ) -> None:
        self._name, self._gives_way = name, gives_way
        self._capacity = threads + queue
        self._lock = threading.Lock()
        self._queue: FairQueue[_Job[Any]] = FairQueue(threads)
        # By whether they are for what is quick.
        self._most = {False: threads, True: int(quick)}
        self._threads: dict[bool, list[threading.Thread]] = {False: [], True: []}
        self._idle: dict[bool, list[_Ticket]] = {False: [], True: []}
        self._stopped = False
        self._under_way: set[Interruption] = set()
        self.busy = 0

    async def run(
        self, work: Callable[[], T], asked: Asked = NOBODY, by: Interruption | None = None
    ) -> T:
        """The result of the work. Raises `Unavailable` if too much waits already.

        Where nobody awaits it any more it is ended.
        """
        return await self.begin(work, asked, by or Interruption(float("inf")))

    def begin(self, work: Callable[[], T], asked: Asked, by: Interruption) -> "asyncio.Future[T]":
        """What will be the result of the work; once that is there, nothing goes on with it."""
        if self.busy >= self._capacity:
            raise Unavailable("too many requests are waiting")
        awaited: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        turn = self._give(_Job(work, awaited, by), asked)
        self.busy += 1
        self._under_way.add(by)
        awaited.add_done_callback(partial(self._ended, turn, by))
        return awaited

    def _ended(self, turn: Turn[_Job[Any]], by: Interruption, _: "asyncio.Future[Any]") -> None:
        self.busy -= 1
        self._under_way.discard(by)
        by.end()
        with self._lock:
            self._queue.drop(turn)

    def interrupt(self) -> None:
        """End what is being done and what waits: nobody needs it any more."""
        for by in list(self._under_way):
            by.end()

    def stop(self) -> None:
        """Wait for the threads to finish what was asked of them."""
        with self._lock:
            self._stopped = True
            for idle in (*self._idle[False], *self._idle[True]):
                idle.put(None)
        for thread in (*self._threads[False], *self._threads[True]):
            thread.join()

    def _give(self, job: _Job[Any], asked: Asked) -> Turn[_Job[Any]]:
        with self._lock:
            if self._stopped:
                raise Unavailable("the server is stopping")
            turn = self._queue.put(job, asked)
            if not (turn.quick and self._wake(quick=True)):
                self._wake(quick=False)
            return turn

    def _wake(self, *, quick: bool) -> bool:
        """Have a thread look at what waits; whether one has nothing else to do."""
        if self._idle[quick]:
            self._idle[quick].pop().put(None)
            return True
        threads = self._threads[quick]
        if len(threads) >= self._most[quick]:
            return False
        name = f"{self._name}_{'quick' if quick else len(threads)}"
        work = partial(self._work, quick=quick)
        threads.append(threading.Thread(target=work, name=name, daemon=True))
        threads[-1].start()
        return True

    def _work(self, *, quick: bool) -> None:
        if self._gives_way and not quick:
            give_way()
        ticket: _Ticket = SimpleQueue()
        done, tell = _nothing, _nothing
        while True:
            # Free before anyone is told: the next query comes to this thread then.
            with self._lock:
                done()
                turn = self._queue.take(quick=quick)
                if turn is None and not self._stopped:
                    self._idle[quick].append(ticket)
            tell()
            done, tell = _nothing, _nothing
            if turn is not None:
                began = time.perf_counter()
                tell = turn.item.do()
                done = partial(self._queue.done, turn, time.perf_counter() - began)
            elif self._stopped:
                return
            else:
                ticket.get()
