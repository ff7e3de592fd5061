"""The one place where figures are rounded: half away from zero, exactly.

Shares and averages have 2 decimals, what is measured has 6.
"""

from decimal import Decimal

_MILLION = 1_000_000
# Whole numbers below it have no more digits than any double keeps.
_DIGITS_OF_DOUBLE = 10**15


def ratio(numerator: int, denominator: int, *, scale: int = 1) -> float | None:
    """`scale * numerator / denominator` to 2 decimals; None where the denominator is 0.

    Works on whole numbers, so that no binary fraction decides which way a half goes.
    """
    if denominator == 0:
        return None
    doubled, positive = 2 * 100 * scale * abs(numerator), abs(denominator)
    hundredths = (doubled + positive) // (2 * positive)
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * hundredths / 100


def percentage(part: int, whole: int) -> float | None:
    """The share of a whole, 0-100; None where the whole is 0."""
    return ratio(part, whole, scale=100)


def seconds(milliseconds: int) -> int | float | Decimal:
    """Milliseconds as seconds, exactly: a whole number where it is one."""
    whole, rest = divmod(milliseconds, 1000)
    if rest == 0:
        return whole
    if milliseconds < _DIGITS_OF_DOUBLE:
        return milliseconds / 1000
    return Decimal(f"{whole}.{rest:03d}".rstrip("0"))


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator / denominator, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


def half_away(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator / denominator > 0, halves away from zero."""
    size = half_up(abs(numerator), denominator)
    return -size if numerator < 0 else size


def of_millionths(value: int) -> int | Decimal:
    """The exact number, a whole one where it is: never with an exponent or trailing zeros."""
    if value % _MILLION == 0:
        return value // _MILLION
    whole, rest = divmod(abs(value), _MILLION)
    sign = "-" if value < 0 else ""
    return Decimal(f"{sign}{whole}.{rest:06d}".rstrip("0"))
