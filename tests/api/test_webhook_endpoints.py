"""Making webhook endpoints, whose calls they take, and what could not be mapped."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from callistics.errors import Unavailable
from callistics.model.scope import EVERYTHING
from callistics.webhooks.mapper import Mapper
from support import inside
from support.gate import gated, until
from support.server import Server, problem, serving
from support.webhook_events import in_json
from support.webhook_server import CALLS, TENANTS, Endpoint, settle, shown, webhooks_of
from support.webhook_signing import SECRETS, signed


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for tests that leave no calls."""
    with serving(tmp_path_factory.mktemp("endpoints")) as found:
        yield found


RIGHT: dict[str, Any] = {"source": "vapi", **TENANTS, "secret": "s"}
WRONG: list[tuple[int, str, dict[str, Any]]] = [
    (400, "/source", {"source": None}),
    (422, "/source", {"source": "vappi"}),
    (422, "/merchant_id", {"merchant_id": None}),
    (422, "/merchant_from", {"merchant_from": "a.b"}),
    (400, "/merchant_id", {"merchant_id": 1}),
    (422, "/merchant_id", {"merchant_id": " "}),
    (422, "/reseller_id", {"reseller_id": None}),
    (422, "/reseller_from", {"reseller_from": "a.b"}),
    (422, "/secret", {"secret": None}),
    (422, "/secret", {"secret": ""}),
    (422, "/secret", {"source": "bolna"}),
    (422, "/secret", {"source": "telnyx"}),
    (422, "/secret", {"source": "telnyx", "secret": "é"}),
    (400, "/payload_keep", {"payload_keep": "a"}),
    (422, "/payload_keep/0", {"payload_keep": [""]}),
    (422, "/payload_keep", {"payload_keep": ["a"] * 51}),
    (422, "/addresses/1", {"addresses": ["192.0.2.1", "example"]}),
    (400, "/secrets", {"secrets": ["s"]}),
]


@pytest.mark.parametrize(("status", "pointer", "change"), WRONG)
def test_what_is_wrong_is_named(
    status: int, pointer: str, change: dict[str, Any], one_server: Server
) -> None:
    wanted = {name: value for name, value in {**RIGHT, **change}.items() if value is not None}
    answer = one_server.request("POST", "/webhook-endpoints", json=wanted)
    assert pointer in {one["pointer"] for one in problem(answer, status)["errors"]}


def test_a_change_is_checked_as_well(one_server: Server) -> None:
    path = Endpoint(one_server, "vapi").path
    for status, change in ((400, {}), (400, {"source": "retell"}), (422, {"secret": None})):
        problem(one_server.request("PATCH", path, json=change), status)
    changed = one_server.request("PATCH", path, json={"payload_keep": ["a"], "addresses": None})
    assert (changed.json()["payload_keep"], changed.json()["addresses"]) == (["a"], [])


def test_a_change_does_not_undo_an_end_that_came_meanwhile(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        endpoint = Endpoint(server, "vapi")
    with gated(tmp_path) as (server, _, gate):
        change = {"Authorization": f"Bearer {server.application.local_key}"}
        begun = [server.begin("PATCH", endpoint.path, headers=change, json={"secret": "s"})]
        gate.wait()
        begun.append(server.begin("DELETE", endpoint.path, headers=change))
        until(lambda: webhooks_of(server).endpoints.visible(EVERYTHING)[0].ended_at is not None)
        gate.open()
        assert [one.result().status_code for one in begun] == [200, 204]
    with serving(tmp_path) as server:
        (listed,) = server.request("GET", "/webhook-endpoints").json()["webhook_endpoints"]
        assert listed["ended_at"] is not None


def test_it_takes_the_permission_and_stays_within_the_scope(one_server: Server) -> None:
    ingest = one_server.make_key(None, "ingest")
    problem(one_server.request("GET", "/webhook-endpoints", key=ingest), 403)
    ours = one_server.make_key({"merchant_ids": ["m1"]}, "admin")
    theirs = one_server.make_key({"merchant_ids": ["m2"]}, "admin")
    body = {**RIGHT, "merchant_id": "m2"}
    problem(one_server.request("POST", "/webhook-endpoints", key=ours, json=body), 403)
    endpoint = Endpoint(one_server, "vapi", key=ours)
    listed = one_server.request("GET", "/webhook-endpoints", key=ours).json()["webhook_endpoints"]
    assert [one["id"] for one in listed] == [endpoint.made["id"]]
    assert "url" not in listed[0]
    for method, path in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/dead-letters"),
        ("DELETE", "/dead-letters"),
        ("POST", "/dead-letters/replay"),
    ):
        url = f"{endpoint.path}{path}"
        problem(one_server.request(method, url, key=theirs, json={"secret": "s"}), 404)


def test_the_address_is_the_public_one(tmp_path: Path) -> None:
    with serving(tmp_path, public_url="https://calls.example/below") as server:
        endpoint, event = Endpoint(server, "twilio"), CALLS["twilio"].events[0]
        assert endpoint.url.startswith("https://calls.example/below/webhooks/twilio/")
        path = endpoint.url.removeprefix("https://calls.example/below")
        body, content_type = event
        headers = signed("twilio", endpoint.url, body, content_type)
        found = server.request("POST", path, key=None, content=body, headers=headers)
        assert found.status_code == 200


def report(call_id: str, **members: Any) -> tuple[bytes, str]:
    call = {"call_id": call_id, "start_timestamp": 1714608475945, "end_timestamp": 1714608491736}
    return in_json(event="call_ended", call={**call, **members})


def test_tenants_are_found_in_the_body(server: Server) -> None:
    key = server.make_key({"merchant_ids": ["m1", "7"]}, "admin")
    endpoint = Endpoint(
        server,
        "retell",
        key=key,
        merchant_from="call.metadata.tenant",
        reseller_from="call.metadata.partner",
        template_from="call.metadata.script",
        payload_keep=["call.metadata.plan", "call.nowhere"],
    )
    ours = {"tenant": 7, "partner": "r9", "script": "t1", "plan": {"name": "gold"}}
    assert endpoint.send(report("ours", metadata=ours)).status_code == 200
    for name, metadata in (("none", {"partner": "r9"}), ("foreign", {**ours, "tenant": "m2"})):
        assert endpoint.send(report(name, metadata=metadata)).status_code == 200
    reasons = sorted(one["reason"] for one in endpoint.dead_letters())
    assert reasons == [
        "merchant_id: outside the scope of this key",
        "merchant_id: there is no name at call.metadata.tenant",
    ]
    found = shown(server)["ours"]
    names = ("merchant_id", "reseller_id", "template_id")
    assert [found[name] for name in names] == ["7", "r9", "t1"]
    assert found["payload"]["call.metadata.plan"] == {"name": "gold"}


def test_dead_letters_are_replayed_once_a_setting_changed(engine: str, tmp_path: Path) -> None:
    ahead = int(time.time() * 1000) + 3 * 86_400_000
    event = report("ahead", start_timestamp=ahead, end_timestamp=None)
    event = (event[0].replace(b'"call_ended"', b'"call_started"'), event[1])
    with serving(tmp_path, future_limit=10 * 86_400) as server:
        endpoint = Endpoint(server, "retell")
    with serving(tmp_path) as server:
        endpoint.server = server
        assert endpoint.send(event).status_code == 200
        (letter,) = endpoint.dead_letters()
        assert "ahead of the server's clock" in letter["reason"]
        assert json.loads(letter["body"]) == json.loads(event[0])
        again = server.request("POST", f"{endpoint.path}/dead-letters/replay").json()
        assert again == {"replayed": 1, "mapped": 0, "ignored": 0, "dead": 1, "erased": 0}
        assert len(endpoint.dead_letters()) == 1


def test_a_path_that_was_wrong_is_mended_and_its_bodies_replayed(server: Server) -> None:
    endpoint = Endpoint(server, "retell", merchant_from="call.tenant", reseller_id="r1")
    assert endpoint.send(report("kept", metadata={"who": "m7"})).status_code == 200
    (letter,) = endpoint.dead_letters()
    assert letter["reason"].startswith("merchant_id: there is no name at call.tenant")
    for wrong in ({"merchant_from": None}, {"merchant_id": "m", "merchant_from": "a"}):
        problem(server.request("PATCH", endpoint.path, json=wrong), 422)
    change = {"merchant_from": "call.metadata.who"}
    changed = server.request("PATCH", endpoint.path, json=change).json()
    assert (changed["merchant_id"], changed["merchant_from"]) == (None, "call.metadata.who")
    again = server.request("POST", f"{endpoint.path}/dead-letters/replay").json()
    assert again == {"replayed": 1, "mapped": 1, "ignored": 0, "dead": 0, "erased": 0}
    settle(server)
    assert shown(server)["kept"]["merchant_id"] == "m7"
    named = server.request("PATCH", endpoint.path, json={"merchant_id": "m8"}).json()
    assert (named["merchant_id"], named["merchant_from"]) == ("m8", None)


def test_a_dead_letter_of_a_call_that_was_erased_goes_when_it_is_replayed(server: Server) -> None:
    endpoint = Endpoint(server, "retell", merchant_from="call.tenant", reseller_id="r1")
    for name in ("gone", "there"):
        assert endpoint.send(report(name, metadata={"who": "m7"})).status_code == 200
    assert len(endpoint.dead_letters()) == 2
    known = {"call_id": "gone", "merchant_id": "m7", "reseller_id": "r1"}
    call = {**known, "started_at": "2024-05-02T00:07:55Z"}
    assert server.request("POST", "/calls", json=call).status_code == 200
    assert server.request("DELETE", "/calls/gone").status_code == 200
    change = {"merchant_from": "call.metadata.who"}
    assert server.request("PATCH", endpoint.path, json=change).is_success
    again = server.request("POST", f"{endpoint.path}/dead-letters/replay").json()
    assert again == {"replayed": 2, "mapped": 1, "ignored": 0, "dead": 0, "erased": 1}
    settle(server)
    assert list(shown(server)) == ["there"]
    assert endpoint.dead_letters() == []
    newest = server.request("GET", "/audit").json()["data"][0]
    assert (newest["action"], newest["details"]["replayed"]) == ("dead_letters.replayed", 2)


def test_a_change_stays_within_the_scope_of_who_made_it(server: Server) -> None:
    key = server.make_key({"merchant_ids": ["m1"]}, "admin")
    path = Endpoint(server, "vapi", key).path
    for asking in (key, ""):
        answer = server.request("PATCH", path, key=asking, json={"merchant_id": "m2"})
        assert problem(answer, 403)["errors"][0]["pointer"] == "/merchant_id"


def test_dead_letters_are_deleted(server: Server) -> None:
    endpoint = Endpoint(server, "retell")
    assert endpoint.send(in_json(event="call_ended", call={"call_id": "dead"})).is_success
    assert len(endpoint.dead_letters()) == 1
    assert server.request("DELETE", f"{endpoint.path}/dead-letters").json() == {"deleted": 1}
    assert endpoint.dead_letters() == []
    answer = server.request("POST", f"{endpoint.path}/dead-letters/replay").json()
    assert answer == {"replayed": 0, "mapped": 0, "ignored": 0, "dead": 0, "erased": 0}


def test_only_so_many_dead_letters_are_shown(one_server: Server) -> None:
    endpoint = Endpoint(one_server, "retell")
    with capture_logs() as lines:
        for name in ("first", "second", "third"):
            assert endpoint.send(in_json(event="call_ended", call={"call_id": name})).is_success
        settle(one_server)
    told = [one for one in lines if one["event"] == "webhooks in dead letters"]
    assert {(one["source"], one["endpoint"]) for one in told} == {
        ("retell", endpoint.path.rsplit("/", 1)[-1])
    }
    assert sum(one["bodies"] for one in told) == 3
    path = f"{endpoint.path}/dead-letters"
    found = one_server.request("GET", path, params={"limit": "2"}).json()
    assert found["total"] == 3
    names = [json.loads(one["body"])["call"]["call_id"] for one in found["dead_letters"]]
    assert names == ["third", "second"]
    assert {one["reason"] for one in found["dead_letters"]} == {"updated_at: the body has no time"}
    for limit, status in (("0", 422), ("1001", 422), ("x", 400)):
        problem(one_server.request("GET", path, params={"limit": limit}), status)
    # What deletes all of them would not heed it.
    problem(one_server.request("DELETE", path, params={"limit": "2"}), 400)
    assert one_server.request("GET", path).json()["total"] == 3


def test_bodies_go_in_maintenance(engine: str, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        endpoint = Endpoint(server, "retell")
        assert endpoint.send(report("mapped")).is_success
        assert endpoint.send(in_json(event="transcript_updated", call={})).is_success
        assert endpoint.send(in_json(event="call_ended", call={"call_id": "dead"})).is_success
        assert len(endpoint.dead_letters()) == 1
        while server.application.services.maintain():
            pass
        # What says nothing of a call is of no more use.
        assert inside.kept_bodies(server) == 2
        inside.purge_webhooks(server, days=0)
        assert inside.kept_bodies(server) == 0
        assert endpoint.dead_letters() == []
        assert server.rows("call_count")[0]["count"] == 1


def test_a_body_that_waits_to_be_mapped_stays(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However old it is, as where the server was off for as long as bodies are kept."""

    def settle_none(*_: object) -> None:
        raise Unavailable("told to fail")

    with serving(tmp_path) as server:
        monkeypatch.setattr(Mapper, "settle", settle_none)
        assert Endpoint(server, "retell").send(report("waits")).is_success
        inside.purge_webhooks(server, days=0)
        assert inside.kept_bodies(server) == 1
    monkeypatch.undo()
    with serving(tmp_path) as server:
        settle(server)
        assert server.rows("call_count")[0]["count"] == 1
        inside.purge_webhooks(server, days=0)
        assert inside.kept_bodies(server) == 0


def test_the_secret_and_the_token_are_nowhere_shown(one_server: Server) -> None:
    endpoint = Endpoint(one_server, "retell")
    listed = one_server.request("GET", "/webhook-endpoints").text
    assert SECRETS[0] not in listed
    assert endpoint.url.rpartition("/")[2] not in listed
