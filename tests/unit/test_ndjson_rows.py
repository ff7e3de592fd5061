"""Rows as NDJSON: a value has the text there that it has in an answer."""

from decimal import Decimal

import pyarrow as pa

from callistics.exports.ndjson import write_ndjson

SCHEMA = pa.schema([("call_id", pa.string()), ("cost", pa.string()), ("payload", pa.string())])


def test_numbers_within_objects_have_one_text() -> None:
    payload = {"z": Decimal("1E-7"), "n": [Decimal("-5E-7"), 10**20], "a": {"b": None}}
    row = {"payload": payload, "cost": Decimal("0.250000"), "call_id": "c"}
    text = b"".join(write_ndjson(SCHEMA, [[row]]))
    assert text == (
        b'{"call_id":"c","cost":0.250000,'
        b'"payload":{"a":{"b":null},"n":[-0.0000005,100000000000000000000],"z":0.0000001}}\n'
    )
