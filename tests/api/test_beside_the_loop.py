"""What grows with the data, or with what is sent, is done in threads: others are answered."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.alerting import body
from support.server import Server, serving
from support.webhook_server import Endpoint, settle

LONG = 60
TENANTS = {"merchant_id": "m1", "reseller_id": "r1"}
CALL = {"call_id": "c1", "lead_id": "l1", **TENANTS, "started_at": "2026-01-05T10:00:00Z"}
QUERY = {"query_type": "call_count"}
LARGE = {"filters": {"agent_id": [f"agent {number}" for number in range(2_000)]}}
SPAN = {"from": "2026-03-01", "to": "2026-03-02"}
ENCODED = "callistics.http.answering.encode"
VALUES, BATCH = "/analytics/values?field=agent_id", "/analytics/batch"
READ = "callistics.http.batch.parse_batch"
LISTED = "callistics.http.answer.encode"
# What is asked, and a step of the answer that takes long where there is much.
ASKED: dict[str, tuple[str, str, Any, str]] = {
    "a call": ("GET", "/calls/c1", None, ENCODED),
    "its values": ("GET", "/calls/c1", None, "callistics.http.search.shown"),
    "a lead": ("GET", "/leads/l1", None, ENCODED),
    "its calls": ("GET", "/leads/l1", None, "callistics.http.search.shown"),
    "calls": ("POST", "/calls/search", {}, "callistics.http.search.encode"),
    "a large search": ("POST", "/calls/search", LARGE, "callistics.looking.search.parse_search"),
    "payload keys": ("GET", "/analytics/payload-keys", None, ENCODED),
    "values": (
        "GET",
        "/analytics/values?field=agent_id",
        None,
        "callistics.analytics.discovery.encode",
    ),
    "what waits": ("GET", "/pending", None, ENCODED),
    "a query": ("POST", "/analytics", QUERY, "callistics.http.analytics.envelope"),
    "a large query": (
        "POST",
        "/analytics",
        {**QUERY, **LARGE},
        "callistics.analytics.service.parse_request",
    ),
    "a batch": ("POST", BATCH, {"queries": [{}]}, "callistics.http.batch.problem_body"),
    "a large batch": ("POST", BATCH, {"queries": [{**QUERY, **LARGE}]}, READ),
    "the audit log": ("GET", "/audit", None, "callistics.http.audit.encode"),
    "keys": ("GET", "/keys", None, LISTED),
    "alerts": ("GET", "/alerts", None, LISTED),
    "an alert": ("GET", "/alerts/{alert}", None, LISTED),
    "a simulation": ("POST", "/alerts/{alert}/simulate", SPAN, ENCODED),
    "webhook endpoints": ("GET", "/webhook-endpoints", None, LISTED),
    "dead letters": ("GET", "/webhook-endpoints/{endpoint}/dead-letters", None, ENCODED),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server that has some of everything, and the ids of its alert and its endpoint."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("support.engines.current", "duckdb")
        folder: Path = tmp_path_factory.mktemp("filled")
        with serving(folder) as server:
            assert server.request("POST", "/calls", json=CALL).status_code == 200
            alert = server.request("POST", "/alerts", json=body()).json()["id"]
            endpoint = Endpoint(server, "bolna")
            endpoint.post(b"no JSON", {"Content-Type": "application/json"})
            settle(server)
            yield server, {"alert": alert, "endpoint": endpoint.made["id"]}


@pytest.mark.parametrize("what", ASKED)
def test_others_are_answered_meanwhile(
    what: str, filled: tuple[Server, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, ids = filled
    method, path, sent, step = ASKED[what]
    begun, go = threading.Event(), threading.Event()
    module, name = step.rsplit(".", 1)
    real: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)

    def slow(*given: Any, **more: Any) -> Any:
        begun.set()
        assert go.wait(LONG)
        return real(*given, **more)

    monkeypatch.setattr(step, slow)
    headers = {"Authorization": f"Bearer {server.application.local_key}"}
    asked = server.begin(method, path.format(**ids), headers=headers, json=sent)
    assert begun.wait(LONG)
    live = server.begin("GET", "/health/live")
    try:
        assert live.result(LONG / 2).status_code == 200
    finally:
        go.set()
    assert asked.result().status_code == 200
