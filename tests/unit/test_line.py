"""The order in which requests wait for the writer."""

from callistics.ingest.batch import Batch
from callistics.ingest.job import Job
from callistics.ingest.line import Line
from callistics.model.scope import EVERYTHING
from callistics.records.field import RecordKind
from support.decoders import READING


def of(records: int) -> Job:
    return Job(Batch(RecordKind.CALLS, EVERYTHING, READING, records, ()))


def test_urgent_ones_go_first_in_the_order_in_which_they_came() -> None:
    line = Line()
    plain, first, second = of(3), Job(urgent=True), Job(urgent=True)
    for job in (plain, first, second):
        line.add(job)
    assert line.is_urgent
    assert line.take(100) == [first, second, plain]
    assert (len(line), line.records, line.is_urgent) == (0, 0, False)


def test_urgent_ones_are_taken_alone() -> None:
    line = Line()
    plain, urgent = of(3), Job(urgent=True)
    line.add(plain)
    line.add(urgent)
    assert line.take_urgent() == [urgent]
    assert (len(line), line.records) == (1, 3)


def test_no_more_are_taken_than_it_takes() -> None:
    line = Line()
    jobs = [of(2), Job(unlimited=True), of(5), of(1)]
    for job in jobs:
        line.add(job)
    assert (line.records, line.is_unlimited) == (9, True)
    assert line.take(4) == jobs[:3]
    assert (line.records, line.is_unlimited) == (1, False)
    assert line.take(4) == jobs[3:]
