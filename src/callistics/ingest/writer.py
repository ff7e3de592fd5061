"""The one writer: gathers what concurrent requests bring into one durable commit."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

from callistics.engines.base import Engine, KeptAnswer, Session
from callistics.errors import Refused, RequestError, Unavailable, invalid
from callistics.ingest.merge import folds_of
from callistics.ingest.request import Write, separated
from callistics.model.keys import StoredKey
from callistics.records.identity import Receipt

_MAX_RECORDS = 100_000
# A commit costs much the same for one record as for a few hundred. After one, the writer lets as
# much time go by as that took, but no more than this, while fewer records than these wait; and no
# more once as many requests have come as were answered, as then nobody is left who could send one.
_MOST_REST, _PLENTY = 0.05, 2_000

Result = Receipt | KeptAnswer | None
"""What became of the records; or the answer from before, if the request is repeated; or nothing."""
Outcome = Result | RequestError


@dataclass(frozen=True, slots=True)
class Retry:
    """An `Idempotency-Key`, the key of access it came with, and the hash of its body.

    `encode` makes status and body of the answer that is kept. The commit it is part of may fail and
    be tried again: it must do nothing else.
    """

    key_id: str
    idempotency_key: str
    body_hash: str
    encode: Callable[[Receipt], tuple[int, bytes]]


@dataclass(slots=True)
class Job:
    """One request for the writer. `done` gives the result once durable.

    One that is `urgent` goes before all others, however many wait.
    """

    write: Write | None = None
    retry: Retry | None = None
    keys: tuple[StoredKey, ...] = ()
    uses: Mapping[str, int] = field(default_factory=dict[str, int])
    urgent: bool = False
    done: "Future[Result]" = field(default_factory=Future[Result])


class _Line(queue.Queue[Job | None]):
    """Those that wait: without a limit of its own, and with the urgent ones in front."""

    def _put(self, item: Job | None) -> None:
        if item is not None and item.urgent:
            self.queue.appendleft(item)
        else:
            self.queue.append(item)


class Writer:
    """A thread that owns writing to an engine.

    No more than `capacity` requests may wait, urgent ones aside.

    It rests for up to `most_rest` seconds of the `clock` after a commit.
    """

    def __init__(
        self,
        engine: Engine,
        capacity: int,
        *,
        most_rest: float = _MOST_REST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_rest, self._clock = most_rest, clock
        self._engine = engine
        self._queue = _Line()
        self._capacity = capacity
        self._stopping = False
        # Nothing may be queued behind what ends the thread: nobody would answer it.
        self._queueing = threading.Lock()
        self._rested = 0.0
        # Those answered last, and those that were waiting then.
        self._all = 0
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Requests that wait to be committed."""
        return self._queue.qsize()

    def submit(self, job: Job) -> "Future[Result]":
        """Queue a request. Raises `Unavailable` if too many wait or the writer is stopping."""
        self._check()
        with self._queueing:
            self._check()
            if self.waiting >= self._capacity and not job.urgent:
                raise Unavailable("too many requests with records are waiting")
            self._queue.put(job)
        return job.done

    def _check(self) -> None:
        if self._stopping:
            raise Unavailable("the server is stopping")

    def stop(self) -> None:
        """Commit what is queued, then end."""
        self._stopping = True
        with self._queueing:
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            jobs, last = self._gather()
            if jobs:
                began = self._clock()
                self.commit(jobs)
                ended = self._clock()
                if self._all > 1:
                    # Who sends one request after another, alone, is not to wait.
                    self._rested = ended + min(ended - began, self._most_rest)
            if last:
                return

    def _gather(self) -> tuple[list[Job], bool]:
        """Wait for a request, then take along all that come until the writer has rested."""
        jobs: list[Job] = []
        size = 0
        while size < _MAX_RECORDS:
            try:
                patient = size < _PLENTY and len(jobs) < self._all
                job = self._next(first=not jobs, patient=patient)
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            if job.urgent:
                return [job, *jobs], False
            jobs.append(job)
            size += _size(job)
        return jobs, False

    def _next(self, *, first: bool, patient: bool) -> Job | None:
        """The next request, None at the end. Raises `queue.Empty` if none comes soon enough."""
        if first:
            return self._queue.get()
        rest = self._rested - self._clock()
        if patient and rest > 0 and not self._stopping:
            return self._queue.get(timeout=rest)
        return self._queue.get_nowait()

    def commit(self, jobs: list[Job]) -> None:
        """Commit requests together; each is answered on its own. For the writer's thread only."""
        try:
            with self._engine.writing() as session:
                outcomes = _process(session, jobs)
        except Exception as error:  # noqa: BLE001 - it is whoever asked that is to hear of it
            if len(jobs) > 1:
                # One request may be what the engine cannot take: it must not fail the others.
                for job in jobs:
                    self.commit([job])
                return
            jobs[0].done.set_exception(error)
            return
        self._all = len(jobs) + self.waiting
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, RequestError):
                job.done.set_exception(outcome)
            else:
                job.done.set_result(outcome)


def _size(job: Job) -> int:
    return 1 if job.write is None else job.write.received


def _process(session: Session, jobs: list[Job]) -> list[Outcome]:
    writes = separated(session, [job.write for job in jobs if job.write is not None])
    folds = folds_of(session, writes)
    arrival = session.arrival(sum(write.received for write in writes)) if writes else 0
    outcomes: list[Outcome] = []
    kept: dict[tuple[str, str], KeptAnswer] = {}
    rest = iter(writes)
    for job in jobs:
        session.save_keys(job.keys)
        session.save_uses(job.uses)
        if job.write is None:
            outcomes.append(None)
            continue
        write = next(rest)
        accept = partial(folds[write.kind].accept, write, arrival)
        outcomes.append(_one(session, job.retry, accept, write.skip, kept))
        arrival += write.received
    for kind, fold in folds.items():
        session.store(kind, fold.changed)
        for block, arrived in fold.blocks:
            session.add(block, arrived)
    return outcomes


def _one(
    session: Session,
    retry: Retry | None,
    accept: Callable[[], Receipt],
    skip: bool,
    kept: dict[tuple[str, str], KeptAnswer],
) -> Outcome:
    if retry is None:
        return accept()
    name = (retry.key_id, retry.idempotency_key)
    before = kept.get(name) or session.kept_answer(*name)
    if before is not None:
        return _repeated(before, retry)
    receipt = accept()
    if receipt.was_refused(skip=skip):
        # Nothing could be stored twice, and what is corrected may come under the same key.
        return receipt
    kept[name] = KeptAnswer(retry.body_hash, *retry.encode(receipt))
    session.keep_answer(*name, kept[name])
    return receipt


def _repeated(before: KeptAnswer, retry: Retry) -> Outcome:
    if before.body_hash != retry.body_hash:
        message = "was sent before with another body"
        return Refused([invalid("", f"Idempotency-Key {retry.idempotency_key!r} {message}")])
    return before
