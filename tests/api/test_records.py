"""Pushing records over HTTP: forms, upserts, refusals, retries."""

import gzip
import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
import zstandard

from support.server import Server

CALL = {
    "call_id": "c1",
    "merchant_id": "m1",
    "reseller_id": "r1",
    "started_at": "2025-01-15T09:30:00Z",
}
NDJSON = {"Content-Type": "application/x-ndjson"}


def lines(*records: object) -> bytes:
    return b"\n".join(json.dumps(record).encode() for record in records) + b"\n"


def numbered(count: int) -> list[dict[str, Any]]:
    return [{**CALL, "call_id": f"c{number}"} for number in range(count)]


def count(server: Server, **filters: Any) -> int:
    return server.rows("call_count", filters=filters)[0]["count"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (json.dumps(CALL).encode(), {"Content-Type": "application/json"}),
        (json.dumps([CALL]).encode(), {"Content-Type": "application/json; charset=utf-8"}),
        (lines(CALL), NDJSON),
        (lines(CALL, CALL), {"Content-Type": "application/json"}),
        (b"\n\n" + lines(CALL).replace(b"\n", b"\r\n") + b"\n", NDJSON),
        (gzip.compress(lines(CALL), mtime=0), {**NDJSON, "Content-Encoding": "gzip"}),
        (zstandard.compress(lines(CALL)), {**NDJSON, "Content-Encoding": "zstd"}),
        (
            zstandard.compress(lines(CALL)) + zstandard.compress(lines(CALL)),
            {**NDJSON, "Content-Encoding": "zstd"},
        ),
        (b"\xef\xbb\xbf" + json.dumps(CALL).encode(), {"Content-Type": "application/json"}),
    ],
)
def test_every_form_is_taken(server: Server, body: bytes, headers: dict[str, str]) -> None:
    answer = server.request("POST", "/calls", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["rejected"] == []
    assert count(server) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"[]", {}, 422),
        (b"\n\n", NDJSON, 422),
        (b"{", {}, 400),
        (b'[{"call_id": "c1"}', {}, 400),
        (b"[1, null]", {}, 422),
        (b'{"call_id": "c1"', NDJSON, 422),
        (b"\xff\xfe", {}, 400),
        (b'{"call_id": "a", "call_id": "b"}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (gzip.compress(lines(CALL), mtime=0)[:-9], {**NDJSON, "Content-Encoding": "gzip"}, 400),
        (zstandard.compress(lines(CALL))[:-3], {**NDJSON, "Content-Encoding": "zstd"}, 400),
        (lines(CALL), {**NDJSON, "Content-Encoding": "br"}, 415),
        (b"a,b", {"Content-Type": "text/csv"}, 415),
        (lines(*numbered(3)), {**NDJSON, "Content-Length": "999999999"}, 413),
    ],
)
def test_what_is_no_body_of_records_is_refused(
    shared_server: Server, body: bytes, headers: dict[str, str], status: int
) -> None:
    kinds = {"Content-Type": "application/json", **headers}
    answer = shared_server.request("POST", "/calls", content=body, headers=kinds)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert count(shared_server) == 0


BAD: list[tuple[dict[str, Any], str]] = [
    ({"call_id": ""}, "call_id"),
    ({"call_id": 7}, "call_id"),
    ({"started_at": "yesterday"}, "started_at"),
    ({"started_at": "2025-02-30T00:00:00Z"}, "started_at"),
    ({"started_at": None}, "started_at"),
    ({"started_at": "1899-12-31T00:00:00Z"}, "started_at"),
    ({"started_at": "2200-01-01T00:00:00Z"}, "started_at"),
    ({"started_at": 1736933400}, "started_at"),
    ({"ended_at": "2025-01-15T09:29:59Z"}, "ended_at"),
    ({"duration": -1}, "duration"),
    ({"duration": "16"}, "duration"),
    ({"duration": 1e300}, "duration"),
    ({"attempt": 0}, "attempt"),
    ({"attempt": 1.5}, "attempt"),
    ({"attempt": True}, "attempt"),
    ({"sentiment": 1.01}, "sentiment"),
    ({"sentiment": "happy"}, "sentiment"),
    ({"direction": "sideways"}, "direction"),
    ({"test": "yes"}, "test"),
    ({"payload": [1]}, "payload"),
    ({"payload": {"deep": json.loads("[" * 40 + "]" * 40)}}, "payload"),
    ({"outcome": 5}, "outcome"),
    ({"outcome": "x" * 2000}, "outcome"),
    ({"updated_at": "2999-01-01T00:00:00Z"}, "updated_at"),
    ({"out_come": "CONFIRMED"}, "out_come"),
]


@pytest.mark.parametrize(("fields", "field"), BAD)
def test_a_bad_field_is_named_and_nothing_is_stored(
    shared_server: Server, fields: dict[str, Any], field: str
) -> None:
    answer = shared_server.request(
        "POST", "/calls", json=[CALL, {**CALL, "call_id": "c2", **fields}]
    )
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/1/{field}"]
    assert count(shared_server) == 0


def test_all_problems_of_all_records_come_at_once(shared_server: Server) -> None:
    records = [{**CALL, "attempt": 0, "durration": 5}, CALL, {"merchant_id": "m1"}]
    answer = shared_server.request("POST", "/calls", json=records)
    problems = {error["pointer"]: error["message"] for error in answer.json()["errors"]}
    assert problems.keys() == {"/0/attempt", "/0/durration", "/2/call_id"}
    assert '"duration"' in problems["/0/durration"]


def test_good_records_can_be_kept_beside_bad_ones(server: Server) -> None:
    records = [CALL, {**CALL, "call_id": "c2", "attempt": 0}, {**CALL, "call_id": "c3"}]
    answer = server.request("POST", "/calls?on_error=skip", json=records).json()
    assert (answer["received"], answer["stored"]) == (3, 2)
    assert [(bad["index"], len(bad["errors"])) for bad in answer["rejected"]] == [(1, 1)]
    assert count(server) == 2
    again = server.request("POST", "/calls?on_error=skip", json=records).json()
    assert (again["stored"], again["unchanged"]) == (0, 2)


def test_an_unknown_parameter_is_refused(shared_server: Server) -> None:
    assert shared_server.request("POST", "/calls?onerror=skip", json=CALL).status_code == 400
    assert shared_server.request("POST", "/calls?on_error=ignore", json=CALL).status_code == 400


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


def test_a_retried_request_answers_as_the_first_did(server: Server) -> None:
    headers = {"Idempotency-Key": "retry-1"}
    first = server.request("POST", "/calls", json=CALL, headers=headers)
    second = server.request("POST", "/calls", json=CALL, headers=headers)
    assert first.json()["stored"] == 1
    assert second.content == first.content
    other = server.request("POST", "/calls", json={**CALL, "attempt": 2}, headers=headers)
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["detail"]
    key = server.make_key(None, "ingest")
    mine = server.request("POST", "/calls", json=CALL, headers=headers, key=key)
    assert mine.json()["unchanged"] == 1


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_retried_request_may_be_packed_otherwise(
    server: Server, pack: Callable[[bytes], bytes]
) -> None:
    body, headers = lines(CALL), {**NDJSON, "Idempotency-Key": "retry-3"}
    first = server.request("POST", "/calls", content=body, headers=headers)
    encoding = {"Content-Encoding": "gzip" if pack is gzip.compress else "zstd"}
    packed = server.request("POST", "/calls", content=pack(body), headers=headers | encoding)
    assert packed.content == first.content
    other = pack(lines({**CALL, "attempt": 2}))
    answer = server.request("POST", "/calls", content=other, headers=headers | encoding)
    assert answer.status_code == 422


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


@pytest.mark.parametrize("kind", ["application/vnd.calls+json", "application/json; charset=utf-8"])
def test_json_by_other_names_is_taken_everywhere(server: Server, kind: str) -> None:
    bodies: dict[str, Any] = {
        "/calls": CALL,
        "/analytics": {"query_type": "call_count"},
        "/keys": {"name": "k", "permissions": ["query"]},
    }
    for path, body in bodies.items():
        answer = server.request(
            "POST", path, content=json.dumps(body), headers={"Content-Type": kind}
        )
        assert answer.status_code in (200, 201), answer.text


def test_a_refused_request_is_refused_again(server: Server) -> None:
    headers = {"Idempotency-Key": "retry-2"}
    bad = {**CALL, "attempt": 0}
    first = server.request("POST", "/calls", json=bad, headers=headers)
    assert first.status_code == 422
    assert server.request("POST", "/calls", json=bad, headers=headers).content == first.content


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


@pytest.mark.parametrize("parameter", ["", "?on_error=skip"])
def test_a_request_that_stored_nothing_claims_no_idempotency_key(
    server: Server, parameter: str
) -> None:
    headers, path = {"Idempotency-Key": "retry-4"}, f"/calls{parameter}"
    bad = [{**CALL, "attempt": 0}, {**CALL, "call_id": "c2"}][: 1 if parameter else 2]
    refused = server.request("POST", path, json=bad, headers=headers)
    assert refused.status_code == (200 if parameter else 422)
    assert count(server) == 0
    first = server.request("POST", path, json=[CALL], headers=headers)
    assert first.json()["stored"] == 1
    assert server.request("POST", path, json=[CALL], headers=headers).content == first.content
    assert server.request("POST", path, json=bad, headers=headers).status_code == 422


def test_a_request_that_stored_something_claims_its_idempotency_key(server: Server) -> None:
    headers, path = {"Idempotency-Key": "retry-5"}, "/calls?on_error=skip"
    body = [{**CALL, "attempt": 0}, {**CALL, "call_id": "c2"}]
    first = server.request("POST", path, json=body, headers=headers)
    assert first.json()["stored"] == 1
    assert server.request("POST", path, json=body, headers=headers).content == first.content
    other = server.request("POST", path, json=[CALL], headers=headers)
    assert "Idempotency-Key" in other.json()["detail"]


def test_a_request_that_only_repeats_what_is_stored_claims_its_key(server: Server) -> None:
    headers, record = {"Idempotency-Key": "retry-6"}, {**CALL, "updated_at": "2025-01-15T10:00:00Z"}
    assert server.request("POST", "/calls", json=record).json()["stored"] == 1
    first = server.request("POST", "/calls", json=record, headers=headers)
    assert first.json()["unchanged"] == 1
    assert server.request("POST", "/calls", json=record, headers=headers).content == first.content
    assert server.request("POST", "/calls", json=CALL, headers=headers).status_code == 422


@pytest.mark.parametrize("value", ["", "x" * 256, "a b"])
def test_an_idempotency_key_is_visible_ascii(server: Server, value: str) -> None:
    headers = {"Idempotency-Key": value}
    assert server.request("POST", "/calls", json=CALL, headers=headers).status_code == 400


def test_too_many_records_are_refused(server: Server) -> None:
    body = lines(CALL) * 100_001
    answer = server.request("POST", "/calls", content=body, headers=NDJSON)
    assert answer.status_code == 422
    assert "100,000" in answer.json()["detail"]


def test_odd_texts_come_back_as_sent(server: Server) -> None:
    texts = ["", " ", "é", "e\u0301", "😀", "a\u0000b", "'; DROP TABLE calls; --", "null", "%_"]
    calls = [{**CALL, "call_id": f"c{n}", "outcome": text} for n, text in enumerate(texts)]
    assert server.request("POST", "/calls", json=calls).status_code == 200
    rows = server.rows("outcome_distribution")
    assert [row["outcome"] for row in rows] == sorted(texts)
    assert [count(server, outcome=text) for text in texts] == [1] * len(texts)


def test_leads_and_calls_are_counted_apart(server: Server) -> None:
    calls = [{**CALL, "call_id": f"c{n}", "lead_id": "l1"} for n in range(3)]
    lead = {"lead_id": "l1", "merchant_id": "m1", "reseller_id": "r1", "status": "new"}
    assert server.request("POST", "/calls", json=calls).status_code == 200
    assert server.request("POST", "/leads", json=lead).json()["stored"] == 1
    assert count(server) == 3
    assert server.rows("status_distribution") == [
        {"status": "new", "count": 1, "percentage": 100.0}
    ]
