"""Every endpoint that takes one JSON document reads it in the same way."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
import zstandard

from callistics.http.openapi import build
from support.server import Server, problem, serving

ALERT: dict[str, Any] = {
    "name": "few calls",
    "query": {"query_type": "call_count", "granularity": "hour"},
    "field": "count",
    "condition": {"op": "below", "value": 1},
}
ENDPOINT = {"source": "vapi", "merchant_id": "m1", "reseller_id": "r1", "secret": "s"}
KEY = {"name": "packed", "permissions": ["query"]}
SPAN = {"from": "2026-03-02T08:00", "to": "2026-03-02T12:00"}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", "/analytics"): {"query_type": "call_count"},
    ("post", "/analytics/batch"): {"queries": [{"query_type": "call_count"}]},
    ("post", "/calls/search"): {},
    ("post", "/keys"): KEY,
    ("post", "/keys/{key_id}/rotate"): {"overlap": 60},
    ("post", "/embed-tokens"): {"scope": {"merchant_ids": ["m1"]}},
    ("post", "/webhook-endpoints"): ENDPOINT,
    ("patch", "/webhook-endpoints/{endpoint_id}"): {"secret": "t"},
    ("post", "/alerts"): ALERT,
    ("patch", "/alerts/{alert_id}"): {"name": "fewer calls"},
    ("post", "/alerts/simulate"): {**ALERT, **SPAN},
    ("post", "/alerts/{alert_id}/simulate"): SPAN,
}


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for tests that leave no calls."""
    with serving(tmp_path_factory.mktemp("bodies")) as found:
        yield found


def test_they_are_all_that_there_are() -> None:
    paths: Any = build()["paths"]
    found = {
        (method, path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if list(operation.get("requestBody", {}).get("content", {})) == ["application/json"]
    }
    assert set(BODIES) == found


@pytest.mark.parametrize("asked", BODIES, ids=" ".join)
@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)]
)
def test_it_may_be_packed(
    asked: tuple[str, str], encoding: str, pack: Callable[[bytes], bytes], one_server: Server
) -> None:
    body = pack(json.dumps(BODIES[asked]).encode())
    answer = _send(one_server, asked, body, {"Content-Encoding": encoding})
    assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize("asked", BODIES, ids=" ".join)
def test_what_it_is_said_to_be_is_checked(asked: tuple[str, str], one_server: Server) -> None:
    body = json.dumps(BODIES[asked]).encode()
    problem(_send(one_server, asked, body, {"Content-Type": "text/csv"}), 415)
    problem(_send(one_server, asked, body, {"Content-Encoding": "br"}), 415)
    not_packed = problem(_send(one_server, asked, body, {"Content-Encoding": "gzip"}), 400)
    assert "not valid gzip" in not_packed["errors"][0]["message"]


def test_what_is_optional_may_be_empty(one_server: Server) -> None:
    asked = ("post", "/keys/{key_id}/rotate")
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    assert _send(one_server, asked, b"", headers).status_code == 201


def _send(
    server: Server, asked: tuple[str, str], body: bytes, headers: Mapping[str, str]
) -> httpx.Response:
    """Send a body to an endpoint, about something that was just made where it takes an id."""
    method, path = asked
    start, brace, rest = path.partition("/{")
    if brace:
        made = server.request("POST", start, json=BODIES["post", start])
        path = f"{start}/{made.json()['id']}{rest.partition('}')[2]}"
    sent = {"Content-Type": "application/json", **headers}
    return server.request(method.upper(), path, content=body, headers=sent)
