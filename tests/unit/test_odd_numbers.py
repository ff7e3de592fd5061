"""Numbers are compared as they are written, however the record is decoded."""

import pytest

from callistics.model.scope import EVERYTHING
from callistics.model.zones import zone
from callistics.records.columnar.call_batch import batch_of
from callistics.records.decode import Change, parse_text
from callistics.records.field import RecordKind
from callistics.records.field_values import MAX_DURATION_MS, Reading

READING = Reading(zone("UTC"), 1_767_225_600_000_000)


def call(name: str, number: str) -> bytes:
    known = '"call_id":"c","merchant_id":"m","reseller_id":"r","started_at":"2025-01-15T09:30:00Z"'
    return f'{{{known},"{name}":{number}}}'.encode()


def parsed(text: bytes) -> Change | None:
    found = parse_text(RecordKind.CALLS, text, READING)
    return found if isinstance(found, Change) else None


@pytest.mark.parametrize("zero", ["-0", "-0.0", "-0e1", "-0.00"])
def test_zero_has_no_sign(zero: str) -> None:
    text = call("sentiment", zero)
    change = parsed(text)
    assert change is not None
    assert repr(change.values["sentiment"]) == "0.0"
    batch = batch_of([text], READING, EVERYTHING)
    if batch is not None:
        assert repr(batch.rows(0)["sentiment"].to_pylist()) == "[0.0]"


@pytest.mark.parametrize(("more", "is_right"), [("", True), (".0", True), (f".{'0' * 40}1", False)])
def test_a_duration_is_compared_with_the_longest_digit_by_digit(more: str, is_right: bool) -> None:
    text = call("duration", f"{MAX_DURATION_MS // 1000}{more}")
    assert (parsed(text) is not None) is is_right
    assert batch_of([text], READING, EVERYTHING) is None


@pytest.mark.parametrize("name", ["sentiment", "duration", "cost"])
@pytest.mark.parametrize("number", ["0." + "7" * 1_001, "0.7" + "0" * 1_001])
def test_what_has_too_many_digits_is_refused_by_both(name: str, number: str) -> None:
    text = call(name, number)
    assert parsed(text) is None
    assert batch_of([text], READING, EVERYTHING) is None
