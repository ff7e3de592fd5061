"""When the writer commits: what it waits for, and what it does not."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Semaphore
from typing import Any

import pytest

from callistics.errors import Unavailable
from callistics.ingest.batch import Batch
from callistics.ingest.job import Job
from callistics.ingest.writer import Writer
from callistics.model.scope import EVERYTHING
from callistics.records.field import RecordKind
from support.decoders import READING
from support.store import opened


class Clock:
    """It moves on only where it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


class Slow:
    """An engine on which a commit takes an hour of the clock, and begins when it may."""

    def __init__(self, engine: Any, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.begun, self.may = Semaphore(0), Semaphore(0)
        self.commits = 0
        self.is_expecting = False

    def expect_records(self) -> None:
        self.is_expecting = True

    @contextmanager
    def writing(self) -> Generator[Any]:
        self.begun.release()
        assert self.may.acquire(timeout=60)
        with self._engine.writing() as session:
            yield session
        self._clock.now += 3_600
        self.commits += 1


def jobs(number: int) -> list[Job]:
    return [Job() for _ in range(number)]


def test_once_all_have_come_again_nobody_is_waited_for() -> None:
    clock = Clock()
    with opened() as store:
        engine = Slow(store.engine, clock)
        writing: Any = engine
        found = Writer(writing, 100, most_rest=3_600, clock=clock.monotonic)
        first, rest, again = jobs(1), jobs(3), jobs(4)
        # One is committed alone; three come meanwhile, and those are one commit.
        found.submit(first[0])
        assert engine.begun.acquire(timeout=60)
        for job in rest:
            found.submit(job)
        engine.may.release()
        first[0].done.result(timeout=60)
        more = jobs(1)
        found.submit(more[0])
        engine.may.release()
        for job in (*rest, *more):
            job.done.result(timeout=60)
        # The writer would rest for an hour that never passes, but four have come for four.
        for job in again:
            found.submit(job)
        engine.may.release()
        for job in again:
            job.done.result(timeout=60)
        assert engine.commits == 3
        engine.may.release()
        found.stop()


def test_what_was_taken_is_answered_however_soon_the_writer_stops() -> None:
    with opened() as store:
        for _ in range(20):
            found = Writer(store.engine, 100_000)
            taken: list[Job] = []

            def send(found: Writer = found, taken: list[Job] = taken) -> None:
                with suppress(Unavailable):
                    while True:
                        (job,) = jobs(1)
                        found.submit(job)
                        taken.append(job)

            with ThreadPoolExecutor(4) as pool:
                sending = [pool.submit(send) for _ in range(4)]
                while not taken:
                    pass
                found.stop()
                for one in sending:
                    one.result(timeout=60)
            assert all(job.done.done() for job in taken)


def test_requests_that_are_announced_are_committed_together() -> None:
    clock = Clock()
    with opened() as store:
        engine = Slow(store.engine, clock)
        writing: Any = engine
        found = Writer(writing, 100, set_size=9, clock=clock.monotonic)
        last = jobs(1)
        with found.announced():
            assert engine.is_expecting
            # The first sets are smaller. Another is announced still, but the set is full.
            for size in (3, 6, 9, 9):
                set_ = jobs(size)
                for job in set_[:-1]:
                    found.submit(job)
                assert not engine.begun.acquire(blocking=False)
                found.submit(set_[-1])
                assert engine.begun.acquire(timeout=60)
                engine.may.release()
                for job in set_:
                    job.done.result(timeout=60)
        with suppress(LookupError), found.announced():
            found.submit(last[0])
            raise LookupError
        # The one that failed is not waited for.
        assert engine.begun.acquire(timeout=60)
        engine.may.release()
        last[0].done.result(timeout=60)
        found.stop()
        assert engine.commits == 5


class Resting:
    """A writer that rests for an hour that never passes, unless three come: three were answered."""

    def __init__(self, store: Any, capacity: int = 100) -> None:
        self.clock = Clock()
        self.engine = Slow(store.engine, self.clock)
        writing: Any = self.engine
        self.writer = Writer(writing, capacity, most_rest=3_600, clock=self.clock.monotonic)
        first, *more, last = jobs(4)
        self.send(first)
        assert self.engine.begun.acquire(timeout=60)
        self.send(*more)
        self.let(1)
        self.answered(first)
        # Three were there; it waits until there are as many again.
        self.send(last)
        self.let(1)
        self.answered(*more, last)

    def send(self, *sent: Job) -> None:
        for job in sent:
            self.writer.submit(job)

    def let(self, commits: int) -> None:
        for _ in range(commits):
            self.engine.may.release()

    def answered(self, *sent: Job) -> None:
        for job in sent:
            job.done.result(timeout=60)

    def stop(self) -> None:
        self.let(10)
        self.writer.stop()


def with_records(number: int) -> Job:
    return Job(Batch(RecordKind.CALLS, EVERYTHING, READING, number, ()))


@pytest.mark.parametrize(
    "last", [Job(unlimited=True), with_records(2_000)], ids=["unlimited", "plenty"]
)
def test_it_rests_no_longer_than_something_is_worth_it(last: Job) -> None:
    with opened() as store:
        resting = Resting(store)
        (gathered,) = jobs(1)
        resting.send(gathered)
        assert not gathered.done.done()
        resting.send(last)
        resting.let(1)
        # They are one commit.
        resting.answered(gathered, last)
        resting.stop()


def test_an_urgent_request_waits_for_no_rest() -> None:
    with opened() as store:
        resting = Resting(store)
        (gathered,), urgent = jobs(1), Job(urgent=True)
        resting.send(gathered, urgent)
        resting.let(1)
        resting.answered(urgent)
        resting.stop()
        resting.answered(gathered)


def test_it_is_stopped_while_it_rests() -> None:
    with opened() as store:
        resting = Resting(store)
        gathered = jobs(2)
        resting.send(*gathered)
        assert not any(job.done.done() for job in gathered)
        resting.stop()
        resting.answered(*gathered)


def test_nobody_is_refused_while_it_rests() -> None:
    with opened() as store:
        resting = Resting(store, capacity=2)
        clients = jobs(3)
        # The third is one more than may wait for a commit; it is what this one waits for.
        resting.send(*clients)
        resting.let(1)
        resting.answered(*clients)
        resting.stop()


def test_others_come_to_it_beside_one_urgent_request_after_another() -> None:
    with opened() as store:
        engine = Slow(store.engine, Clock())
        writing: Any = engine
        found = Writer(writing, 100)
        others = jobs(2)
        (first,) = jobs(1)
        found.submit(first)
        assert engine.begun.acquire(timeout=60)
        for job in others:
            found.submit(job)
        for _ in range(20):
            urgent = Job(urgent=True)
            found.submit(urgent)
            engine.may.release()
            engine.may.release()
            urgent.done.result(timeout=60)
        for job in others:
            job.done.result(timeout=60)
        for _ in range(50):
            engine.may.release()
        found.stop()
