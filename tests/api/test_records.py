"""Pushing records over HTTP: upserts, partial records, and odd values."""

from itertools import permutations

import pytest

from support.records import CALL, count
from support.server import Server


def test_a_partial_record_waits_until_others_complete_it(server: Server) -> None:
    late = {"call_id": "c1", "merchant_id": "m1", "sentiment": "positive"}
    assert server.request("POST", "/calls", json=late).json()["pending"] == 1
    assert count(server) == 0
    assert server.rows("status_distribution") == []
    assert server.request("POST", "/calls", json=CALL).json()["stored"] == 1
    assert count(server, sentiment_min=1.0) == 1


def test_null_clears_and_absence_keeps(server: Server) -> None:
    server.request("POST", "/calls", json={**CALL, "outcome": "CONFIRMED", "duration": 5})
    server.request("POST", "/calls", json={"call_id": "c1", "outcome": None})
    assert count(server, outcome=[None], min_duration=5) == 1


def test_an_id_known_to_several_merchants_needs_its_merchant(server: Server) -> None:
    server.request("POST", "/calls", json=[CALL, {**CALL, "merchant_id": "m2"}])
    answer = server.request("POST", "/calls", json={"call_id": "c1", "outcome": "X"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/merchant_id"
    key = server.make_key({"merchant_ids": ["m2"]})
    assert server.request("POST", "/calls", key=key, json={"call_id": "c1", "outcome": "X"})
    assert count(server, merchant_id="m2", outcome="X") == 1


def test_a_test_call_leaves_no_trace(server: Server) -> None:
    test = {**CALL, "test": True, "status": "new", "payload": {"a": 1}}
    server.request("POST", "/calls", json=test)
    assert count(server) == 0
    assert server.rows("conversion_funnel") == []
    server.request("POST", "/calls", json={"call_id": "c1", "test": False})
    assert count(server, payload_filters={"a": 1}) == 1
    assert server.rows("conversion_funnel")[0]["status"] == "new"


STARTS_AND_ENDS = [
    {**CALL, "ended_at": "2025-01-15T09:35:00Z", "updated_at": "2025-01-15T09:35:00Z"},
    {"started_at": "2025-01-15T10:30:00Z", "updated_at": "2025-01-15T09:36:00Z"},
    {"ended_at": "2025-01-15T10:35:00Z", "updated_at": "2025-01-15T09:37:00Z"},
]


@pytest.mark.parametrize("together", [False, True])
def test_any_order_of_starts_and_ends_comes_to_the_same(server: Server, together: bool) -> None:
    orders = list(permutations(STARTS_AND_ENDS))
    for number, order in enumerate(orders):
        records = [{**record, "call_id": f"c{number}", "merchant_id": "m1"} for record in order]
        for batch in [records] if together else [[record] for record in records]:
            assert server.request("POST", "/calls", json=batch).status_code == 200
    (row,) = server.rows("call_duration")
    assert (row["count"], row["min"], row["max"]) == (6, 300, 300)


def test_an_end_before_the_start_is_no_duration_until_one_is_corrected(server: Server) -> None:
    end = {"call_id": "c1", "merchant_id": "m1", "ended_at": "2025-01-15T09:00:00Z"}
    for record in (end, CALL, {**CALL, "call_id": "c2"}):
        assert server.request("POST", "/calls", json=record).status_code == 200
    assert count(server) == 2
    assert count(server, max_duration=10_000) == 0
    server.request("POST", "/calls", json={**end, "started_at": "2025-01-15T08:59:00Z"})
    assert count(server, min_duration=60, max_duration=60) == 1
    wrong = {**CALL, "ended_at": "2025-01-15T09:29:59Z"}
    (problem,) = server.request("POST", "/calls", json=wrong).json()["errors"]
    assert (problem["pointer"], problem["value"]) == ("/ended_at", "2025-01-15T09:29:59Z")


def test_the_words_of_a_closed_list_are_taken_in_any_case(server: Server) -> None:
    said = [("Outbound", "Positive"), ("OUTBOUND", "POSITIVE"), ("outbound", 1), ("InBound", 0)]
    for number, (direction, sentiment) in enumerate(said):
        record = {**CALL, "direction": direction, "sentiment": sentiment}
        alone = {**record, "call_id": f"alone{number}"}
        together = [{**record, "call_id": f"c{number}-{one}"} for one in range(60)]
        for body in (alone, together):
            assert server.request("POST", "/calls", json=body).status_code == 200
    assert count(server, direction="outbound") == count(server, sentiment_min=1) == 3 * 61
    assert count(server, direction=["inbound", None]) == 61


@pytest.mark.parametrize(
    "wanted", ["Outbound", "sideways", "", ["outbound", "INBOUND"], [None, "out"]]
)
def test_a_filter_on_a_closed_list_takes_its_words_alone(server: Server, wanted: object) -> None:
    answer = server.ask("call_count", filters={"direction": wanted})
    assert answer.status_code == 422
    (found,) = answer.json()["errors"]
    assert (found["pointer"], found["value"]) == ("/filters/direction", wanted)
    assert "must be one of outbound, inbound" in found["message"]


def test_odd_texts_come_back_as_sent(server: Server) -> None:
    texts = ["", " ", "é", "e\u0301", "😀", "a\u0000b", "'; DROP TABLE calls; --", "null", "%_"]
    calls = [{**CALL, "call_id": f"c{n}", "outcome": text} for n, text in enumerate(texts)]
    assert server.request("POST", "/calls", json=calls).status_code == 200
    rows = server.rows("outcome_distribution")
    assert [row["outcome"] for row in rows] == sorted(texts)
    assert [count(server, outcome=text) for text in texts] == [1] * len(texts)


@pytest.mark.parametrize("size", [1, 100])
def test_an_id_that_looks_like_a_number_beyond_all_sizes_is_a_text(
    server: Server, size: int
) -> None:
    """Hexadecimal ids may have an e among digits: no number has an exponent of 19 digits."""
    for number, payload in enumerate(
        ({"id": "508e74712349900124681733"}, {"id": ["0e" + "9" * 30]})
    ):
        calls = [{**CALL, "call_id": f"c{number}-{one}", "payload": payload} for one in range(size)]
        answer = server.request("POST", "/calls", json=calls)
        assert answer.status_code == 200, answer.text
        assert count(server, payload_filters=payload) == size
    assert count(server, payload_filters={"id": {"gt": 5}}) == 0
    answer = server.ask("call_count", filters={"payload_filters": {"id": {"gt": "1e" + "9" * 19}}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/filters/payload_filters/id/gt"


def test_leads_and_calls_are_counted_apart(server: Server) -> None:
    calls = [{**CALL, "call_id": f"c{n}", "lead_id": "l1"} for n in range(3)]
    lead = {"lead_id": "l1", "merchant_id": "m1", "reseller_id": "r1", "status": "new"}
    assert server.request("POST", "/calls", json=calls).status_code == 200
    assert server.request("POST", "/leads", json=lead).json()["stored"] == 1
    assert count(server) == 3
    assert server.rows("status_distribution") == [
        {"status": "new", "count": 1, "percentage": 100.0}
    ]
