"""One text for a value, however the format of its file writes it."""

import re
from collections.abc import Callable
from decimal import Decimal

from callistics.mapping import times
from callistics.model.instants import utc_text_of
from callistics.model.json import encode
from callistics.model.payload import PayloadError, number_text

# With zeros in front, or a plus, it is an id rather than a number.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_CLOCK = re.compile(r"0*(\d+):(\d\d)(?::(\d\d)(?:\.(\d+))?)?", re.ASCII)
_FLAGS = frozenset({"true", "false"})
# Shorter texts say no date.
_SHORTEST_DATE = 8


def canonical(value: object) -> str | None:
    """The text of a value, None for blanks.

    Numbers have no zeros at the end of a fraction, true and false are in lower case, dates that
    say one thing only are ISO 8601 with their time of the day, in UTC where they have an offset,
    and times of the day have seconds. All other texts are as they are, but for blanks around them.
    """
    if isinstance(value, str):
        text = value.strip()
        return next((found for way in _WAYS if (found := way(text)) is not None), text or None)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(Decimal(repr(value)) if isinstance(value, float) else value)
    return encode(value).decode()


def _number(value: int | Decimal) -> str:
    try:
        return number_text(value)
    except PayloadError:
        return str(value)


def _said_number(text: str) -> str | None:
    if not _NUMBER.fullmatch(text):
        return None
    return text if "." not in text and text != "-0" else _number(Decimal(text))


def _flag(text: str) -> str | None:
    return text.lower() if text.lower() in _FLAGS else None


def _clock(text: str) -> str | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds, fraction = found.groups()
    rest = (fraction or "").rstrip("0")
    return f"{hours}:{minutes}:{seconds or '00'}" + (f".{rest}" if rest else "")


def _date(text: str) -> str | None:
    if len(text) < _SHORTEST_DATE:
        return None
    try:
        found = times.read(text)
    except ValueError:
        return None
    if found is None:
        return None
    return utc_text_of(found.local, found.offset)


_WAYS: tuple[Callable[[str], str | None], ...] = (_said_number, _flag, _clock, _date)
