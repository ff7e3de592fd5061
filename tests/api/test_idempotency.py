"""Idempotency keys: a request that is sent again is answered as it was."""

import gzip
from collections.abc import Callable

import pytest
import zstandard

from support.records import CALL, NDJSON, count, lines
from support.server import Server, problem


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


@pytest.mark.parametrize("path", ["/calls?on_error=skip", "/calls?timezone=Asia/Kolkata", "/leads"])
def test_the_same_body_of_another_request_is_not_said_to_be_another_one(
    server: Server, path: str
) -> None:
    headers = {"Idempotency-Key": "retry-5"}
    assert server.request("POST", "/calls", json=[CALL], headers=headers).status_code == 200
    detail = problem(server.request("POST", path, json=[CALL], headers=headers), 422)["detail"]
    assert detail == (
        "Idempotency-Key 'retry-5' was sent before with another request:"
        " its path, on_error, timezone and body must be the same"
    )


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


def test_a_refused_request_is_refused_again(server: Server) -> None:
    headers = {"Idempotency-Key": "retry-2"}
    bad = {**CALL, "attempt": 0}
    first = server.request("POST", "/calls", json=bad, headers=headers)
    assert first.status_code == 422
    assert server.request("POST", "/calls", json=bad, headers=headers).content == first.content


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
