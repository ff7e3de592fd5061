"""A query that takes long is logged with what it asks and where its time went, and no value."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from callistics.server.app import Application
from support import engines
from support.server import Server, serving

Line = dict[str, Any]
FILTERS = {
    "merchant_id": "zebra",
    "date_from": "2031-07-09",
    "payload_filters": {"zebra": {"gt": 31337}},
}
STEPS = {"parse", "plan", "run", "shape", "wait"}


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server to which every query is slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "current", "duckdb")
        server = Server.on(tmp_path_factory.mktemp("slow"), slow_query_seconds=1e-9)
    yield server
    server.close()


def told(send: Callable[[], object]) -> list[Line]:
    """The lines of slow queries while something is sent."""
    with capture_logs() as lines:
        send()
    return [dict(line) for line in lines if line["event"] == "slow query"]


def test_what_it_asks_and_where_its_time_went(slow_server: Server) -> None:
    key = slow_server.request("POST", "/keys", json={"name": "k", "permissions": ["query"]}).json()
    asked = {"filters": FILTERS, "group_by": ["provider", "payload.zebra"], "granularity": "week"}
    send = lambda: slow_server.ask("calls_over_time", key=key["key"], **asked)  # noqa: E731
    (line,) = told(send)
    steps = line.pop("steps")
    assert steps.keys() == STEPS
    assert sum(steps.values()) == pytest.approx(line.pop("ms"), abs=0.01)
    assert line == {
        "event": "slow query",
        "log_level": "warning",
        "route": "/analytics",
        "status": 200,
        "key": key["id"],
        "query_type": "calls_over_time",
        "filters": ["date_from", "merchant_id", "payload_filters"],
        "scope": [],
        "group_by": ["provider", "payload.*"],
        "granularity": "week",
        "source": "records",
        "rows": 1,
    }


@pytest.mark.parametrize(
    ("path", "body", "query_type"),
    [
        ("/analytics", {"query_type": "call_count", "filters": FILTERS}, "call_count"),
        ("/calls/search", {"filters": FILTERS}, "call_count"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_pages_and_all_rows(
    slow_server: Server, path: str, body: dict[str, Any], query_type: str, accept: str
) -> None:
    headers = {"Accept": accept}
    lines = told(lambda: slow_server.request("POST", path, json=body, headers=headers))
    assert [(line["route"], line["query_type"]) for line in lines] == [(path, query_type)]
    for word in ("zebra", "31337", "2031"):
        assert word not in json.dumps(lines)


def test_each_slow_query_of_a_batch_has_a_line(slow_server: Server) -> None:
    queries = [{"query_type": name} for name in ("call_duration", "success_rate")]
    body = {"queries": [*queries, {"query_type": "nonsense"}]}
    lines = told(lambda: slow_server.request("POST", "/analytics/batch", json=body))
    assert [line["query_type"] for line in lines] == ["call_duration", "success_rate"]
    assert [line["source"] for line in lines] == ["roll-up", "roll-up"]


def test_a_batch_that_is_slow_by_its_number_has_one_line(
    slow_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it takes at least as long as the least that a part may be said to take."""
    monkeypatch.setattr("callistics.tracing.Timings.total", property(lambda one: len(one.parts)))
    body = {"queries": [{"query_type": name} for name in ("hourly_heatmap", "top_outcomes")]}
    (line,) = told(lambda: slow_server.request("POST", "/analytics/batch", json=body))
    assert (line["queries"], line["route"]) == (2, "/analytics/batch")
    assert "query_type" not in line


def test_a_query_that_is_cut_off_is_told_too(tmp_path: Path) -> None:
    with serving(tmp_path, query_timeout=0.01, slow_query_seconds=3_600) as server:
        _never_end(server.application)
        (line,) = told(lambda: server.ask("call_count", filters={"provider": "p"}))
    assert (line["status"], line["query_type"], line["filters"]) == (
        504,
        "call_count",
        ["provider"],
    )


def _never_end(application: Application) -> None:
    """Have the engine run what takes longer than it may."""
    analytics = application.services.analytics
    run = analytics.run

    def endless(statement: Any) -> Any:
        numbers = "SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b"
        return run(type(statement)(numbers, ()))

    analytics.run = endless


def test_others_are_not_told(tmp_path: Path, slow_server: Server) -> None:
    assert told(lambda: slow_server.request("GET", "/keys")) == []
    assert told(lambda: slow_server.ask("nonsense")) == []
    for off in (0, 3_600):
        with serving(tmp_path, slow_query_seconds=off) as server:
            assert told(lambda asked=server: asked.ask("call_count")) == []


def test_they_are_counted(slow_server: Server) -> None:
    slow_server.ask("sentiment_distribution")
    text = slow_server.request("GET", "/metrics").text
    assert 'callistics_slow_queries_total{query_type="sentiment_distribution"} 1.0' in text
