"""The order in which requests wait for the writer."""

from callistics.ingest.batch import Batch
from callistics.ingest.job import Job
from callistics.ingest.job_queue import JobQueue
from callistics.model.scope import EVERYTHING
from callistics.records.field import RecordKind
from support.decoders import READING


def of(records: int) -> Job:
    return Job(Batch(RecordKind.CALLS, EVERYTHING, READING, records, ()))


def test_urgent_ones_go_first_in_the_order_in_which_they_came() -> None:
    queue = JobQueue()
    plain, first, second = of(3), Job(urgent=True), Job(urgent=True)
    for job in (plain, first, second):
        queue.add(job)
    assert queue.is_urgent
    assert queue.take(100) == [first, second, plain]
    assert (len(queue), queue.records, queue.is_urgent) == (0, 0, False)


def test_urgent_ones_are_taken_alone() -> None:
    queue = JobQueue()
    plain, urgent = of(3), Job(urgent=True)
    queue.add(plain)
    queue.add(urgent)
    assert queue.take_urgent() == [urgent]
    assert (len(queue), queue.records) == (1, 3)


def test_no_more_are_taken_than_it_takes() -> None:
    queue = JobQueue()
    jobs = [of(2), Job(unlimited=True), of(5), of(1)]
    for job in jobs:
        queue.add(job)
    assert (queue.records, queue.is_unlimited) == (9, True)
    assert queue.take(4) == jobs[:3]
    assert (queue.records, queue.is_unlimited) == (1, False)
    assert queue.take(4) == jobs[3:]
