"""Records that wait for required fields: what the answer says, and what spares them the wait."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from support.server import Server, serving

CALL = {"call_id": "c1", "merchant_id": "m1", "started_at": "2025-01-15T09:30:00Z"}
WHOLE = CALL | {"reseller_id": "r1"}


def send(server: Server, kind: str, *records: dict[str, Any]) -> dict[str, Any]:
    answer = server.request("POST", f"/{kind}", json=list(records))
    assert answer.status_code == 200, answer.text
    return answer.json()


def resellers(server: Server) -> list[tuple[str, int]]:
    rows = server.rows("call_count", group_by=["reseller_id"])
    return [(row["reseller_id"], row["count"]) for row in rows]


def test_the_answer_names_what_is_missing(server: Server) -> None:
    late = {"call_id": "c2", "merchant_id": "m1", "sentiment": 1}
    answer = send(server, "calls", WHOLE, CALL | {"call_id": "c3"}, late)
    assert answer["pending"] == 2
    assert answer["missing"] == [
        {"index": 1, "id": "c3", "fields": ["reseller_id"]},
        {"index": 2, "id": "c2", "fields": ["reseller_id", "started_at"]},
    ]
    lead = send(server, "leads", {"lead_id": "l1", "merchant_id": "m1"})
    assert lead["missing"] == [{"index": 0, "id": "l1", "fields": ["reseller_id"]}]


def test_nothing_is_missing_where_nothing_waits(server: Server) -> None:
    assert "missing" not in send(server, "calls", WHOLE)
    # A lead exists by its call.
    assert "missing" not in send(server, "leads", {"lead_id": "c1", "merchant_id": "m1"})
    # What a later record of the same request completes does not wait.
    later = {"call_id": "c2", "merchant_id": "m1", "sentiment": 1}
    assert "missing" not in send(server, "calls", later, WHOLE | {"call_id": "c2"})


def test_only_the_first_are_named(server: Server) -> None:
    answer = send(server, "calls", *(CALL | {"call_id": f"c{n:03}"} for n in range(300)))
    assert answer["pending"] == 300
    assert [one["index"] for one in answer["missing"]] == list(range(10))


def test_a_repeated_request_is_answered_as_before(server: Server) -> None:
    headers = {"Idempotency-Key": "once"}
    first, again = (
        server.request("POST", "/calls", json=CALL, headers=headers).json() for _ in range(2)
    )
    assert first == again
    assert first["missing"] == [{"index": 0, "id": "c1", "fields": ["reseller_id"]}]


def test_a_platform_without_resellers(tmp_path: Path) -> None:
    with serving(tmp_path, default_reseller_id="all") as server:
        calls = [CALL | {"call_id": f"c{n:03}"} for n in range(100)]
        assert send(server, "calls", *calls)["stored"] == 100
        assert send(server, "calls", *calls)["unchanged"] == 100
        assert send(server, "leads", {"lead_id": "l1", "merchant_id": "m1"})["stored"] == 1
        assert resellers(server) == [("all", 100)]
        assert server.rows("status_distribution", group_by=["reseller_id"])[0]["count"] == 101


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_reseller_that_is_named_wins_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    records = [
        WHOLE | {"updated_at": "2025-01-15T10:00:00Z"},
        CALL | {"updated_at": "2025-01-15T11:00:00Z"},
        {
            "call_id": "c1",
            "merchant_id": "m1",
            "sentiment": 1,
            "updated_at": "2025-01-15T09:00:00Z",
        },
    ]
    with serving(tmp_path, default_reseller_id="all") as server:
        for place in order:
            send(server, "calls", records[place])
        assert resellers(server) == [("r1", 1)]


def waiting(server: Server, key: str = "") -> list[dict[str, Any]]:
    answer = server.request("GET", "/pending", key=key)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_what_waits_is_listed_by_what_it_lacks(server: Server) -> None:
    assert waiting(server) == []
    send(server, "calls", WHOLE, *(CALL | {"call_id": f"w{n:02}"} for n in range(12)))
    send(server, "calls", {"call_id": "late", "merchant_id": "m2", "sentiment": 1})
    send(server, "calls", WHOLE | {"call_id": "trial", "test": True})
    send(server, "leads", {"lead_id": "c1", "merchant_id": "m1"})
    send(server, "leads", {"lead_id": "l1", "merchant_id": "m1"})
    twelve, late, lead = waiting(server)
    assert (twelve["kind"], twelve["missing"], twelve["count"]) == ("calls", ["reseller_id"], 12)
    assert twelve["first"] == [{"merchant_id": "m1", "id": f"w{n:02}"} for n in range(10)]
    assert late == {
        "kind": "calls",
        "missing": ["reseller_id", "started_at"],
        "count": 1,
        "first": [{"merchant_id": "m2", "id": "late"}],
    }
    assert (lead["kind"], lead["first"]) == ("leads", [{"merchant_id": "m1", "id": "l1"}])
    assert "callistics_pending_records 14.0" in server.request("GET", "/metrics").text
    # What is completed waits no more.
    send(server, "calls", *(WHOLE | {"call_id": f"w{n:02}"} for n in range(12)))
    assert [one["count"] for one in waiting(server)] == [1, 1]
    assert "callistics_pending_records 2.0" in server.request("GET", "/metrics").text


def test_a_key_sees_what_waits_within_its_scope(server: Server) -> None:
    send(server, "calls", CALL, CALL | {"merchant_id": "m2"})
    key = server.make_key({"merchant_ids": ["m2"]}, "ingest")
    (found,) = waiting(server, key)
    assert found["first"] == [{"merchant_id": "m2", "id": "c1"}]
    reader = server.make_key(None, "query")
    assert server.request("GET", "/pending", key=reader).status_code == 403
