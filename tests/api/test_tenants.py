"""Keys that may write a part of a merchant only: the part is named, and the rest out of reach."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.server import Server, problem

CALL = {"merchant_id": "m", "started_at": "2025-01-15T09:30:00Z"}
OWN = {**CALL, "call_id": "a1", "reseller_id": "ra", "template_id": "ta"}
OTHER = {
    **CALL,
    "call_id": "b1",
    "reseller_id": "rb",
    "template_id": "tb",
    "lead_id": "l",
    "status": "won",
    "payload": {"phone": "+4911"},
}
SCOPES = [
    {"reseller_ids": ["ra"]},
    {"template_ids": ["ta"]},
    {"reseller_ids": ["ra", "rb"], "template_ids": ["ta"]},
]
OUTSIDE = "outside the scope of this key"


def errors(server: Server, key: str, records: Any, path: str = "/calls") -> list[dict[str, Any]]:
    answer = server.request("POST", path, key=key, json=records)
    assert answer.status_code in (200, 403), answer.text
    body: dict[str, Any] = answer.json()
    return body.get("errors", [])


def leads(server: Server) -> list[dict[str, Any]]:
    return server.rows("status_distribution", group_by=["reseller_id", "payload.phone"])


FOREIGN: list[dict[str, Any]] = [
    {"lead_id": "l"},
    {"lead_id": "l", "started_at": "2020-01-01", "status": "lost", "payload": {"phone": "0"}},
    {"lead_id": "l", "test": True},
    {"lead_id": "of a record"},
    {"lead_id": "of no calls yet"},
]


def test_a_call_cannot_reach_into_a_foreign_lead(server: Server) -> None:
    tenant = {"merchant_id": "m", "reseller_id": "rb", "template_id": "tb"}
    own_records = [{**tenant, "lead_id": "of a record"}, {**tenant, "lead_id": "of no calls yet"}]
    calls = [OTHER, {**OTHER, "call_id": "b2", "lead_id": "of a record"}]
    assert server.request("POST", "/leads", json=own_records).status_code == 200
    assert server.request("POST", "/calls", json=calls).status_code == 200
    before = leads(server)
    for scope in SCOPES:
        key = server.make_key(scope)
        for fields in FOREIGN:
            expected = {"pointer": "/lead_id", "message": OUTSIDE, "value": fields["lead_id"]}
            assert errors(server, key, {**OWN, **fields}) == [expected], (scope, fields)
            record = {"lead_id": fields["lead_id"], "merchant_id": "m", "reseller_id": "ra"}
            assert errors(server, key, {**record, "template_id": "ta"}, "/leads") == [expected]
            assert leads(server) == before, (scope, fields)
        assert server.rows("call_count", key=key) == [{"count": 0}]


def test_a_call_without_a_lead_may_be_a_foreign_lead_by_its_own_id(server: Server) -> None:
    assert server.request("POST", "/calls", json=OTHER).status_code == 200
    key = server.make_key({"reseller_ids": ["ra"]})
    assert errors(server, key, {**OWN, "call_id": "l"}) == [
        {"pointer": "/lead_id", "message": OUTSIDE}
    ]


def test_only_the_record_itself_is_left_out(server: Server) -> None:
    assert server.request("POST", "/calls", json=OTHER).status_code == 200
    key = server.make_key({"reseller_ids": ["ra"]})
    records = [{**OWN, "lead_id": "mine"}, {**OWN, "call_id": "a2", "lead_id": "l"}]
    assert [one["pointer"] for one in errors(server, key, records)] == ["/1/lead_id"]
    answer = server.request("POST", "/calls?on_error=skip", key=key, json=records).json()
    assert answer["stored"] == 1
    assert [one["index"] for one in answer["rejected"]] == [1]
    assert server.rows("call_count", key=key) == [{"count": 1}]


def test_a_call_cannot_be_moved_into_a_foreign_lead_nor_out_of_it(server: Server) -> None:
    key = server.make_key({"reseller_ids": ["ra"]})
    assert not errors(server, key, {**OWN, "lead_id": "mine", "started_at": "2025-01-16"})
    assert server.request("POST", "/calls", json=OTHER).status_code == 200
    moved = {"call_id": "a1", "merchant_id": "m", "lead_id": "l"}
    assert [one["pointer"] for one in errors(server, key, moved)] == ["/lead_id"]
    assert server.request("POST", "/calls", json=moved).status_code == 200
    assert [one["pointer"] for one in errors(server, key, {**moved, "lead_id": "mine"})] == [
        "/lead_id"
    ]


@pytest.mark.parametrize("scope", [None, {"merchant_ids": ["m"]}])
def test_leads_within_the_scope_are_called_as_ever(
    server: Server, scope: Mapping[str, list[str]] | None
) -> None:
    assert server.request("POST", "/calls", json=OTHER).status_code == 200
    whole = server.make_key(dict(scope) if scope else None)
    assert not errors(server, whole, {**OWN, "lead_id": "l"})
    part = server.make_key({"reseller_ids": ["ra"], "template_ids": ["ta", "tc"]})
    for number, template in enumerate(("ta", "tc", "ta")):
        call = {**OWN, "call_id": f"n{number}", "template_id": template, "lead_id": "new"}
        assert not errors(server, part, call)
    assert server.rows("retry_analysis", key=part)[2]["attempt"] == 3


def test_what_a_key_of_a_part_must_send(server: Server) -> None:
    key = server.make_key({"reseller_ids": ["ra"]})
    late = {"call_id": "a1", "merchant_id": "m", "sentiment": 1, "updated_at": "2025-01-16"}
    needed = "required: this key writes only records of its own reseller_id"
    assert errors(server, key, late) == [{"pointer": "/reseller_id", "message": needed}]
    assert not errors(server, key, OWN)
    assert not errors(server, key, late)
    assert server.rows("call_count", filters={"sentiment_min": 1}) == [{"count": 1}]


def test_an_id_of_another_tenant_is_outside_whatever_is_sent(server: Server) -> None:
    assert server.request("POST", "/calls", json=OTHER).status_code == 200
    key = server.make_key({"reseller_ids": ["ra"]})
    expected = [{"pointer": "/call_id", "message": OUTSIDE, "value": "b1"}]
    assert errors(server, key, {**OWN, "call_id": "b1"}) == expected
    assert errors(server, key, {"call_id": "b1", "merchant_id": "m", "sentiment": 1}) == expected
    named = {"pointer": "/reseller_id", "message": OUTSIDE, "value": "rb"}
    assert errors(server, key, {**OWN, "reseller_id": "rb"}) == [named]


def test_a_call_that_does_not_count_keeps_nothing_of_a_lead_that_comes_to_be_foreign(
    server: Server,
) -> None:
    key = server.make_key({"reseller_ids": ["ra"]}, "query", "ingest")
    other = server.make_key({"reseller_ids": ["rb"]}, "query", "erase")
    named = {**OWN, "lead_id": "l", "payload": {"own": "1"}}
    pending = {name: value for name, value in named.items() if name != "started_at"}
    pending["call_id"] = "a2"
    assert not errors(server, key, [{**named, "test": True}, pending])
    assert server.request("POST", "/calls", json=OTHER).status_code == 200
    for call_id in ("a1", "a2"):
        shown = server.request("GET", f"/calls/{call_id}", key=key).json()
        assert (shown["lead_id"], shown["status"], shown["payload"]) == ("l", None, {"own": "1"})
        everything = server.request("GET", f"/calls/{call_id}").json()
        assert everything["payload"] == {"own": "1", "phone": "+4911"}
    erased = server.request("DELETE", "/leads/l", key=other)
    assert erased.status_code == 200, erased.text
    assert [
        server.request("GET", f"/calls/{one}", key=key).status_code for one in ("a1", "a2")
    ] == [
        200,
        200,
    ]
    problem(server.request("GET", "/calls/b1"), 404)
