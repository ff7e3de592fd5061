"""What ends or changes while the body of a request is on its way."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.alerting import body, shown
from support.server import Server, problem, serving

TENANTS = {"merchant_id": "m1", "reseller_id": "r1"}
CALL = {"call_id": "late", **TENANTS, "started_at": "2026-01-05T10:00:00Z"}
BY_KEYS = {
    "/keys": {"name": "another", "permissions": ["admin"]},
    "/embed-tokens": {"scope": {"merchant_ids": ["m1"]}, "expires_in": 60},
    "/webhook-endpoints": {"source": "exotel", **TENANTS},
    "/alerts": body(),
    "/calls": CALL,
    "/analytics": {"query_type": "call_count"},
    "/analytics/batch": {"queries": [{"query_type": "call_count"}]},
    "/calls/search": {},
}


@pytest.fixture
def server(tmp_path: Path) -> Any:
    with serving(tmp_path) as found:
        yield found


def amid(
    server: Server,
    happens: Callable[[], httpx.Response],
    method: str,
    path: str,
    sent: Mapping[str, Any],
    key: str | None = None,
) -> httpx.Response:
    """The answer to a request in the midst of whose body something else is asked for."""

    async def pieces() -> AsyncGenerator[bytes]:
        whole = json.dumps(sent).encode()
        yield whole[:1]
        assert (await asyncio.to_thread(happens)).is_success
        yield whole[1:]

    given = server.application.local_key if key is None else key
    headers = {"Content-Type": "application/json"}
    if given:
        headers["Authorization"] = f"Bearer {given}"
    return server.begin(method, path, headers=headers, content=pieces()).result()


def made(server: Server, path: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    answer = server.request("POST", path, json=dict(wanted))
    assert answer.status_code == 201, answer.text
    return answer.json()


def endpoint_of(server: Server) -> dict[str, Any]:
    return made(server, "/webhook-endpoints", BY_KEYS["/webhook-endpoints"])


@pytest.mark.parametrize("path", BY_KEYS)
def test_a_key_that_was_revoked_meanwhile_does_nothing(server: Server, path: str) -> None:
    every = ["query", "ingest", "erase", "admin"]
    key = made(server, "/keys", {"name": "stolen", "permissions": every})
    before = len(server.request("GET", "/keys").json()["keys"])

    def revoked() -> httpx.Response:
        return server.request("DELETE", f"/keys/{key['id']}")

    problem(amid(server, revoked, "POST", path, BY_KEYS[path], key["key"]), 401)
    assert len(server.request("GET", "/keys").json()["keys"]) == before
    assert server.rows("call_count") == [{"count": 0}]
    assert server.request("GET", "/alerts").json() == {"alerts": []}


def test_a_key_that_expired_meanwhile_stores_nothing(server: Server) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=1)
    wanted = {"name": "brief", "permissions": ["ingest"], "expires_at": ends.isoformat()}
    key = made(server, "/keys", wanted)

    def expired() -> httpx.Response:
        while datetime.now(UTC) <= ends:
            time.sleep(0.05)
        return server.request("GET", "/keys")

    problem(amid(server, expired, "POST", "/calls", CALL, key["key"]), 401)
    assert server.rows("call_count") == [{"count": 0}]


def test_tokens_that_were_revoked_meanwhile_answer_nothing(server: Server) -> None:
    token = made(server, "/embed-tokens", BY_KEYS["/embed-tokens"])["token"]

    def revoked() -> httpx.Response:
        return server.request("DELETE", "/embed-tokens")

    query = {"query_type": "call_count"}
    problem(amid(server, revoked, "POST", "/analytics", query, token), 401)


def test_a_key_that_was_revoked_meanwhile_has_no_successor(server: Server) -> None:
    key = made(server, "/keys", {"name": "old", "permissions": ["query"]})

    def revoked() -> httpx.Response:
        return server.request("DELETE", f"/keys/{key['id']}")

    problem(amid(server, revoked, "POST", f"/keys/{key['id']}/rotate", {"overlap": 60}), 404)


def test_an_alert_that_was_deleted_meanwhile_stays_so(server: Server) -> None:
    path = f"/alerts/{made(server, '/alerts', body())['id']}"

    def deleted() -> httpx.Response:
        return server.request("DELETE", path)

    problem(amid(server, deleted, "PATCH", path, {"name": "again"}), 404)
    problem(server.request("GET", path), 404)


def test_of_two_changes_of_an_alert_none_undoes_the_other(server: Server) -> None:
    alert = made(server, "/alerts", body())["id"]

    def disabled() -> httpx.Response:
        return server.request("PATCH", f"/alerts/{alert}", json={"enabled": False})

    assert amid(server, disabled, "PATCH", f"/alerts/{alert}", {"name": "other"}).is_success
    found = shown(server, alert)
    assert (found["name"], found["enabled"]) == ("other", False)


def test_of_two_changes_of_a_webhook_endpoint_none_undoes_the_other(server: Server) -> None:
    path = f"/webhook-endpoints/{endpoint_of(server)['id']}"

    def limited() -> httpx.Response:
        return server.request("PATCH", path, json={"addresses": ["192.0.2.1"]})

    found = amid(server, limited, "PATCH", path, {"payload_keep": ["note"]}).json()
    assert (found["payload_keep"], found["addresses"]) == (["note"], ["192.0.2.1"])


def test_a_webhook_endpoint_that_was_ended_meanwhile_takes_and_changes_nothing(
    server: Server,
) -> None:
    endpoint = endpoint_of(server)
    path = f"/webhook-endpoints/{endpoint['id']}"

    def ended() -> httpx.Response:
        return server.request("DELETE", path)

    problem(amid(server, ended, "PATCH", path, {"payload_keep": ["note"]}), 404)
    endpoint = endpoint_of(server)
    path = f"/webhook-endpoints/{endpoint['id']}"
    sent = {"CallSid": "c1"}
    problem(amid(server, ended, "POST", httpx.URL(endpoint["url"]).path, sent, ""), 404)
