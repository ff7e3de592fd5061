"""Numbers and lengths of time as people write them, exactly."""

import re
import unicodedata
from decimal import Context, Decimal, InvalidOperation

from callistics.model.payload import check_width

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d\d(?:[.,]\d{1,9})?)", re.ASCII)
_SECOND = r"(\d{1,7}(?:\.\d{1,9})?)"
# `1h 02m 03s` and the like, and the `PT1H2M3S` of ISO 8601; one unit at least.
_SPELT = re.compile(
    r"(?=\d)(?:(\d{1,4}) ?h(?:ours?|rs?)?)? ?(?:(\d{1,6}) ?m(?:in(?:ute)?s?)?)?"
    rf" ?(?:{_SECOND} ?s(?:ec(?:ond)?s?)?)?",
    re.ASCII | re.IGNORECASE,
)
_ISO = re.compile(
    rf"PT(?=\d)(?:(\d{{1,4}})H)?(?:(\d{{1,6}})M)?(?:{_SECOND}S)?", re.ASCII | re.IGNORECASE
)
_FEW_DIGITS = 19
ALL_DIGITS = 10**15
"""Below it a float, and a number of Excel, has all digits of a whole number."""
DECIMAL_MARKS = (".", ",")
# Enough for any number that a record may have.
_EXACT = Context(prec=10_000)

_GROUPS = {
    ".": re.compile(r"[+-]?\d{1,3}(?:[,\u00a0\u202f ']\d{3})+(?:\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(?:[.\u00a0\u202f ']\d{3})+(?:,\d*)?", re.ASCII),
}
_COMMA = re.compile(r"[+-]?(?:\d+,?\d*|,\d+)", re.ASCII)
_SEPARATORS = re.compile(r"[\u00a0\u202f ']")

# How much of a second, or of a currency, one is.
SECONDS = {
    "s": Decimal(1),
    "ms": Decimal("0.001"),
    "us": Decimal("0.000001"),
    "ns": Decimal("0.000000001"),
    "min": Decimal(60),
    "h": Decimal(3600),
}
MONEY = {"cents": Decimal("0.01"), "micros": Decimal("0.000001")}


def number(value: object, mark: str | None = None) -> int | Decimal | None:
    """The number that a value is or says, None where it is none.

    `mark` is the decimal mark; where it is given, the other marks may stand between thousands.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    return _said(value.strip(), mark) if isinstance(value, str) else None


def _said(text: str, mark: str | None) -> int | Decimal | None:
    if len(text) < _FEW_DIGITS and text.isascii() and text.isdigit():
        return int(text)
    if mark is not None:
        text = _plain(text, mark)
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _plain(text: str, mark: str) -> str:
    """The text with a point as its decimal mark, and nothing between thousands."""
    if _GROUPS[mark].fullmatch(text):
        text = _SEPARATORS.sub("", text.replace("." if mark == "," else ",", ""))
    elif mark == "," and not _COMMA.fullmatch(text):
        # With a comma for the mark a point is none: 1.5 is neither 15 nor 1,5.
        return ""
    return text.replace(",", ".") if mark == "," else text


def percent(value: object, mark: str | None = None) -> int | Decimal | None:
    """The number before a percent sign, None where there is none."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        return number(value.rstrip()[:-1], mark)
    return None


def money(value: object, mark: str | None = None) -> int | Decimal | None:
    """The number that a value is or says, with the sign of a currency before or after it."""
    found = number(value, mark)
    if found is None and isinstance(value, str):
        return number(_without_currency_sign(value.strip()), mark)
    return found


def _without_currency_sign(text: str) -> str:
    sign, amount = (text[0], text[1:]) if text.startswith(("-", "+")) else ("", text)
    if amount and unicodedata.category(amount[0]) == "Sc":
        return sign + amount[1:].lstrip()
    if amount and unicodedata.category(amount[-1]) == "Sc":
        return sign + amount[:-1].rstrip()
    return text


def seconds_of(value: object) -> Decimal | int | None:
    """The seconds of a length such as `0:02:46`, `02:46`, `2m 46s` or `PT2M46S`, else None."""
    text = value.strip() if isinstance(value, str) else ""
    found = _CLOCK.fullmatch(text) or _SPELT.fullmatch(text) or _ISO.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    rest = Decimal((seconds or "0").replace(",", "."))
    if found.re is _CLOCK and (rest >= 60 or (hours is not None and int(minutes) >= 60)):
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60
    return whole + int(rest) if rest == int(rest) else whole + rest


def scaled(value: int | Decimal, factor: Decimal) -> int | Decimal:
    """A number times a factor, without rounding and without zeros at its end.

    Raises `PayloadError` where the number has too many digits to be one of these.
    """
    check_width(value)
    found = _EXACT.multiply(Decimal(value), factor)
    return int(found) if found == found.to_integral_value() else _EXACT.normalize(found)
