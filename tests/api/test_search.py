"""`POST /calls/search`: the calls behind a figure, page by page."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.server import Server, problem, serving

IDS = {"merchant_id": "m", "reseller_id": "r"}
FIELDS = [
    "call_id",
    "merchant_id",
    "reseller_id",
    "started_at",
    "template_id",
    "lead_id",
    "provider",
    "direction",
    "attempt",
    "duration",
    "ended_at",
    "outcome",
    "sentiment",
    "status",
    "payload",
    "test",
    "updated_at",
    "agent_id",
    "end_reason",
    "language",
    "answered_at",
    "success",
    "cost",
    "currency",
    "reached",
]
# 2025-01-15T12:00:00Z
NOW = 1_736_942_400_000_000
DAY = 86_400_000_000


def call(number: int, **fields: object) -> dict[str, Any]:
    """The n-th call of the 1st of January, an hour after the one before."""
    started = {"started_at": f"2025-01-01T{number:02}:00:00Z"}
    return {"call_id": f"c{number:02}", **IDS, **started, **fields}


def send(server: Server, *records: dict[str, Any], kind: str = "calls") -> None:
    answer = server.request("POST", f"/{kind}", json=list(records))
    assert answer.status_code == 200, answer.text


def search(server: Server, key: str = "", **body: Any) -> httpx.Response:
    return server.request("POST", "/calls/search", key=key, json=body)


def page(server: Server, key: str = "", **body: Any) -> tuple[list[str], str | None]:
    """The ids of a page's calls, and where to go on."""
    found = search(server, key, **body)
    assert found.status_code == 200, found.text
    answer = found.json()
    assert list(answer) == ["data", "next_cursor"]
    return [one["call_id"] for one in answer["data"]], answer["next_cursor"]


def pages(server: Server, **body: Any) -> list[list[str]]:
    found: list[list[str]] = []
    cursor = None
    while not found or cursor is not None:
        ids, cursor = page(server, **body, cursor=cursor)
        found.append(ids)
    return found


def test_a_call_shows_its_fields_in_order(server: Server) -> None:
    full = call(
        1,
        template_id="t",
        lead_id="l",
        provider="TWILIO",
        direction="inbound",
        duration=42.5,
        ended_at="2025-01-01T01:00:42.500Z",
        outcome="<script>alert('x')</script>",
        sentiment=0.1,
        status="new",
        payload={"own": "</script>", "both": 2, "large": 12345678901234567890},
        updated_at="2025-01-02T00:00:00.000001Z",
        agent_id="a",
        end_reason="hangup",
        language="en",
        answered_at="2025-01-01T01:00:05.120Z",
        success=True,
        cost=0.042,
        currency="usd",
    )
    send(server, full, call(0, lead_id="l", duration=7, payload={"first": 1}))
    send(server, {"lead_id": "l", **IDS, "payload": {"both": 1, "city": "Delhi"}}, kind="leads")
    answer = search(server, timezone="Asia/Kolkata")
    newest, oldest = answer.json()["data"]
    assert list(newest) == list(oldest) == FIELDS
    assert newest == full | {
        "started_at": "2025-01-01T06:30:00+05:30",
        "ended_at": "2025-01-01T06:30:42.5+05:30",
        "answered_at": "2025-01-01T06:30:05.12+05:30",
        "updated_at": "2025-01-02T05:30:00.000001+05:30",
        "attempt": 2,
        "payload": {"city": "Delhi", **full["payload"]},
        "test": None,
        "currency": "USD",
        "reached": True,
    }
    assert (oldest["attempt"], oldest["duration"], oldest["status"]) == (1, 7, "new")
    assert oldest["payload"] == {"both": 1, "city": "Delhi", "first": 1}
    assert (oldest["success"], oldest["reached"], oldest["cost"]) == (None, False, None)
    # What looks like markup is text, as it came.
    assert json.dumps(full["outcome"]) in answer.text
    assert '"large":12345678901234567890' in answer.text


def test_pages_have_every_call_once_in_order(server: Server) -> None:
    send(server, *(call(n) for n in range(7)))
    ids = [f"c{n:02}" for n in range(7)]
    newest = ids[::-1]
    assert pages(server, limit=3) == [newest[:3], newest[3:6], newest[6:]]
    assert pages(server, limit=3, order="-started_at") == pages(server, limit=3)
    assert pages(server, limit=3, order="started_at") == [ids[:3], ids[3:6], ids[6:]]
    # No page is empty because the one before was full.
    assert pages(server, limit=7) == [newest]
    assert pages(server, filters={"outcome": "none"}) == [[]]


def test_calls_of_one_instant_go_by_merchant_and_id(server: Server) -> None:
    at = {"reseller_id": "r", "started_at": "2025-01-01T00:00:00Z"}
    keys = [(merchant, f"c{n}") for merchant in ("A", "a", "é") for n in (10, 2, 3)]
    ordered = sorted(keys)
    send(server, *(at | {"merchant_id": merchant, "call_id": one} for merchant, one in keys))
    for order, wanted in (("started_at", ordered), ("-started_at", ordered[::-1])):
        found: list[tuple[str, str]] = []
        cursor = None
        while not found or cursor is not None:
            body: dict[str, Any] = {"order": order, "limit": 2, "cursor": cursor}
            answer = search(server, **body).json()
            found += [(one["merchant_id"], one["call_id"]) for one in answer["data"]]
            cursor = answer["next_cursor"]
        assert found == wanted


def test_what_arrives_meanwhile_moves_no_other_call(server: Server) -> None:
    send(server, *(call(n) for n in range(0, 20, 2)))
    found, cursor = page(server, limit=3)
    while cursor is not None:
        # One before, one behind, and another field of one that is still to come.
        number = 2 * len(found) // 3
        send(server, call(20 + number % 3, call_id=f"late{number}"))
        send(server, call(1, call_id=f"early{number}"), call(2, outcome=f"now {number}"))
        ids, cursor = page(server, limit=3, cursor=cursor)
        found += ids
    assert [one for one in found if one[0] == "c"] == [f"c{n:02}" for n in range(18, -1, -2)]
    assert len(set(found)) == len(found)
    assert not [one for one in found if one.startswith("late")]


def test_a_call_that_moves_comes_where_it_is_then(server: Server) -> None:
    send(server, *(call(n) for n in range(6)))
    found, cursor = page(server, limit=2)
    assert found == ["c05", "c04"]
    send(server, call(3, started_at="2025-01-01T20:00:00Z"), call(1, test=True), call(0, cost=1))
    assert page(server, limit=2, cursor=cursor) == (["c02", "c00"], None)
    assert page(server, limit=2)[0] == ["c03", "c05"]
    assert server.rows("call_count") == [{"count": 5}]


def test_a_named_range_stays_what_it_was(server: Server) -> None:
    server.set_clock(NOW)
    send(server, *(call(n, started_at=f"2025-01-{n:02}T00:00:00Z") for n in range(8, 16)))
    body: dict[str, Any] = {"filters": {"date_range": "last_7_days"}, "limit": 3}
    first = search(server, **body)
    ranges = "2025-01-08T00:00:00+00:00/2025-01-15T00:00:00+00:00"
    assert first.headers["callistics-range"] == ranges
    assert first.headers["callistics-complete-until"] == "2025-01-15T00:00:00+00:00"
    assert first.headers["server-timing"].startswith("total;dur=")
    cursor = first.json()["next_cursor"]
    server.set_clock(NOW + 3 * DAY)
    later = search(server, **body, cursor=cursor)
    assert later.headers["callistics-range"] == ranges
    assert [one["call_id"] for one in later.json()["data"]] == ["c11", "c10", "c09"]
    assert page(server, **body, cursor=later.json()["next_cursor"]) == (["c08"], None)
    assert page(server, **body)[0] == ["c15", "c14", "c13"]


def test_a_cursor_belongs_to_what_was_asked(server: Server) -> None:
    send(server, *(call(n, provider="P") for n in range(5)))
    body: dict[str, Any] = {"filters": {"provider": "P", "outcome": None}, "timezone": "UTC"}
    _, cursor = page(server, **body, limit=2)
    same: dict[str, Any] = {"filters": {"provider": "P"}, "order": "-started_at"}
    assert page(server, **same, limit=1, cursor=cursor)[0] == ["c02"]
    others: list[dict[str, Any]] = [
        {},
        same | {"filters": {"provider": "Q"}},
        same | {"filters": {"provider": "P", "min_duration": 0}},
        same | {"filters": {"provider": "P", "date_range": "today"}},
        same | {"timezone": "Europe/Lisbon"},
        same | {"order": "started_at"},
    ]
    for other in others:
        (told,) = problem(search(server, **other, cursor=cursor), 422)["errors"]
        assert told["pointer"] == "/cursor"
    narrow = server.make_key({"merchant_ids": ["m"]}, "query")
    assert problem(search(server, narrow, **same, cursor=cursor), 422)["errors"]
    _, own = page(server, narrow, **same, limit=2)
    assert page(server, narrow, **same, cursor=own)[0] == ["c02", "c01", "c00"]
    alike = server.make_key({"merchant_ids": ["m"]}, "query")
    assert page(server, alike, **same, cursor=own)[0] == ["c02", "c01", "c00"]


WRONG = [
    ({"limit": 0}, 422, ["/limit"]),
    ({"limit": 1001}, 422, ["/limit"]),
    ({"limit": "5"}, 400, ["/limit"]),
    ({"order": "ended_at"}, 400, ["/order"]),
    ({"order": 1}, 400, ["/order"]),
    ({"cursor": 1}, 400, ["/cursor"]),
    ({"cursor": "x"}, 422, ["/cursor"]),
    ({"cursor": ""}, 422, ["/cursor"]),
    ({"cursor": "AAAA"}, 422, ["/cursor"]),
    ({"cursor": "AAAA", "limit": 0}, 422, ["/limit", "/cursor"]),
    ({"timezone": "Mars/Base"}, 422, ["/timezone"]),
    ({"query_type": "call_count"}, 400, ["/query_type"]),
    ({"page": 1, "filters": {"nothing": 1, "min_duration": -1}}, 400, 3),
    ({"filters": {"date_from": "2025-02-30", "merchant_id": []}}, 422, 2),
]


@pytest.mark.parametrize(("body", "status", "pointers"), WRONG)
def test_every_problem_is_told(
    shared_server: Server, body: dict[str, Any], status: int, pointers: list[str] | int
) -> None:
    told = [one["pointer"] for one in problem(search(shared_server, **body), status)["errors"]]
    assert (len(told) if isinstance(pointers, int) else told) == pointers


def test_null_is_as_left_out(shared_server: Server) -> None:
    names = ("filters", "timezone", "order", "limit", "cursor")
    assert page(shared_server, **dict.fromkeys(names)) == ([], None)


def test_a_key_sees_its_own_calls(server: Server) -> None:
    send(server, call(1), call(2, merchant_id="other"), call(3, merchant_id="third"))
    key = server.make_key({"merchant_ids": ["m", "third"]}, "query")
    assert page(server, key) == (["c03", "c01"], None)
    assert page(server, key, filters={"merchant_id": "m"}) == (["c01"], None)
    problem(search(server, key, filters={"merchant_id": "other"}), 403)
    problem(search(server, server.make_key(None, "ingest")), 403)
    problem(server.request("POST", "/calls/search", key=None, json={}), 401)


def test_pending_and_test_calls_are_in_no_page(server: Server) -> None:
    send(server, call(1), call(2, test=True), {"call_id": "p", "merchant_id": "m", "cost": 1})
    assert page(server) == (["c01"], None)


def test_it_takes_json_within_the_limit(tmp_path: Path) -> None:
    with serving(tmp_path, query_body_limit=100) as server:
        wrong = {"Content-Type": "text/plain"}
        problem(server.request("POST", "/calls/search", content=b"{}", headers=wrong), 415)
        problem(search(server, filters={"outcome": "x" * 100}), 413)


@pytest.mark.parametrize(
    ("name", "value"), [("max_cost", "1e2832"), ("min_cost", "-1e2832"), ("min_cost", "1e-2832")]
)
def test_a_filter_may_have_more_digits_than_a_cursor_is_made_of(
    shared_server: Server, name: str, value: str
) -> None:
    def answer(name: str) -> httpx.Response:
        body = f'{{"filters": {{"{name}": {value}}}, "limit": 1}}'
        return shared_server.request("POST", "/calls/search", content=body)

    assert answer(name).status_code in (200, 422)
    assert answer("nothing").status_code == 400
