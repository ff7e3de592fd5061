"""Inputs that fuzzing has found: each is answered in words, and in time."""

import base64
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pytest
from pyarrow import parquet

from callistics.files.lines import UnreadableError
from callistics.files.preview import preview
from callistics.mapping import builtin
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.numbers import scaled
from callistics.mapping.times import of_epoch, units_of
from callistics.model.webhooks import StoredEndpoint
from callistics.model.zones import zone
from callistics.webhooks.become import Reader
from callistics.webhooks.platforms import platforms

OF_ITSELF = base64.b64decode(
    "DAAAAAgACAAAAAQACAAAAAQAAAAQAAAAEAAAABwAAAAEAAAAAAAAABz///9U////AAABBRAAAAAYAAAABAAAAAAA"
    "AAAABwAAAGxlYWRfaWQARP///3z///8AAAEFEAAAABwAAAAEAAAAAAAAAAsAAAB0ZW1wbGF0ZV9pZABw////qP//"
    "/wAAAQUQAAAAHAAAAAQAAAAAAAAACwAAAHJlc2VsbGVyX2lkAJz////U////AAABBRAAAAAcAAAABAAAAAAAAAAL"
    "AAAAbWVyY2hhbnRfaWQAyP///xAAFAAIAAYABwAMAAAAEAAQAAAAAAABBRAAAAAcAAAABAAAAAAAAAAHAAAAY2Fs"
    "bF9pZAAEAAQABAAAAP////8oBAAAAACAAQAAAAAAAAEAAAAAAAAAiAEAAAAAAAAQAAAAAAAAAJgBAA=="
)
"""A stream of Arrow whose schema has a field that is one of its own members."""
WIDE = ("1e2000", "1e400000", "-1e999999", "1e-2000")


def reader(source: str) -> Reader:
    endpoint = StoredEndpoint("", "", source, merchant_id="m", reseller_id="r")
    return Reader(platforms()[source], builtin(source), endpoint, zone("UTC"))


@pytest.mark.parametrize("text", WIDE)
def test_a_number_of_too_many_digits_is_not_counted_with(text: str) -> None:
    with pytest.raises(ValueError, match="more than 1,000 digits"):
        scaled(Decimal(text), Decimal(1000))
    with pytest.raises(ValueError, match="more than 1,000 digits"):
        of_epoch(Decimal(text), "ms")
    assert units_of(Decimal(text)) == []


@pytest.mark.parametrize("text", WIDE)
def test_a_webhook_with_such_a_time_is_kept_with_the_reason(text: str) -> None:
    body = (
        f'{{"message": {{"type": "end-of-call-report", "timestamp": {text}, "call": {{"id": "c"}},'
        ' "startedAt": "2025-01-01T00:00:00Z"}}'
    )
    became = reader("vapi").become("application/json", body.encode())
    assert not became.records
    assert any("more than 1,000 digits" in one for one in became.problems), became


def test_a_field_of_a_form_that_comes_twice_is_no_word() -> None:
    form = b"CallSid=c&CallStatus=completed&AnsweredBy=human&AnsweredBy=fax"
    became = reader("twilio").become("application/x-www-form-urlencoded", form)
    assert became.records or became.problems


def test_arrow_whose_values_lie_outside_it(tmp_path: Path) -> None:
    offsets = pa.array([0, 5, 2], pa.int32()).buffers()[1]
    texts = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"abcde"))
    table = pa.record_batch([texts], ["call_id"])
    path = tmp_path / "a.arrow"
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_batch(table)
    with pytest.raises(UnreadableError, match="cannot be read as Arrow"):
        preview(str(path), "arrow", RecordMapping())


def test_arrow_with_a_field_within_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    path.write_bytes(OF_ITSELF)
    with pytest.raises(UnreadableError, match="cannot be read as Arrow"):
        preview(str(path), "arrow", RecordMapping())


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_whose_names_are_no_text(tmp_path: Path, kind: Literal["parquet", "arrow"]) -> None:
    path, table = tmp_path / f"a.{kind}", pa.table({"name": [1]})
    if kind == "parquet":
        parquet.write_table(table, path, store_schema=False)
    else:
        with pa.ipc.new_stream(str(path), table.schema) as writer:
            writer.write_table(table)
    path.write_bytes(path.read_bytes().replace(b"name", b"\xb0ame"))
    with pytest.raises(UnreadableError, match=f"(?i)cannot be read as {kind}"):
        preview(str(path), kind, RecordMapping())
