"""Numbers as whole millionths, by the digits of order keys (see `model/payload.py`)."""

from collections.abc import Callable

from callistics.model.payload import EXPONENT_BIAS
from callistics.sql.fragment import Sql, raw

# 10^12 in millionths: what has more digits, or comes to as much by rounding, is not counted.
_MOST_DIGITS = 18
_LIMIT = 10**_MOST_DIGITS


def order_millionths(column: str, integer: Callable[[str], str]) -> Sql:
    """The number of an order key in whole millionths, halves away from zero, else NULL.

    `integer` reads a text of up to 19 digits as a 64-bit whole number.
    """
    # Exponent and digits; those of negative numbers are written as what they lack to nines.
    body = (
        f"CASE WHEN {column} LIKE 'n2%' THEN substr({column}, 3)"
        f" WHEN {column} LIKE 'n0%'"
        f" THEN rtrim(translate(substr({column}, 3), '0123456789', '9876543210'), '~')"
        f" WHEN {column} = 'n1' THEN '0000' END"
    )
    # How many of the digits are whole millionths.
    count = f"({integer(f'substr({body}, 1, 4)')} - {EXPONENT_BIAS - 7})"
    padded = f"({body} || '{'0' * (_MOST_DIGITS + 1)}')"
    whole = integer(f"'0' || substr({padded}, 5, {count})")
    up = f"CASE WHEN substr({padded}, 5 + {count}, 1) >= '5' THEN 1 ELSE 0 END"
    size = (
        f"CASE WHEN {count} < 0 THEN 0"
        f" WHEN {count} <= {_MOST_DIGITS} THEN {whole} + {up} ELSE {_LIMIT} END"
    )
    signed = f"CASE WHEN {column} LIKE 'n0%' THEN -({size}) ELSE {size} END"
    return raw(f"CASE WHEN {column} LIKE 'n%' AND {size} < {_LIMIT} THEN {signed} END")
