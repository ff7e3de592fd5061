"""`GET /calls/{call_id}` and `GET /leads/{lead_id}`: one record by its id, within the scope."""

from typing import Any
from urllib.parse import quote

import pytest

from support.server import Server, problem

IDS = {"merchant_id": "m", "reseller_id": "r"}
CALL = {"call_id": "c", "started_at": "2025-01-01T10:00:00Z", **IDS}


def send(server: Server, *records: dict[str, Any], kind: str = "calls") -> None:
    answer = server.request("POST", f"/{kind}", json=list(records))
    assert answer.status_code == 200, answer.text


def look(server: Server, path: str, key: str = "") -> dict[str, Any]:
    answer = server.request("GET", path, key=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_call_is_shown_as_a_search_shows_it(server: Server) -> None:
    send(server, CALL | {"duration": 1.5, "payload": {"a": "<b>"}, "status": "new", "cost": 2})
    (found,) = server.request("POST", "/calls/search", json={}).json()["data"]
    assert look(server, "/calls/c") == found
    assert list(look(server, "/calls/c")) == list(found)
    shown = look(server, "/calls/c?timezone=America/Lima")
    assert shown["started_at"] == "2025-01-01T05:00:00-05:00"


def test_calls_that_no_figure_counts_are_shown_by_id(server: Server) -> None:
    lead = {"lead_id": "l", "status": "new", "payload": {"city": "Delhi", "a": 1}, **IDS}
    send(server, lead, kind="leads")
    send(server, CALL | {"lead_id": "l", "test": True, "payload": {"a": 2}, "duration": 3})
    send(server, {"call_id": "p", "merchant_id": "m", "attempt": 4, "outcome": "BUSY"})
    trial, waiting = look(server, "/calls/c"), look(server, "/calls/p")
    assert (trial["test"], trial["attempt"], trial["duration"]) == (True, None, 3)
    assert (trial["status"], trial["payload"]) == ("new", {"city": "Delhi", "a": 2})
    assert (waiting["started_at"], waiting["reseller_id"]) == (None, None)
    assert (waiting["lead_id"], waiting["attempt"], waiting["status"]) == ("p", 4, None)
    assert (waiting["payload"], waiting["reached"]) == (None, False)
    assert look(server, "/leads/l")["calls"] == []


def test_a_lead_has_its_calls_and_its_history(server: Server) -> None:
    at = "2025-01-0{}T00:00:00Z"
    send(
        server,
        CALL | {"call_id": "b", "lead_id": "l", "status": "called", "updated_at": at.format(3)},
        CALL | {"call_id": "a", "lead_id": "l", "started_at": "2024-12-31T23:00:00Z"},
        CALL | {"call_id": "other"},
    )
    lead = {"lead_id": "l", "template_id": "t", "payload": {"city": "Delhi"}, **IDS}
    send(server, lead | {"status": "won", "updated_at": at.format(5)}, kind="leads")
    send(server, {**lead, "status": "new", "updated_at": at.format(2)}, kind="leads")
    found = look(server, "/leads/l?timezone=Asia/Kolkata")
    calls, history = found.pop("calls"), found.pop("history")
    assert found == {
        "lead_id": "l",
        "merchant_id": "m",
        "reseller_id": "r",
        "template_id": "t",
        "status": "won",
        "payload": {"city": "Delhi"},
        "created_at": "2025-01-01T04:30:00+05:30",
        "updated_at": "2025-01-05T05:30:00+05:30",
    }
    assert [(one["call_id"], one["attempt"], one["status"]) for one in calls] == [
        ("a", 1, "won"),
        ("b", 2, "won"),
    ]
    assert history == [
        {"status": "new", "since": "2025-01-02T05:30:00+05:30"},
        {"status": "called", "since": "2025-01-03T05:30:00+05:30"},
        {"status": "won", "since": "2025-01-05T05:30:00+05:30"},
    ]


def test_leads_of_calls_alone_and_pending_ones(server: Server) -> None:
    send(server, CALL | {"payload": {"a": 1}})
    send(server, {"lead_id": "p", "merchant_id": "m", "status": "new"}, kind="leads")
    by_call, waiting = look(server, "/leads/c"), look(server, "/leads/p")
    assert (by_call["updated_at"], by_call["payload"]) == (None, {"a": 1})
    assert [one["call_id"] for one in by_call["calls"]] == ["c"]
    assert (by_call["status"], by_call["history"]) == (None, [])
    assert (waiting["reseller_id"], waiting["created_at"]) == (None, None)
    assert (waiting["status"], waiting["calls"]) == ("new", [])
    assert [one["status"] for one in waiting["history"]] == ["new"]
    assert waiting["updated_at"] is not None


def test_a_status_that_was_taken_back_stays_in_the_history(server: Server) -> None:
    lead = {"lead_id": "l", **IDS}
    send(server, lead | {"status": "new", "updated_at": "2025-01-01"}, kind="leads")
    send(server, lead | {"status": None, "updated_at": "2025-01-02"}, kind="leads")
    found = look(server, "/leads/l")
    assert found["status"] is None
    assert found["history"] == [{"status": "new", "since": "2025-01-01T00:00:00+00:00"}]


@pytest.mark.parametrize(("kind", "record"), [("calls", CALL), ("leads", {"lead_id": "c", **IDS})])
def test_a_merchant_is_named_where_several_have_one(
    server: Server, kind: str, record: dict[str, Any]
) -> None:
    pending = {name: value for name, value in record.items() if name != "reseller_id"}
    send(server, record, pending | {"merchant_id": "other"}, kind=kind)
    told = problem(server.request("GET", f"/{kind}/c"), 422)
    assert [one["pointer"] for one in told["errors"]] == ["/merchant_id"]
    for merchant in ("m", "other"):
        path = f"/{kind}/c?merchant_id={merchant}"
        assert look(server, path)["merchant_id"] == merchant
    problem(server.request("GET", f"/{kind}/c?merchant_id=third"), 404)
    # Those that a key does not see leave nothing to choose.
    key = server.make_key({"merchant_ids": ["m", "third"]}, "query")
    assert look(server, f"/{kind}/c", key)["merchant_id"] == "m"


@pytest.mark.parametrize("kind", ["calls", "leads"])
def test_outside_the_scope_is_as_unknown(server: Server, kind: str) -> None:
    send(server, CALL | {"template_id": "t"}, CALL | {"call_id": "trial", "test": True})
    send(server, {"call_id": "p", "merchant_id": "m", "outcome": "BUSY"})
    send(server, {"lead_id": "w", "merchant_id": "m", "status": "new"}, kind="leads")
    scopes = ({"merchant_ids": ["x"]}, {"reseller_ids": ["x"]}, {"template_ids": ["x"]})
    for scope in scopes:
        key = server.make_key(scope, "query")
        unknown = problem(server.request("GET", f"/{kind}/nobody", key=key), 404)
        for one in ("c", "trial", "p", "w", "c?merchant_id=m"):
            found = server.request("GET", f"/{kind}/{one}", key=key)
            assert problem(found, 404) == unknown


def test_a_lead_shows_the_calls_of_the_scope_alone(server: Server) -> None:
    send(server, CALL | {"lead_id": "l", "template_id": "t"})
    send(server, CALL | {"call_id": "d", "lead_id": "l", "template_id": "u"})
    key = server.make_key({"template_ids": ["t"]}, "query")
    assert [one["call_id"] for one in look(server, "/leads/l", key)["calls"]] == ["c"]
    assert [one["call_id"] for one in look(server, "/leads/l")["calls"]] == ["c", "d"]


@pytest.mark.parametrize(
    "identity",
    [
        *("search", "a/b", "ü %&?#+", "x" * 500, "../c", "a b", "=a", "%2F", "a;b", "."),
        *("https://crm.example/leads/81", "a//b", "/", "//", "/start", "end/", "a/./b"),
    ],
)
def test_any_id_is_found_and_erased(server: Server, identity: str) -> None:
    send(server, CALL | {"call_id": identity})
    path = quote(identity, safe="").replace(".", "%2E")
    assert look(server, f"/leads/{path}")["lead_id"] == identity
    assert look(server, f"/calls/{path}")["call_id"] == identity
    erased = server.request("DELETE", f"/calls/{path}")
    assert erased.json()["calls"] == 1
    problem(server.request("GET", f"/calls/{path}"), 404)


def test_what_is_asked_is_checked(shared_server: Server) -> None:
    for kind in ("calls", "leads"):
        get = shared_server.request
        problem(get("GET", f"/{kind}/c?merchant=m"), 400)
        problem(get("GET", f"/{kind}/c?timezone=UTC&timezone=UTC"), 400)
        assert "timezone" in problem(get("GET", f"/{kind}/c?timezone=Mars"), 422)["detail"]
        problem(get("GET", f"/{kind}/c", key=None), 401)
        problem(get("GET", f"/{kind}/c", key=shared_server.make_key(None, "ingest")), 403)
