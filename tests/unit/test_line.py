"""The order in which requests wait for the writer."""

from callistics.ingest.job import Job
from callistics.ingest.line import Line


def test_urgent_ones_go_first_in_the_order_in_which_they_came() -> None:
    line = Line()
    plain, first, second = Job(), Job(urgent=True), Job(urgent=True)
    for job in (plain, first, second):
        line.add(job)
    assert line.is_urgent
    assert line.take(100) == [first, second]
    assert line.take(100) == [plain]
    assert not line
    assert line.records == 0


def test_no_more_are_taken_than_it_takes() -> None:
    line = Line()
    jobs = [Job(), Job(unlimited=True), Job()]
    for job in jobs:
        line.add(job)
    assert line.is_gathered
    assert line.take(2) == jobs[:2]
    assert not line.is_gathered
    assert line.take(2) == jobs[2:]
