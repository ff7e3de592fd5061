"""Every declared field of calls means the same to both decoders, whatever is sent for it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.records.columnar.row_codec import CALL_COLUMNS
from callistics.records.field import Kept, RecordField, RecordKind
from callistics.records.field_types import FieldType, Storage
from callistics.records.field_values import (
    MAX_ATTEMPT,
    MAX_COST,
    MAX_DURATION_MS,
    SENTIMENTS,
)
from callistics.records.fields import ALL_FIELDS, FIELDS
from callistics.texts import MAX_TEXT
from support.decoders import ARRIVAL, WHOLE, agree, merged, taken, taken_as_values

KNOWN = ALL_FIELDS[RecordKind.CALLS]
EXAMPLES = {**{name: one.example for name, one in KNOWN.items()}, "test": False}
"""A call that has every field."""
EDGES = (0, 1, MAX_ATTEMPT, MAX_DURATION_MS // 1000, MAX_COST, 2**31, 2**42, 2**53, 2**63, 2**64)
NUMBERS = (
    *(str(edge + step) for edge in EDGES for step in (-1, 0, 1)),
    *(f"{edge}.{part}" for edge in EDGES for part in ("0", "0005", "0000005", "9999999")),
    *(
        "-0",
        "-0.0",
        "0e0",
        "-0e-9",
        "1e0",
        "1E+2",
        "10e-1",
        "1e400",
        "-1e400",
        "1e-400",
        "-1e-400",
        "5e-324",
    ),
    *(
        "0.5",
        "0.0005",
        "0.00049999999999999999999",
        "0.0000005",
        "1.0000000000000000001",
        "-0.000000000000000000001",
    ),
    *("0.1000000000000000055511151231257827", "0." + "3" * 1_000, "7" * 5_000, "1e1000000000"),
    *("01", ".5", "1.", "+1", "NaN", "Infinity", "0x1", "1_000"),
)
TEXTS = (
    *("", " ", "\x00", "\u2028", "\ufeff", "é", "é", "ß", "İ", "\u017f", "😀", "null", "NULL"),
    *(c * length for c in "x😀" for length in (MAX_TEXT - 1, MAX_TEXT, MAX_TEXT + 1)),
    *('":', '" :', "\\", "usd", "Usd", "USD ", "USDT", "ÜSD", "u\u017fd", "USD\n", "US"),
    *("outbound", "OUTBOUND", "Inbound", "\u0131nbound", "inbound\x00", "sideways"),
    *SENTIMENTS,
    *(word.upper() for word in SENTIMENTS),
    *("true", "0.5", "1", "2025-01-15", "c", "m"),
)
TIMES = (
    *("2025-01-15T09:30:00Z", "2025-01-15T09:30:00.1234567Z", "2025-01-15 09:30:00+0530"),
    *("2025-01-15T09:30:00", "2025-01-15t09:30:00z", "2025-01-15T24:00:00Z", "20250115T093000Z"),
    *("2025-02-29T00:00:00Z", "2025-01-15T09:30:60Z", "2025-01-15T09:30:00-00:00"),
    *("2025-01-15T09:30:00+14:00", "2025-01-15T09:30:00+14:59", "2025-01-15T09:30:00+15:00"),
    *("1899-12-31T23:59:59.999999Z", "1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z"),
    *("2200-01-01T00:00:00Z", "2200-01-01T00:00:00+01:00", "1900-01-01T00:00:00+00:01"),
    *("2026-01-01T00:10:00Z", "2026-01-01T00:10:00.000001Z", "2025-01-15T09:30:00Z\n", "noon"),
    *("2025-W03-3T09:30:00Z", "2025W033T093000Z", "2025-015T09:30:00Z", "2025-366T09:30:00Z"),
    "2025-01-15T09:30:00\u221205:30",
    # The clocks of Kolkata showed these minutes twice.
    *("1945-10-14T23:30:00", "1945-10-15T00:15:00", "1945-10-14T23:30"),
)
OTHERS = ("null", "true", "false", "{}", "[]", '[""]', '{"a": null}', '{"a": {"b": [1e400]}}', "")
RAW = (r'"\ud800"', r'"\udc00\ud800"', r'"\ud83d\ude00"', r'"\u0000"', '"\t"', '"', r'"\x"')
SENT = (*NUMBERS, *(json.dumps(text) for text in (*TEXTS, *TIMES)), *OTHERS, *RAW)
"""JSON, or nearly, that may stand for the value of any field."""


def written(values: dict[str, Any], name: str = "", text: str = "") -> str:
    """A record as JSON, with the value of one field as it is given."""
    parts = [f"{json.dumps(n)}:{json.dumps(v)}" for n, v in values.items() if n != name]
    return "{" + ",".join([*parts, *([f'"{name}":{text}'] if name else [])]) + "}"


@pytest.mark.parametrize("spec", KNOWN.values(), ids=lambda spec: spec.name)
class TestField:
    def test_its_example_is_taken_by_both(self, spec: RecordField) -> None:
        needed = {n: v for n, v in EXAMPLES.items() if KNOWN[n].required or n == spec.part_of}
        text = written({**needed, "updated_at": EXAMPLES["updated_at"]}, spec.name, sent_by(spec))
        for batch in (taken(text), taken_as_values(text)):
            assert batch is not None
            (row,) = batch.rows(ARRIVAL).to_pylist()
            assert row == merged(text)
            if spec.kept is Kept.COLUMN:
                assert row[spec.stored_in] is not None

    def test_whatever_is_sent(self, spec: RecordField) -> None:
        for sent in sent_alone(spec):
            agree(written(EXAMPLES, spec.name, sent))

    def test_whatever_is_sent_together(self, spec: RecordField) -> None:
        agree(*(written(WHOLE, spec.name, sent) for sent in SENT))


def sent_alone(spec: RecordField) -> set[str]:
    """What is likely for its type, and of all else a part: other fields have the rest."""
    others = [*NUMBERS, *map(json.dumps, (*TEXTS, *TIMES))]
    return {*of_type(spec.type), *OTHERS, *RAW, *others[list(KNOWN).index(spec.name) % 4 :: 4]}


def sent_by(spec: RecordField) -> str:
    return json.dumps(EXAMPLES[spec.name])


def test_every_field_has_a_column() -> None:
    assert {one.stored_in for one in FIELDS[RecordKind.CALLS].values()} <= set(CALL_COLUMNS)


def of_type(kind: FieldType) -> Iterator[str]:
    """What is likely to be right, or just wrong, for a type."""
    match kind.storage:
        case Storage.INSTANT:
            yield from map(json.dumps, TIMES)
        case Storage.TEXT:
            yield from (*map(json.dumps, TEXTS), *RAW)
        case Storage.BOOLEAN:
            yield from ("true", "false")
        case _:
            yield from NUMBERS
    yield "null"


@st.composite
def records(draw: st.DrawFn) -> str:
    """A call with several fields that are likely to be right, or just wrong."""
    names = draw(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=4, unique=True))
    parts = {name: json.dumps(value) for name, value in EXAMPLES.items() if draw(st.booleans())}
    parts |= {n: json.dumps(EXAMPLES[n]) for n in KNOWN if KNOWN[n].required}
    parts |= {name: draw(st.sampled_from(list(of_type(KNOWN[name].type)))) for name in names}
    return "{" + ",".join(f'"{name}":{text}' for name, text in parts.items()) + "}"


@given(st.lists(records(), min_size=1, max_size=8))
def test_several_at_once(texts: list[str]) -> None:
    agree(*texts)
