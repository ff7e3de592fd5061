"""Bodies of records: every form that is taken, and what is refused."""

import gzip
import json
from collections import Counter
from typing import Any

import pytest
import zstandard

from support.records import CALL, NDJSON, count, lines, numbered
from support.server import Server, problem


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


def test_too_many_records_are_refused(server: Server) -> None:
    body = lines(CALL) * 100_001
    answer = server.request("POST", "/calls", content=body, headers=NDJSON)
    assert answer.status_code == 422
    assert "100,000" in answer.json()["detail"]


@pytest.mark.parametrize("skip", [False, True])
def test_so_many_bad_records_are_named_and_the_others_counted(
    shared_server: Server, skip: bool
) -> None:
    bad = {"call_id": "c", "merchant_id": "m", "duration": -1} | {f"f{n}": n for n in range(60)}
    path, sent = "/calls?on_error=skip" if skip else "/calls", [bad] * 1_500
    for name in ("one", "again"):
        answer = shared_server.request("POST", path, json=sent, headers={"Idempotency-Key": name})
        body = answer.json()
        if skip:
            named = [len(one["errors"]) for one in body["rejected"]]
            assert (answer.status_code, body["rejected_count"]) == (200, 1_500)
        else:
            places = Counter(error["pointer"].split("/")[1] for error in body["errors"])
            named = list(places.values())
            assert body["detail"] == (
                "nothing was stored: 1,500 of 1,500 records are wrong; 1,000 of them are named"
            )
        assert named == [50] * 1_000


def test_so_many_unknown_names_of_one_object_are_told(shared_server: Server) -> None:
    body = {"query_type": "call_count"} | {f"f{n}": n for n in range(5_000)}
    errors = problem(shared_server.request("POST", "/analytics", json=body), 400)["errors"]
    assert len(errors) == 1_000
