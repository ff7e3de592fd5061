"""What platforms send becomes one call each, with the right figures, however it comes."""

import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callistics.model.webhooks import KeptBody
from support.server import Server, problem, serving
from support.webhook_events import Event
from support.webhook_server import CALLS, TENANTS, Endpoint, check, settle, shown, webhooks_of
from support.webhook_signing import SECRETS, SIGNERS, STAMPED, secret_to_give, signed

SOURCES = sorted(CALLS)
HOUR = 3_600


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for tests of what is refused."""
    with serving(tmp_path_factory.mktemp("webhooks")) as found:
        yield found


def test_signed_events_over_http(server: Server) -> None:
    for source in SOURCES:
        endpoint, call = Endpoint(server, source), CALLS[source]
        sent = [endpoint.begin(one) for one in (*reversed(call.events), *call.more, *call.events)]
        answers = [one.result() for one in sent]
        assert {(one.status_code, one.content) for one in answers} == {(200, b"")}, source
        assert endpoint.dead_letters() == [], source
    found = shown(server)
    assert found.keys() == {call.call_id for call in CALLS.values()}
    for source in SOURCES:
        check(found[CALLS[source].call_id], source)


def orders(number: int) -> list[tuple[int, ...]]:
    """Every order of so many events, of many some."""
    if number <= 5:
        return list(itertools.permutations(range(number)))
    draw = random.Random(0)
    return [tuple(draw.sample(range(number), number)) for _ in range(120)]


def test_every_order_twice_and_the_last_an_hour_late(server: Server) -> None:
    """Each order is a call of its own; those that come at the same place come together."""
    calls: dict[str, str] = {}
    places: dict[int, list[KeptBody]] = {}
    now = time.time_ns() // 1000
    for source in SOURCES:
        endpoint_id, call = Endpoint(server, source).made["id"], CALLS[source]
        for order in orders(len(call.events)):
            name = f"{call.call_id}-{''.join(map(str, order))}"
            calls[name] = source
            for place, index in enumerate(order):
                body, content_type = call.events[index]
                renamed = body.replace(call.call_id.encode(), name.encode())
                late = HOUR * 1_000_000 if place == len(order) - 1 else 0
                kept = KeptBody(f"{name}-{place}", endpoint_id, now + late, content_type, renamed)
                places.setdefault(place, []).append(kept)
    for turn in range(2):
        for bodies in places.values():
            for done in [webhooks_of(server).keep(again(one, turn)) for one in bodies]:
                done.result()
            settle(server)
    found = shown(server)
    assert found.keys() == calls.keys()
    for name, source in calls.items():
        check(found[name], source)


def again(body: KeptBody, turn: int) -> KeptBody:
    return KeptBody(
        f"{body.id}-{turn}", body.endpoint_id, body.received_at, body.content_type, body.body
    )


def kept(server: Server) -> int:
    """How many bodies have come so far, or are yet to be mapped."""
    settle(server)
    metrics = server.request("GET", "/metrics").text.splitlines()
    ends = ('result="mapped"', 'result="ignored"', 'result="dead"')
    lines = [one for one in metrics if one.startswith("callistics_webhooks_total")]
    return sum(int(float(one.split()[-1])) for one in lines if any(end in one for end in ends))


def forgeries(
    source: str, endpoint: Endpoint, event: Event
) -> Iterator[tuple[bytes, dict[str, str]]]:
    """The event with a signature that does not hold."""
    body, content_type = event
    right = signed(source, endpoint.url, body, content_type)
    yield body, {"Content-Type": content_type}
    yield body, signed(source, endpoint.url, body, content_type, secret=SECRETS[1])
    changed = body.replace(CALLS[source].call_id.encode(), b"another-call")
    assert changed != body
    yield changed, right
    if source in STAMPED:
        yield body, signed(source, endpoint.url, body, content_type, at=time.time() - HOUR)
    if source == "twilio":
        yield body, signed(source, endpoint.url + "?another", body, content_type)


@pytest.mark.parametrize("source", sorted(SIGNERS))
def test_what_is_not_signed_rightly_is_refused(source: str, one_server: Server) -> None:
    endpoint, event = Endpoint(one_server, source), CALLS[source].events[0]
    before = kept(one_server)
    for body, headers in forgeries(source, endpoint, event):
        problem(endpoint.post(body, headers), 401)
    assert kept(one_server) == before
    assert endpoint.send(event).status_code == 200
    assert kept(one_server) == before + 1


def test_two_secrets_hold_during_a_rotation(one_server: Server) -> None:
    endpoint, event = Endpoint(one_server, "telnyx"), CALLS["telnyx"].events[0]
    next_one = secret_to_give("telnyx", SECRETS[1])
    for change, statuses in (
        ({"second_secret": next_one}, (200, 200)),
        ({"secret": next_one, "second_secret": None}, (401, 200)),
    ):
        answer = one_server.request("PATCH", endpoint.path, json=change)
        assert answer.status_code == 200, answer.text
        assert "secret" not in answer.json()
        found = [endpoint.send(event, secret=secret).status_code for secret in SECRETS]
        assert tuple(found) == statuses


def test_an_address_that_is_not_listed_is_refused(one_server: Server) -> None:
    event = CALLS["bolna"].events[0]
    elsewhere = Endpoint(one_server, "bolna", **TENANTS, addresses=["192.0.2.0/24"])
    problem(elsewhere.send(event), 401)
    here = Endpoint(one_server, "bolna", **TENANTS, addresses=["192.0.2.1", "127.0.0.1"])
    assert here.send(event).status_code == 200


def test_an_unknown_an_ended_and_another_source_are_not_found(one_server: Server) -> None:
    endpoint, event = Endpoint(one_server, "bolna"), CALLS["bolna"].events[0]
    for path in ("/webhooks/bolna/unknown", endpoint.url.replace("/bolna/", "/exotel/")):
        headers = {"Content-Type": event[1]}
        problem(one_server.request("POST", path, key=None, content=event[0], headers=headers), 404)
    assert endpoint.send(event).status_code == 200
    for _ in range(2):
        assert one_server.request("DELETE", endpoint.path).status_code == 204
    problem(endpoint.send(event), 404)
    problem(one_server.request("PATCH", endpoint.path, json={"payload_keep": ["a"]}), 404)


def test_an_endpoint_outlives_the_server(engine: str, tmp_path: Path) -> None:
    call = CALLS["retell"]
    with serving(tmp_path) as server:
        endpoint = Endpoint(server, "retell")
    with serving(tmp_path) as server:
        endpoint.server = server
        assert endpoint.send(call.events[1]).status_code == 200
        settle(server)
        check_status(server)
        assert server.request("DELETE", endpoint.path).status_code == 204
    with serving(tmp_path) as server:
        endpoint.server = server
        problem(endpoint.send(call.events[1]), 404)


def check_status(server: Server) -> None:
    (row,) = server.rows("call_count")
    assert row["count"] == 1


def test_a_body_that_is_no_json_is_kept_and_one_of_another_type_is_not(one_server: Server) -> None:
    endpoint = Endpoint(one_server, "exotel")
    problem(endpoint.post(b"<a/>", {"Content-Type": "application/xml"}), 415)
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    problem(endpoint.post(b"{}", packed), 415)
    assert endpoint.post(b"{", {"Content-Type": "application/json"}).status_code == 200
    (letter,) = endpoint.dead_letters()
    assert letter["body"] == "{"
    assert "not JSON" in letter["reason"]


def test_parts_of_a_form_are_its_fields(one_server: Server) -> None:
    endpoint = Endpoint(one_server, "exotel")
    fields = {"CallSid": "in-parts", "Status": "busy", "DateUpdated": "2025-03-01 17:30:00"}
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert endpoint.post(body + b"--x--\r\n", headers).status_code == 200
    assert endpoint.dead_letters() == []
    answer = one_server.request("GET", "/calls/in-parts", params={"merchant_id": "m1"})
    assert answer.json()["outcome"] == "busy"
