"""A query's time is that of its whole answer, and ends when nobody waits for it any more."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from callistics.analytics import batch, service
from callistics.engines.base import Engine
from callistics.errors import ClientLeft, RequestError, TimedOut
from callistics.interruption import Interruption, interruptible, watched
from callistics.sql.dialect import Statement
from support.leaving import leaving
from support.server import Server, problem, serving

LONG = 60
# Seconds that a query of nothing is done within, also beside other tests.
IN_TIME = 6.0
ENDLESS = "SELECT sum(a.range + b.range) FROM range(10000000) a, range(10000000) b"
BODIES: dict[str, Any] = {
    "/analytics": {"query_type": "call_count"},
    "/calls/search": {"filters": {}},
}


def shaping(server: Server, patch: pytest.MonkeyPatch) -> threading.Event:
    """Have every answer take for ever in Python once its rows are there; set when one does."""
    begun = threading.Event()

    def endless(*_: Any, **__: Any) -> Any:
        begun.set()
        deque(watched(count()), maxlen=0)

    patch.setattr(service, "shape", endless)
    patch.setattr(server.application.services.searches, "page", endless)
    return begun


@pytest.mark.parametrize("path", BODIES)
def test_shaping_counts(
    path: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path, query_timeout=0.05) as server:
        shaping(server, monkeypatch)
        found = problem(server.request("POST", path, json=BODIES[path]), 504)
        assert found["detail"] == "the query took longer than 0.05 seconds"


def test_so_does_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path, query_timeout=0.2, query_concurrency=1) as server:
        begun, go = threading.Event(), threading.Event()
        wait: Callable[..., Any] = lambda *_: (begun.set(), go.wait(LONG))  # noqa: E731
        monkeypatch.setattr(service, "shape", wait)
        headers = {"Authorization": f"Bearer {server.application.local_key}"}
        first = server.begin("POST", "/analytics", json=BODIES["/analytics"], headers=headers)
        assert begun.wait(LONG)
        # Nobody knows how long these take, so that they wait for the one thread.
        other = {"query_type": "top_outcomes", "filters": {"min_duration": 1}}
        problem(server.request("POST", "/analytics", json=other), 504)
        # The one that takes no notice is not waited for either.
        problem(first.result(), 504)
        go.set()


def test_each_query_of_a_batch_has_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path, query_timeout=IN_TIME) as server:
        real = batch.envelope

        def slow(answer: Any) -> bytes:
            if answer.query_type == "success_rate":
                time.sleep(IN_TIME)
                deque(watched(count()), maxlen=0)
            return real(answer)

        monkeypatch.setattr(batch, "envelope", slow)
        queries = [{"query_type": name} for name in ("call_count", "success_rate", "top_outcomes")]
        answer = server.request("POST", "/analytics/batch", json={"queries": queries})
        statuses = [one.get("status", 200) for one in answer.json()["answers"]]
        assert (answer.status_code, statuses) == (200, [200, 504, 200])


@pytest.mark.parametrize("path", BODIES)
def test_a_client_that_leaves_frees_its_thread(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path, query_timeout=LONG, query_concurrency=1) as server:
        begun = shaping(server, monkeypatch)
        headers = {"Authorization": f"Bearer {server.application.local_key}"}
        left = server.begin("POST", path, json=BODIES[path], headers=headers)
        assert begun.wait(LONG)
        left.cancel()
        monkeypatch.undo()
        answer = server.ask("top_outcomes", filters={"min_duration": 1})
        assert answer.status_code == 200
        assert server.application.services.queries.busy == 0


def interrupted(store: Engine, statement: Statement, by: Interruption) -> RequestError:
    with interruptible(by), pytest.raises(RequestError) as raised:
        store.run(statement)
    return raised.value


def endless(engine: str) -> Statement:
    """A statement that nobody waits for to the end."""
    text = ENDLESS
    if engine == "chdb":
        text = text.replace("range(", "numbers(").replace(".range", ".number")
    return Statement(text, ())


def test_a_statement_is_interrupted(engine: str, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        store, statement = engine_of(server), endless(engine)
        assert isinstance(interrupted(store, statement, Interruption(0.2)), TimedOut)
        by = leaving(LONG)
        assert isinstance(interrupted(store, statement, by), ClientLeft)
        # What runs after it is left alone.
        by.end()
        assert store.run(Statement("SELECT 1", ()))[0][0] == 1


def engine_of(server: Server) -> Engine:
    run: Any = server.application.services.analytics.run
    return run.__self__


def test_rows_are_looked_at_by_whoever_takes_them() -> None:
    def rows() -> Iterator[int]:
        return watched(count())

    found = rows()
    first, second = Interruption(LONG), Interruption(LONG)
    with interruptible(first):
        assert len(list(islice(found, 1_000))) == 1_000
    first.end()
    with interruptible(second):
        assert len(list(islice(found, 1_000))) == 1_000
    with interruptible(first), pytest.raises(ClientLeft):
        list(found)
