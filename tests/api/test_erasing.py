"""`DELETE /calls/{call_id}` and `DELETE /leads/{lead_id}`: for good, within the scope."""

import json
from typing import Any

import pytest

from support import inside
from support.server import Server, problem, serving
from support.webhook_server import CALLS, Endpoint, settle

Json = dict[str, Any]
IDS = {"merchant_id": "m", "reseller_id": "r"}
CALL = {"call_id": "c", "started_at": "2025-01-01T10:00:00Z", **IDS}
LEAD = {"lead_id": "l", "status": "new", "payload": {"city": "Delhi"}, **IDS}


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


def send(server: Server, first: Json, *more: Json, key: str = "", **options: Any) -> Any:
    kind = "calls" if "call_id" in first else "leads"
    body = [first, *more] if more else first
    return server.request("POST", f"/{kind}", json=body, key=key, **options)


def erased(server: Server, path: str, key: str = "") -> Any:
    answer = server.request("DELETE", path, key=key)
    return answer.json() if answer.status_code == 200 else problem(answer, answer.status_code)


def test_a_lead_goes_with_all_its_calls(server: Server) -> None:
    send(server, LEAD)
    send(
        server,
        CALL | {"lead_id": "l", "status": "won"},
        CALL | {"call_id": "test", "lead_id": "l", "test": True},
        {"call_id": "waits", "lead_id": "l", "merchant_id": "m"},
        CALL | {"call_id": "other"},
    )
    assert erased(server, "/leads/l") == {"calls": 3, "leads": 1}
    for path in ("/leads/l", "/calls/c", "/calls/test", "/calls/waits"):
        problem(server.request("GET", path), 404)
        assert erased(server, path)["status"] == 404
    assert server.rows("call_count") == [{"count": 1}]
    assert server.rows("status_distribution") == [{"status": None, "count": 1, "percentage": 100.0}]


def test_a_call_goes_alone(server: Server) -> None:
    send(server, LEAD)
    send(
        server,
        CALL | {"call_id": "a/b", "lead_id": "l", "status": "won"},
        CALL | {"call_id": "later", "lead_id": "l", "started_at": "2025-01-02T00:00:00Z"},
    )
    assert erased(server, "/calls/a/b") == {"calls": 1, "leads": 0}
    lead = server.request("GET", "/leads/l").json()
    assert lead["status"] == "new"
    assert [(one["call_id"], one["attempt"]) for one in lead["calls"]] == [("later", 1)]


def test_a_key_erases_within_its_scope(server: Server) -> None:
    send(server, *(CALL | {"merchant_id": name, "lead_id": "l"} for name in ("m", "n")))
    send(server, CALL | {"call_id": "t", "lead_id": "l", "template_id": "t"})
    own = server.make_key({"merchant_ids": ["n"]}, "erase")
    part = server.make_key({"template_ids": ["t"]}, "erase")
    for key in (server.make_key(None, "query", "ingest", "admin"), server.make_key(None, "query")):
        assert erased(server, "/calls/c", key)["status"] == 403
    assert erased(server, "/calls/t", own)["status"] == 404
    assert erased(server, "/calls/c?merchant_id=m", own)["status"] == 404
    # A lead is erased whole or not at all, and a call of another's lead is not the key's to take.
    assert erased(server, "/leads/l", part)["status"] == 404
    assert erased(server, "/calls/t", part)["status"] == 403
    (error,) = erased(server, "/leads/l")["errors"]
    assert error["pointer"] == "/merchant_id"
    assert erased(server, "/leads/l", own) == {"calls": 1, "leads": 1}
    assert erased(server, "/leads/l?merchant_id=m") == {"calls": 2, "leads": 1}
    assert server.rows("call_count") == [{"count": 0}]


def test_what_was_erased_does_not_come_back(server: Server) -> None:
    send(server, LEAD)
    send(server, CALL | {"lead_id": "l"}, CALL | {"call_id": "alone", "lead_id": "stays"})
    erased(server, "/leads/l")
    erased(server, "/calls/alone")
    for record in (
        LEAD,
        CALL,
        {"call_id": "c", "merchant_id": "m", "sentiment": 0.5},
        CALL | {"call_id": "new", "lead_id": "l"},
        CALL | {"call_id": "l"},
        CALL | {"call_id": "alone"},
    ):
        told = problem(send(server, record), 410)
        assert told["type"] == "urn:callistics:problem:erased"
        assert "was erased" in told["errors"][0]["message"]
    assert send(server, CALL | {"call_id": "new", "lead_id": "stays"}).status_code == 200
    assert send(server, CALL | {"merchant_id": "n", "lead_id": "l"}).status_code == 200


@pytest.mark.parametrize("many", [2, 40])
def test_among_other_records_it_is_a_rejected_one(server: Server, many: int) -> None:
    send(server, CALL | {"lead_id": "l"})
    erased(server, "/leads/l")
    records = [CALL | {"call_id": f"n{number}", "lead_id": f"l{number}"} for number in range(many)]
    records[1]["lead_id"] = "l"
    (error,) = problem(send(server, *records), 422)["errors"]
    assert (error["pointer"], error.get("value")) == ("/1/lead_id", None)
    skipped = send(server, *records, params={"on_error": "skip"}).json()
    assert (skipped["stored"], [one["index"] for one in skipped["rejected"]]) == (many - 1, [1])
    assert server.rows("call_count") == [{"count": many - 1}]


def test_blocks_outlive_the_process_and_end(tmp_path: Any) -> None:
    with serving(tmp_path) as server:
        send(server, CALL)
        erased(server, "/calls/c")
    with serving(tmp_path) as server:
        problem(send(server, CALL), 410)
    with serving(tmp_path, erase_block_days=0) as server:
        send(server, CALL | {"call_id": "free"})
        assert erased(server, "/calls/free") == {"calls": 1, "leads": 0}
        assert send(server, CALL | {"call_id": "free"}).status_code == 200


def test_answers_that_name_it_are_not_kept(server: Server) -> None:
    waits = {"call_id": "secret", "merchant_id": "m"}
    first = send(server, waits, headers={"Idempotency-Key": "one"})
    assert json.loads(first.text)["missing"][0]["id"] == "secret"
    send(server, CALL, headers={"Idempotency-Key": "two"})
    assert erased(server, "/calls/secret") == {"calls": 1, "leads": 0}
    problem(send(server, waits, headers={"Idempotency-Key": "one"}), 410)
    erased(server, "/calls/c")
    assert send(server, CALL, headers={"Idempotency-Key": "two"}).json()["stored"] == 1


def test_bodies_of_webhooks_go_and_stay_away(server: Server) -> None:
    endpoint, call = Endpoint(server, "retell"), CALLS["retell"]
    for event in call.events:
        assert endpoint.send(event).status_code == 200
    settle(server)
    assert inside.kept_bodies(server) == len(call.events)
    assert erased(server, f"/leads/{call.call_id}")["calls"] == 1
    assert inside.kept_bodies(server) == 0
    for event in (*call.events, *call.events):
        assert endpoint.send(event).status_code == 200
    assert endpoint.dead_letters() == []
    assert inside.kept_bodies(server) == 0
    assert server.rows("call_count") == [{"count": 0}]


def test_the_audit_log_says_who_when_and_how_much(server: Server) -> None:
    send(
        server,
        CALL | {"lead_id": "l"},
        CALL | {"call_id": "d", "lead_id": "l"},
        CALL | {"call_id": "e"},
    )
    key = server.make_key(None, "erase")
    for path in ("/calls/e", "/leads/l", "/leads/l"):
        erased(server, path, key)
    noted = server.request("GET", "/audit?order=sequence").json()["data"]
    found = [(one["action"], one["details"]) for one in noted if one["action"].endswith("erased")]
    assert found == [
        ("call.erased", {"calls": 1, "leads": 0}),
        ("lead.erased", {"calls": 2, "leads": 1}),
    ]
    assert {one["who"]["name"] for one in noted if one["action"].endswith("erased")} == {"test"}
