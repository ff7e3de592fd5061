"""Lengths of time as texts say them."""

from decimal import Decimal

import pytest

from callistics.mapping.numbers import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3m 12s", 192),
        (" 1h 02m 03s ", 3723),
        ("2 hrs 5 min", 7500),
        ("1 hour 1 minute", 3660),
        ("45 Seconds", 45),
        ("90m", 5400),
        ("12.5s", Decimal("12.5")),
        ("PT1H2M3.5S", Decimal("3723.5")),
        ("pt45s", 45),
    ],
)
def test_lengths_with_their_units(text: str, seconds: object) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["12s 3m", "3mo", "5", "h", "PT", "P1D", "1,234s", "-3m", ""])
def test_what_is_none(text: str) -> None:
    assert seconds_of(text) is None
