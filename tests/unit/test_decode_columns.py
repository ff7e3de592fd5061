"""Calls taken as columns are what the careful reading and merging would make of them."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callistics.model.scope import Scope
from support.decoders import ARRIVAL, WHOLE, agree, merged, taken, taken_as_values

TIMES = st.sampled_from(
    (
        "2025-01-15T09:30:00Z",
        "2025-01-15T09:30:00.123456Z",
        "2025-01-15T09:30:00.1234567Z",
        "2025-01-15T23:59:59-14:00",
        "2025-01-15t09:30:00z",
        "2025-01-15 09:30",
        "2025-01-15 09:30:01",
        "2025-01-15T23:59:59.999999",
        "2025-02-29T00:00:00",
        "2025-01-15 09:30:00+05",
        "2025-01-15 09:30:00-1130",
        "2025-01-15T09:30:00.5 UTC",
        "20250115T093000Z",
        "2025-02-30T00:00:00Z",
        "2025-01-15T09:30:60Z",
        "1899-12-31T23:59:59Z",
        "1900-01-01T00:00:00Z",
        "2199-12-31T23:59:59.999999Z",
        "9999-01-01T00:00:00Z",
        "2026-01-01T00:10:00Z",
        "2026-01-01T00:10:00.000001Z",
        "2026-01-03T00:00:00Z",
        "2026-01-03T00:00:00.000001Z",
        "noon",
    )
)
TEXTS = st.text(max_size=4) | st.sampled_from(('":', '" :', "x" * 1024, "x" * 1025, "c", "\x00"))
NUMBERS = st.sampled_from(
    (0, 1, 34.14, 0.0005, 0.0015, 1.0005, 1e-7, 5e-324, -0.0, -1, 10**6, 10**6 + 1, 1e300, 0.7)
) | st.decimals(0, 400, allow_nan=False, places=4).map(float)
VALUES = {
    **dict.fromkeys(("started_at", "ended_at", "updated_at"), TIMES),
    **dict.fromkeys(("attempt", "duration", "sentiment"), NUMBERS),
    "direction": st.sampled_from(("outbound", "inbound", "OUTBOUND", "Inbound", "sideways")),
    "test": st.booleans(),
    "payload": st.dictionaries(TEXTS, TEXTS | NUMBERS | st.none() | st.lists(TEXTS, max_size=2)),
}


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """A whole call with a few things changed, cleared or left out."""
    record: dict[str, Any] = dict(WHOLE)
    for name in draw(st.lists(st.sampled_from(sorted(WHOLE)), max_size=4, unique=True)):
        if draw(st.booleans()):
            del record[name]
        else:
            record[name] = draw(st.none() | VALUES.get(name, TEXTS))
    if draw(st.booleans()):
        record["duration"] = draw(st.none() | NUMBERS)
    return record


@given(records=st.lists(calls(), min_size=1, max_size=6))
def test_rows_are_those_of_merging(records: list[dict[str, Any]]) -> None:
    agree(*(json.dumps(record, ensure_ascii=False) for record in records))


@given(fields=st.sets(st.sampled_from(sorted(WHOLE.keys() - {"call_id", "merchant_id"}))))
def test_ordinary_records_are_taken(fields: set[str]) -> None:
    left_out = fields - {"reseller_id", "started_at"}
    cleared = {name: None for name in left_out if name != "status"}
    for record in (
        {name: value for name, value in WHOLE.items() if name not in left_out},
        {**WHOLE, **({} if "updated_at" in left_out else cleared)},
    ):
        for block in (taken(json.dumps(record)), taken_as_values(json.dumps(record))):
            assert block is not None
            assert block.rows(ARRIVAL).to_pylist() == [merged(json.dumps(record), 0)]


def test_what_is_in_doubt_is_left_to_the_careful_reading() -> None:
    whole = json.dumps(WHOLE)
    for text in (
        whole.replace('"m"', '"m","merchant_id":"n"'),
        whole.replace('"provider":', '"provider" :'),
        whole.replace('"test": false', '"test": true'),
        whole.replace('"c"', '"l"', 1),
        whole.replace('"provider"', '"providers"'),
        whole.replace("0.755", "0." + "7" * 3_000),
        whole.replace("0.755", "0." + "7" * 1_001),
        whole.replace("0.755", "0.7" + "0" * 1_001),
        whole.replace('"won"', "null"),
        whole[:-1],
        "[]",
        "7",
    ):
        assert taken(text) is None, text


def test_exact_numbers_stay_exact_in_payloads() -> None:
    text = json.dumps(WHOLE).replace("1.5", "1.5000000000000000000000000000000000000001")
    block = taken(text)
    assert block is not None
    (row,) = block.rows(ARRIVAL).to_pylist()
    assert "1.5000000000000000000000000000000000000001" in row["payload_own"]


def test_a_scope_leaves_out_what_is_not_its_own() -> None:
    whole = json.dumps(WHOLE)
    other = whole.replace('"m"', '"n"')
    block = taken(whole, other, scope=Scope(merchant_ids=frozenset({"n", "o"})))
    assert block is not None
    assert list(block.indices) == [1]
    assert taken(whole, scope=Scope(reseller_ids=frozenset({"r"}))) is None
