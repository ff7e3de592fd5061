"""Tokens that the server signs: what they are made of, what they show, and how they end."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.server import Server, problem, serving
from support.tokens import SCOPE, made, payload_of, status

CALLS = [
    {
        "call_id": f"c{number}",
        "lead_id": f"l{number % 4}",
        "merchant_id": "m1" if number % 3 else "m2",
        "reseller_id": "r1",
        "template_id": "t1",
        "started_at": f"2025-01-{1 + number % 9:02}T20:00:00Z",
        "duration": 5 * number,
        "outcome": "YES" if number % 2 else "NO",
        "status": "won",
        "payload": {"city": "Delhi" if number % 5 else "Pune"},
    }
    for number in range(18)
]
LOCKS: list[Mapping[str, Any]] = [
    {"outcome": "YES"},
    {"merchant_id": ["m1"], "min_duration": 20, "hour": [20, 1]},
    {"date_from": "2025-01-03", "date_to": "2025-01-06", "payload_filters": {"city": "Delhi"}},
    {"success": True, "status": "won"},
]
TYPES = ("call_count", "calls_over_time", "outcome_distribution", "status_distribution")
SCOPE_FILTER = {"merchant_id": "m1"}
REACHED = {
    ("POST", "/analytics"),
    ("POST", "/analytics/batch"),
    ("GET", "/analytics/types"),
    ("GET", "/analytics/values"),
}
OPEN = ("/webhooks/", "/docs", "/openapi.json", "/health", "/assets", "/dashboard", "/embed/")
"""What needs no key."""


def errors(server: Server, body: object, key: str = "", status: int = 422) -> dict[str, str]:
    answer = server.request("POST", "/embed-tokens", key=key, json=body)
    return {one["pointer"]: one["message"] for one in problem(answer, status)["errors"]}


def test_a_token_is_made_and_asks_within_its_scope(server: Server) -> None:
    assert server.request("POST", "/calls", json=CALLS).status_code == 200
    answer = server.request("POST", "/embed-tokens", json={"scope": SCOPE, "expires_in": 60})
    assert answer.status_code == 201
    body = answer.json()
    assert body["url"] == f"http://test/embed#token={body['token']}"
    left = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)
    assert server.rows("call_count", key=body["token"]) == [{"count": 12}]
    batch = {"queries": [{"query_type": "call_count"}] * 2}
    found = server.request("POST", "/analytics/batch", key=body["token"], json=batch)
    assert [one["data"] for one in found.json()["answers"]] == [[{"count": 12}]] * 2


def test_an_hour_is_the_default_and_a_key_is_not_outlived(shared_server: Server) -> None:
    found = payload_of(made(shared_server))
    assert found["exp"] - found["iat"] == 3_600
    ends = datetime.now(UTC) + timedelta(seconds=100)
    body = {"name": "x", "permissions": ["admin"], "expires_at": ends.isoformat()}
    key = shared_server.request("POST", "/keys", json=body).json()["key"]
    answer = shared_server.request("POST", "/embed-tokens", key=key, json={"scope": SCOPE})
    assert payload_of(answer.json()["token"])["exp"] == int(ends.timestamp())


def test_a_token_that_no_request_can_carry_is_not_made(shared_server: Server) -> None:
    names = [f"merchant-{number:04}" for number in range(3_000)]
    assert len(made(shared_server, scope={"merchant_ids": names[:2_500]})) < 60_000
    found = errors(shared_server, {"scope": {"merchant_ids": names}})
    assert found[""].startswith("makes a token of 64,2")


@pytest.mark.parametrize("locked", LOCKS)
def test_what_is_locked_is_joined_to_every_query(server: Server, locked: dict[str, Any]) -> None:
    """As an administrator is answered who gives both, in one request and in a batch."""
    assert server.request("POST", "/calls", json=CALLS).status_code == 200
    zone = "Asia/Kolkata"
    token = made(server, locked={"filters": locked, "timezone": zone})
    own = {"lead_id": ["l1", "l2", "l3"]}
    both = {"merchant_id": "m1", **own, **locked, **SCOPE_FILTER}
    wanted = [server.rows(name, filters=both, timezone=zone) for name in TYPES]
    assert [server.rows(name, key=token, filters=own) for name in TYPES] == wanted
    # A kept answer of others is none for the token.
    assert server.rows("call_count", filters=own) != wanted[0]
    assert server.rows("call_count", key=token, filters=own) == wanted[0]
    queries = [{"query_type": name, "filters": own} for name in TYPES]
    found = server.request("POST", "/analytics/batch", key=token, json={"queries": queries})
    assert [one["data"] for one in found.json()["answers"]] == wanted


@pytest.mark.parametrize(
    ("locked", "own"),
    [
        ({"outcome": "YES"}, {"outcome": "NO"}),
        ({"date_to": "2025-01-02"}, {"date_from": "2025-01-08"}),
        ({"merchant_id": "m1"}, {"merchant_id": "m2"}),
        ({"success": True}, {"success": False}),
        ({"min_duration": 60}, {"max_duration": 10}),
    ],
)
def test_a_contradiction_is_empty(server: Server, locked: object, own: dict[str, Any]) -> None:
    assert server.request("POST", "/calls", json=CALLS).status_code == 200
    scope = {"merchant_ids": ["m1", "m2"]}
    token = made(server, scope=scope, locked={"filters": locked})
    assert server.rows("call_count", key=token, filters=own) == [{"count": 0}]
    assert server.rows("outcome_distribution", key=token, filters=own) == []
    dates = {"date_from": "2025-01-03", "date_to": "2025-01-09"} | own
    answer = server.ask("calls_over_time", key=token, filters=dates)
    assert answer.status_code == 200
    assert not any(row["count"] for row in answer.json()["data"])


def test_a_locked_zone_is_the_only_one(shared_server: Server) -> None:
    token = made(shared_server, locked={"timezone": "Asia/Kolkata"})
    answer = shared_server.ask("call_count", key=token)
    assert answer.headers["callistics-complete-until"].endswith("+05:30")
    assert shared_server.ask("call_count", key=token, timezone="Asia/Kolkata").status_code == 200
    for other in ("UTC", "Asia/Calcutta", "No/Where"):
        body = problem(shared_server.ask("call_count", key=token, timezone=other), 403)
        assert body["errors"][0]["pointer"] == "/timezone"
    assert shared_server.ask("call_count", key=token, timezone=5).status_code == 400


def test_a_filter_outside_the_scope_is_forbidden_whether_or_not_it_exists(server: Server) -> None:
    assert server.request("POST", "/calls", json=CALLS).status_code == 200
    token = made(server)
    bodies = [
        problem(server.ask("call_count", key=token, filters={"merchant_id": name}), 403)
        for name in ("m2", "zz")
    ]
    assert bodies[0]["errors"][0].pop("value") == "m2"
    assert bodies[1]["errors"][0].pop("value") == "zz"
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    ("body", "status", "pointers"),
    [
        ({}, 400, ["/scope"]),
        ({"scope": {}}, 422, ["/scope"]),
        ({"scope": {"merchant_ids": []}}, 422, ["/scope/merchant_ids"]),
        ({"scope": {"merchants": ["m"]}}, 400, ["/scope/merchants"]),
        ({"scope": SCOPE, "expires_in": 0}, 422, ["/expires_in"]),
        ({"scope": SCOPE, "expires_in": 86_401}, 422, ["/expires_in"]),
        ({"scope": SCOPE, "expires_in": "60"}, 400, ["/expires_in"]),
        ({"scope": SCOPE, "lock": {}}, 400, ["/lock"]),
        ({"scope": SCOPE, "locked": {"filter": {}}}, 400, ["/locked/filter"]),
        ({"scope": SCOPE, "locked": []}, 400, ["/locked"]),
        ({"scope": SCOPE, "locked": {"filters": []}}, 400, ["/locked/filters"]),
        ({"scope": SCOPE, "locked": {"timezone": "No/Where"}}, 422, ["/locked/timezone"]),
        ({"scope": SCOPE, "locked": {"filters": {"x": 1}}}, 400, ["/locked/filters/x"]),
        (
            {"scope": SCOPE, "locked": {"filters": {"outcome": None}}},
            422,
            ["/locked/filters/outcome"],
        ),
        (
            {"scope": SCOPE, "locked": {"filters": {"merchant_id": "m2"}}},
            403,
            ["/locked/filters/merchant_id"],
        ),
        (
            {"scope": SCOPE, "locked": {"filters": {"min_duration": 9, "max_duration": 1}}},
            422,
            ["/locked/filters/min_duration"],
        ),
        ({"scope": SCOPE, "origins": []}, 422, ["/origins"]),
        ({"scope": SCOPE, "origins": ["*"]}, 422, ["/origins/0"]),
        ({"scope": SCOPE, "origins": ["https://a.example/"]}, 422, ["/origins/0"]),
    ],
)
def test_requests_that_are_wrong(
    shared_server: Server, body: object, status: int, pointers: list[str]
) -> None:
    assert list(errors(shared_server, body, status=status)) == pointers


def test_a_key_signs_within_its_own_scope(shared_server: Server) -> None:
    key = shared_server.make_key({"reseller_ids": ["r1"]}, "admin")
    assert list(errors(shared_server, {"scope": SCOPE}, key, 403)) == ["/scope/reseller_ids"]
    wider = {"scope": {"reseller_ids": ["r1", "r2"]}}
    assert list(errors(shared_server, wider, key, 403)) == ["/scope/reseller_ids"]
    within = {"scope": {"reseller_ids": ["r1"], **SCOPE}}
    assert shared_server.request("POST", "/embed-tokens", key=key, json=within).status_code == 201
    for permission in ("query", "ingest"):
        other = shared_server.make_key(None, permission)
        asked = shared_server.request("POST", "/embed-tokens", key=other, json={"scope": SCOPE})
        assert asked.status_code == 403


def test_tokens_outlive_the_process_and_end_all_at_once(engine: str, tmp_path: Path) -> None:
    with serving(tmp_path) as before:
        token = made(before)
    with serving(tmp_path) as server:
        assert status(server, token) == 200
        scoped = server.make_key(SCOPE, "admin")
        assert server.request("DELETE", "/embed-tokens", key=scoped).status_code == 403
        assert status(server, token) == 200
        assert server.request("DELETE", "/embed-tokens").status_code == 204
        later = made(server)
        assert (status(server, token), status(server, later)) == (401, 200)
    with serving(tmp_path) as again:
        assert (status(again, token), status(again, later)) == (401, 200)


def test_a_token_reaches_what_is_listed_and_nothing_else(shared_server: Server) -> None:
    token = made(shared_server)
    tried = 0
    for route in shared_server.application.asgi.routes:
        for method in sorted(getattr(route, "methods", ())):
            path = str(route.path_format)
            if method in ("OPTIONS", "HEAD") or path in ("/", "/embed") or path.startswith(OPEN):
                continue
            filled = path.replace("{", "").replace("}", "")
            body = {} if method in ("POST", "PATCH", "PUT") else None
            answer = shared_server.request(method, filled, key=token, json=body)
            tried += 1
            if (method, path) in REACHED:
                assert answer.status_code in (200, 400), (method, path)
            else:
                assert problem(answer, 403)["detail"].startswith("a token"), (method, path)
    assert tried > 8


def test_the_public_address_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, public_url="https://calls.example/below") as server:
        answer = server.request("POST", "/embed-tokens", json={"scope": SCOPE}).json()
    assert answer["url"].startswith("https://calls.example/below/embed#token=eyJ")


def test_each_token_has_requests_of_its_own(tmp_path: Path) -> None:
    with serving(tmp_path, rate_limit=2) as server:
        tokens = [made(server, expires_in=seconds) for seconds in (60, 61)]
        assert [status(server, tokens[0]) for _ in range(3)] == [200, 200, 429]
        assert status(server, tokens[1]) == 200
