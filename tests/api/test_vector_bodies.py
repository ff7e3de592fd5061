"""What Vector's HTTP sink sends, with JSON in lines and with its default framing, goes in."""

import gzip
import json

import pytest

from support.records import CALL, NDJSON, count
from support.server import Server

# Keys in alphabetical order, no blanks, and no line break after the last line.
LINES = [
    json.dumps({**CALL, "call_id": one}, sort_keys=True, separators=(",", ":")) for one in "ab"
]
IN_LINES = "\n".join(LINES).encode()
IN_A_LIST = f"[{','.join(LINES)}]".encode()
JSON = {"Content-Type": "application/json"}
PACKED = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (IN_LINES, NDJSON),
        (gzip.compress(IN_LINES), {**NDJSON, **PACKED}),
        (IN_A_LIST, JSON),
        (gzip.compress(IN_A_LIST), {**JSON, **PACKED}),
    ],
)
def test_a_batch_goes_in(server: Server, body: bytes, headers: dict[str, str]) -> None:
    answer = server.request("POST", "/calls?on_error=skip", content=body, headers=headers)
    assert (answer.status_code, answer.json()["stored"]) == (200, 2)
    assert count(server) == 2


def test_a_bad_record_does_not_take_the_others_with_it(server: Server) -> None:
    body = IN_LINES + b'\n{"call_id":"c","source_type":"kafka"}'
    answer = server.request("POST", "/calls?on_error=skip", content=body, headers=NDJSON)
    assert (answer.status_code, answer.json()["stored"]) == (200, 2)
    assert [one["index"] for one in answer.json()["rejected"]] == [2]
