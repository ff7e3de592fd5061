"""A request leaves spans of its steps, which say nothing of what was sent."""

# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from support import engines
from support.server import Server, serving
from support.spans import Spans, kept_spans
from support.webhook_server import CALLS, TENANTS, Endpoint, settle

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CALL = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}


@pytest.fixture(scope="module")
def traced_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "current", "duckdb")
        server = Server.on(tmp_path_factory.mktemp("traced"))
    yield server
    server.close()


@pytest.fixture
def spans() -> Iterator[Spans]:
    with kept_spans() as found:
        yield found


def test_a_query_leaves_a_span_of_each_step(traced_server: Server, spans: Spans) -> None:
    answer = traced_server.ask("success_rate", group_by=["provider"])
    assert answer.status_code == 200
    request = spans.one("POST /analytics")
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/analytics",
        "http.response.status_code": 200,
    }
    assert spans.below(request) == ["parse", "plan", "query"]
    assert spans.below(spans.one("query")) == ["plan", "run", "shape", "shape"]
    assert dict(spans.one("query").attributes or {}) == {
        "callistics.query_type": "success_rate",
        "callistics.filters": (),
        "callistics.scope": (),
        "callistics.group_by": ("provider",),
        "callistics.source": "roll-up",
    }
    assert {one.context.trace_id for one in spans.all()} == {request.context.trace_id}


def test_each_query_of_a_batch_has_a_span(traced_server: Server, spans: Spans) -> None:
    body = [{"query_type": name} for name in ("call_count", "success_rate")]
    assert traced_server.request("POST", "/analytics/batch", json={"queries": body}).is_success
    asked = [one.attributes["callistics.query_type"] for one in spans.named("query")]
    assert asked == ["call_count", "success_rate"]


def test_a_trace_is_taken_over_and_named_in_the_log(traced_server: Server, spans: Spans) -> None:
    sent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    with capture_logs() as lines:
        traced_server.request("POST", "/analytics", json={"query_type": "x"}, headers=sent)
    span = spans.one("POST /analytics")
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, PARENT)
    assert [one["trace"] for one in lines if one["event"] == "request"] == [TRACE]


@pytest.mark.parametrize("sent", ["", "nonsense", f"00-{'0' * 32}-{PARENT}-01"])
def test_a_trace_that_is_none_begins_a_new_one(
    traced_server: Server, spans: Spans, sent: str
) -> None:
    traced_server.request("GET", "/keys", headers={"traceparent": sent})
    assert spans.one("GET /keys").parent is None


def test_a_commit_is_linked_to_the_requests_it_stores(traced_server: Server, spans: Spans) -> None:
    assert traced_server.request("POST", "/calls", json=CALL).status_code == 200
    request, commit = spans.one("POST /calls"), spans.one("commit")
    assert commit.parent is None
    assert [one.context.span_id for one in commit.links] == [request.context.span_id]
    assert dict(commit.attributes or {}) == {"callistics.requests": 1, "callistics.records": 1}


def test_keeping_and_mapping_webhooks_are_traces_of_their_own(
    traced_server: Server, spans: Spans
) -> None:
    endpoint = Endpoint(traced_server, "vapi")
    assert endpoint.send(CALLS["vapi"].events[0]).status_code == 200
    settle(traced_server)
    for name in ("webhooks.keep", "webhooks.map"):
        assert spans.one(name).attributes["callistics.bodies"] == 1
        assert spans.one(name).parent is None
    assert spans.one("POST /webhooks/{source}/{token}").attributes["http.route"]


def test_who_asks_how_the_server_does_is_not_traced(traced_server: Server, spans: Spans) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert traced_server.request("GET", path).status_code == 200
    assert spans.all() == []


def _everything(server: Server) -> None:
    """Send a word of its own wherever a client may say something, right and wrong."""
    filters = {
        "merchant_id": "zebra",
        "outcome": ["zebra"],
        "date_from": "2031-07-09",
        "payload_filters": {"zebra": {"gt": 31337}},
    }
    asked: dict[str, Any] = {"query_type": "call_count", "filters": filters}
    server.request("POST", "/analytics", json={**asked, "group_by": ["payload.zebra"]})
    server.request("POST", "/analytics?zebra=1", json={"query_type": "zebra", "zebra": 31337})
    measured = {**asked, "query_type": "measure", "measure": "payload.zebra"}
    server.request("POST", "/analytics", json=measured, headers={"Accept": "text/csv"})
    server.request("POST", "/analytics/batch", json={"queries": [asked, measured]})
    server.request("POST", "/calls/search", json={"filters": filters})
    server.request("POST", "/calls", json={**CALL, "call_id": "zebra", "payload": {"zebra": 31337}})
    server.request("POST", "/calls", json={**CALL, "zebra": "zebra", "duration": "zebra"})
    server.request("POST", "/leads", content=b"zebra", headers={"Idempotency-Key": "zebra"})
    for path in ("/calls/zebra", "/leads/zebra", "/webhooks/vapi/zebra", "/zebra"):
        server.request("GET", path, headers={"User-Agent": "zebra"})
    server.request("POST", "/keys", json={"name": "zebra", "permissions": ["zebra"]})
    endpoint = Endpoint(server, "vapi", **{**TENANTS, "merchant_id": "zebra"})
    assert endpoint.send((b'{"zebra": 31337}', "application/json")).status_code == 200
    settle(server)


def test_nothing_that_was_sent_is_told(tmp_path: Path, spans: Spans) -> None:
    with serving(tmp_path) as server:
        _everything(server)
    told = spans.text()
    assert {"commit", "webhooks.map", "query", "run"} <= {one.name for one in spans.all()}
    assert "payload.*" in told
    for word in ("zebra", "31337", "2031"):
        assert word not in told
    assert not any(one.events for one in spans.all())
    resource = {**spans.all()[0].resource.attributes}
    assert not any("host" in name or "command" in name for name in resource)


def test_an_error_is_told_by_its_class_alone(
    traced_server: Server, spans: Spans, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("zebra")

    monkeypatch.setattr(traced_server.application.services.analytics, "run", fail)
    assert traced_server.ask("call_duration").status_code == 500
    assert spans.one("run").attributes["error.type"] == "RuntimeError"
    assert spans.one("POST /analytics").attributes["error.type"] == "500"
    assert "zebra" not in spans.text()
