"""Numbers are compared as they are written, however the record is decoded."""

import pytest

from callistics.records.field_values import MAX_DURATION_MS
from support.decoders import read, taken, taken_as_values


def call(name: str, number: str) -> str:
    known = '"call_id":"c","merchant_id":"m","reseller_id":"r","started_at":"2025-01-15T09:30:00Z"'
    return f'{{{known},"{name}":{number}}}'


@pytest.mark.parametrize("zero", ["-0", "-0.0", "-0e1", "-0.00"])
def test_zero_has_no_sign(zero: str) -> None:
    text = call("sentiment", zero)
    change = read(text)
    assert change is not None
    assert repr(change.values["sentiment"]) == "0.0"
    for batch in (taken(text), taken_as_values(text)):
        if batch is not None:
            assert repr(batch.rows(0)["sentiment"].to_pylist()) == "[0.0]"


@pytest.mark.parametrize(("more", "is_right"), [("", True), (".0", True), (f".{'0' * 40}1", False)])
def test_a_duration_is_compared_with_the_longest_digit_by_digit(more: str, is_right: bool) -> None:
    text = call("duration", f"{MAX_DURATION_MS // 1000}{more}")
    assert (read(text) is not None) is is_right
    assert taken(text) is None
    assert taken_as_values(text) is None


@pytest.mark.parametrize("name", ["sentiment", "duration", "cost"])
@pytest.mark.parametrize("number", ["0." + "7" * 1_001, "0.7" + "0" * 1_001])
def test_what_has_too_many_digits_is_refused_by_both(name: str, number: str) -> None:
    text = call(name, number)
    assert read(text) is None
    assert taken(text) is None
    assert taken_as_values(text) is None
