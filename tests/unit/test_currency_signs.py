"""The sign of a currency beside a number: costs may have one, other numbers may not."""

from decimal import Decimal

import pytest

from callistics.mapping.values import Reading
from support.mapped_values import read


@pytest.mark.parametrize(
    ("mark", "text", "cost"),
    [
        (None, "$1.20", Decimal("1.20")),
        (None, " ₹ 0.9 ", Decimal("0.9")),
        (None, "-$5", -5),
        (".", "£1,234.50", Decimal("1234.50")),
        (",", "1.234,50 €", Decimal("1234.50")),
        (None, "$1,20", "$1,20"),
        (None, "$", "$"),
        (None, "-", "-"),
        (None, "$$5", "$$5"),
        (None, "$-5", Decimal(-5)),
        (None, "$--5", "$--5"),
        (None, "-$-5", "-$-5"),
        (None, "USD 5", "USD 5"),
    ],
)
def test_the_sign_of_a_currency_is_no_part_of_a_cost(
    mark: str | None, text: str, cost: object
) -> None:
    assert read("cost", text, Reading(mark=mark)) == cost


def test_other_numbers_have_no_sign_of_a_currency() -> None:
    assert read("duration", "$5") == "$5"
    assert read("sentiment", "$1") == "$1"
