"""Which JSON numbers are whole, however they are written."""

from decimal import Decimal

import pytest

from callistics.model.json import whole_number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        (Decimal("10.0"), 10),
        (Decimal("1e3"), 1_000),
        (Decimal("0.0"), 0),
        (Decimal("0e40"), 0),
        (Decimal("-0e400"), 0),
        (Decimal("1e400"), 2**100),
        (Decimal("-1e400"), -(2**100)),
        (Decimal("0.5"), None),
        (Decimal("1e-400"), None),
        (True, None),
        ("7", None),
    ],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    """Those beyond every limit come to one that is."""
    assert whole_number(value) == number
