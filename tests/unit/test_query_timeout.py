"""Queries past their time limit are interrupted, whatever the thread that does so sleeps for."""

import threading
from collections.abc import Iterator
from typing import Any, cast

import duckdb
import pytest

from callistics.engines.duckdb.query_timeout import QueryTimeout


class Connection:
    """Stands in for one that runs a query until it is interrupted."""

    def __init__(self) -> None:
        self.interrupted = threading.Event()

    def interrupt(self) -> None:
        self.interrupted.set()


@pytest.fixture
def limits() -> Iterator[QueryTimeout]:
    found = QueryTimeout(interval=0.01)
    yield found
    found.stop()


def interrupted(limits: QueryTimeout, seconds: float) -> bool:
    one = Connection()
    with limits.limit(cast("duckdb.DuckDBPyConnection", cast("Any", one)), seconds):
        return one.interrupted.wait(60)


def test_a_short_limit_holds_beside_a_longer_one(limits: QueryTimeout) -> None:
    longer = cast("Any", Connection())
    with limits.limit(longer, 3_000):
        assert interrupted(limits, 0.01)
    assert not longer.interrupted.is_set()


def test_it_holds_again_after_a_longer_one_has_ended(limits: QueryTimeout) -> None:
    with limits.limit(cast("Any", Connection()), 3_000):
        pass
    assert interrupted(limits, 0.01)
    assert interrupted(limits, 0.02)


def test_what_ended_in_time_is_not_interrupted(limits: QueryTimeout) -> None:
    early = cast("Any", Connection())
    with limits.limit(early, 0.01):
        assert early.interrupted.wait(60)
    later = cast("Any", Connection())
    with limits.limit(later, 3_000):
        pass
    assert interrupted(limits, 0.01)
    assert not later.interrupted.is_set()


def test_all_that_runs_is_interrupted_at_once_and_nothing_after(limits: QueryTimeout) -> None:
    first, second, later = (cast("Any", Connection()) for _ in range(3))
    with limits.limit(first, 3_000), limits.limit(second, 3_000):
        limits.end_all()
        assert first.interrupted.wait(60)
        assert second.interrupted.wait(60)
    with limits.limit(later, 3_000):
        assert interrupted(limits, 0.01)
    assert not later.interrupted.is_set()
