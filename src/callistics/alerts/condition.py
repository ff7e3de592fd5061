"""Whether a figure meets the condition of an alert."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from callistics.model.alerts import Condition

TESTS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "above": operator.gt,
    "at_least": operator.ge,
    "below": operator.lt,
    "at_most": operator.le,
}
"""How a figure is held against a value."""
CHANGES = ("above", "below")
"""Whether a change is one upwards or downwards."""


def is_met(condition: Condition, value: Decimal | None, previous: Decimal | None) -> bool | None:
    """Whether it is; None where there is no figure to tell it from.

    A change from 0 is above any percentage.
    """
    if value is None or (condition.versus is not None and previous is None):
        return None
    if condition.percent is None:
        return TESTS[condition.test](Fraction(value), Fraction(condition.value or 0))
    now, then = Fraction(value), Fraction(previous or 0)
    change = now - then if condition.test == "above" else then - now
    return change > abs(then) * Fraction(condition.percent) / 100
