"""The one writer: gathers what concurrent requests bring into one durable commit."""

import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager

from callistics.engines.base import Engine
from callistics.errors import Unavailable
from callistics.ingest.commit import in_parts, process
from callistics.ingest.job import Job, JobResult, Result
from callistics.ingest.job_queue import JobQueue
from callistics.ingest.together import together
from callistics.tracing import Value, span

_MAX_RECORDS = 100_000
# A commit costs much the same for one record as for a few hundred. After one, the writer lets as
# much time go by as that took, but no more than this, while fewer records than these wait; and no
# more once as many requests have come as were answered, as then nobody is left who could send one.
_MOST_REST, _PLENTY = 0.05, 2_000
# While the first set is read there is nothing to write: it is this part of a set, the next ones are
# twice as large each.
_FIRST = 4


class Writer:
    """A thread that owns writing to an engine.

    No more than `capacity` requests may wait, urgent and unlimited ones aside.

    It rests for up to `most_rest` seconds of the `clock` after a commit. Until it has `set_size`
    records, fewer for the first sets, it waits for requests that are `announced`, where they take
    less time together and nobody else waits. `observe` is told the seconds of each commit, and why
    it failed where it did.
    """

    def __init__(
        self,
        engine: Engine,
        capacity: int,
        *,
        set_size: int = 0,
        most_rest: float = _MOST_REST,
        clock: Callable[[], float] = time.monotonic,
        observe: Callable[[float, Exception | None], None] = lambda _, __: None,
    ) -> None:
        self._observe = observe
        self._most_rest, self._clock = most_rest, clock
        self._set_size, self._announced = set_size, 0
        self._next_set = -(-set_size // _FIRST)
        self._engine = engine
        self._capacity = capacity
        self._queue, self._stopping = JobQueue(), False
        # Whether the writer waits for more: then nobody is refused, as it takes all there are.
        self._gathering = True
        # Of the queue, and of all that the writer may wait for.
        self._changed = threading.Condition()
        self._awaited: Callable[[], bool] = lambda: False
        self._rested = 0.0
        self.erasures = 0
        """How many commits there were that erase, see `AlertChanges`."""
        # Those answered last, and those that were waiting then.
        self._all = 0
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Requests that wait to be committed."""
        return len(self._queue)

    def submit(self, job: Job) -> "Future[Result]":
        """Queue a request. Raises `Unavailable` if too many wait or the writer is stopping."""
        with self._changed:
            if self._stopping:
                raise Unavailable("the server is stopping")
            limited = not job.urgent and not job.unlimited
            if limited and not self._gathering and len(self._queue) >= self._capacity:
                raise Unavailable("too many requests with records are waiting")
            self._queue.add(job)
            self._look_again()
        return job.done

    @contextmanager
    def announced(self) -> Generator[None]:
        """Say that a request will be submitted in this context, if nothing goes wrong."""
        self._engine.expect_records()
        with self._changed:
            self._announced += 1
        try:
            yield
        finally:
            with self._changed:
                self._announced -= 1
                self._look_again()

    def stop(self) -> None:
        """Commit what is queued, then end."""
        with self._changed:
            self._stopping = True
            self._look_again()
        self._thread.join()

    def _run(self) -> None:
        while jobs := self._gather():
            began = self._clock()
            self.commit(jobs)
            ended = self._clock()
            if self._all > 1:
                # Who sends one request after another, alone, is not to wait.
                self._rested = ended + min(ended - began, self._most_rest)

    def _gather(self) -> Sequence[Job]:
        """Wait for requests, and until the writer has rested; none once it is to end.

        One that is urgent waits for no others, and takes along what was gathered when it came.
        """
        with self._changed:
            self._gathering, queue = True, self._queue
            self._wait(lambda: len(queue) > 0)
            if queue.is_urgent:
                taken = queue.take_urgent()
            else:
                self._wait(lambda: self._announced == 0 or queue.records >= self._next_set)
                rest = self._rested - self._clock()
                if rest > 0:
                    self._wait(self._have_come, rest)
                taken = queue.take(max(_MAX_RECORDS, self._next_set))
                self._next_set = min(2 * self._next_set, self._set_size)
            self._gathering = False
            return taken

    def _have_come(self) -> bool:
        """Whether there is nobody left to rest for."""
        queue = self._queue
        # Who sends one that is unlimited has gathered what came meanwhile.
        return len(queue) >= self._all or queue.records >= _PLENTY or queue.is_unlimited

    def _wait(self, awaited: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until it is so, or one is urgent, or the writer is to stop."""
        self._awaited = lambda: self._stopping or self._queue.is_urgent or awaited()
        self._changed.wait_for(self._awaited, seconds)

    def _look_again(self) -> None:
        """Wake the writer if that is there which it waits for.

        Woken for each request it would take the interpreter from who reads the next.
        """
        if self._awaited():
            self._changed.notify()

    def commit(self, jobs: Sequence[Job]) -> None:
        """Commit requests together; each is answered on its own. For the writer's thread only.

        One that repeats another of them is committed after it, and what erases by itself.
        """
        for part in in_parts(jobs):
            self._commit(part)

    def _commit(self, jobs: Sequence[Job]) -> None:
        for job, result in together(jobs, self._processed, self._observe):
            if isinstance(result, Exception):
                job.done.set_exception(result)
            else:
                job.done.set_result(result)

    def _processed(self, jobs: Sequence[Job]) -> Sequence[JobResult]:
        """What becomes of jobs that are committed in one transaction."""
        origins = [one.origin for one in jobs]
        try:
            with span("commit", origins, **_sizes(jobs)), self._engine.writing() as session:
                results = process(session, jobs, self.erasures)
        finally:
            # Whatever became of it: who read before it ended may have seen what is erased.
            self.erasures += any(job.erasure or job.expiry for job in jobs)
        self._all = len(jobs) + self.waiting
        return results


def _sizes(jobs: Sequence[Job]) -> dict[str, Value]:
    received = sum(job.batch.received for job in jobs if job.batch is not None)
    return {"requests": len(jobs), "records": received}
