"""Numbers that are kept as floats."""

from decimal import Decimal

# Characters of numbers that a float gives back whatever they are, and of those that are looked at.
_FEW, _MANY = 15, 40
# Below it a float has all digits of a whole number.
_WHOLE = 1 << 53


def gives_back(value: int | Decimal) -> bool:
    """Whether a float that the number is read as says the same."""
    if isinstance(value, int):
        return abs(value) < _WHOLE
    text = str(value)
    if len(text) <= _FEW and "E" not in text:
        return True
    return len(text) <= _MANY and Decimal(repr(float(value))) == value
