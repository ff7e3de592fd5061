"""Batches of JSON that are sent as they came, and those that have to be taken apart."""

import json
from typing import Any

import pytest

from callistics.cli.importing.mapping_options import Said, make_mapping, plain_mapping
from callistics.files.fitting import fitted
from callistics.files.lines import Batch, Line, batched
from callistics.records.field import RecordKind

PLAIN = plain_mapping(RecordKind.CALLS)
CALL = {
    "call_id": "c",
    "started_at": "2025-01-05T10:00:00Z",
    "duration": 4.5,
    "direction": "inbound",
}


def batch(*records: Any) -> Batch:
    lines = (Line(n, json.dumps(one).encode()) for n, one in enumerate(records, start=1))
    (found,) = batched(lines, 100, 1 << 20)
    return found


def test_what_fits_is_sent_as_it_came() -> None:
    given = batch(CALL, {"call_id": "d", "sentiment": None, "payload": {"a": "2025/1/5"}})
    (found,) = fitted([given], PLAIN)
    assert found is given


@pytest.mark.parametrize(
    ("sent", "fit"),
    [
        ({"call_id": 42}, {"call_id": "42"}),
        ({"merchant_id": 7}, {"merchant_id": "7"}),
        ({"duration": "67"}, {"duration": 67}),
        ({"direction": "Outgoing"}, {"direction": "outbound"}),
        ({"test": "no"}, {"test": False}),
        ({"started_at": "2025/1/5 10:00"}, {"started_at": "2025-01-05T10:00:00"}),
        ({"ended_at": "2025-01-05 10:01 PM"}, {"ended_at": "2025-01-05T22:01:00"}),
        ({"answered_at": "5 Jan 2025"}, {"answered_at": "2025-01-05T00:00:00"}),
        ({"updated_at": "20250105100000"}, {"updated_at": "2025-01-05T10:00:00"}),
    ],
)
def test_one_value_that_does_not_fit_is_made_to(sent: dict[str, Any], fit: dict[str, Any]) -> None:
    (found,) = fitted([batch(CALL, {**CALL, **sent})], PLAIN)
    assert [json.loads(text) for text in found.texts or ()] == [CALL, {**CALL, **fit}]
    assert found.numbers == [1, 2]


def test_what_would_be_misread_is_bad_and_what_is_no_record_is_left() -> None:
    (found,) = fitted([batch({**CALL, "started_at": 1736071200}, [], CALL)], PLAIN)
    assert found.numbers == [2, 3]
    assert found.bodies[0] == b"[]"
    (bad,) = found.bad
    assert (bad.number, bad.errors[0].message.split(":")[:2]) == (
        1,
        ["started_at", " 1736071200 has no unit"],
    )


def test_mapped_records_are_left_alone() -> None:
    given = batch({"call_id": 42})
    (found,) = fitted([given], make_mapping(PLAIN, Said(nulls=("x",))))
    assert found is given
