"""Reading the values of records: from what was sent to what is kept, each with its rule.

Values are kept as: text as `str`, instants, durations and costs as `int` (µs, ms, millionths),
sentiment as `float`, yes and no as `bool`, a payload as its canonical JSON text. `None` clears a
field.

`read_…` turns a JSON value that is not null into a `Value`, or raises `ValueError` with a sentence
for people. `tie_…` gives what decides between two values of the same time.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from callistics.model.instants import DAY, HOUR, MINUTE, lasting, parse_iso
from callistics.model.json import as_object
from callistics.model.payload import canonical_payload, number_text
from callistics.model.rounding import half_up
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT, Zone
from callistics.texts import limited

Value = str | int | float | bool | None

MAX_AHEAD = 10 * MINUTE
MAX_ATTEMPT = 1_000_000
MAX_DURATION_MS = 10 * 366 * 24 * HOUR // 1000
MAX_COST = 10**12
CURRENCY_PATTERN = "^[A-Za-z]{3}$"
DIRECTIONS = ("outbound", "inbound")
SENTIMENTS = {"positive": 1.0, "neutral": 0.5, "negative": 0.0}


@dataclass(frozen=True, slots=True)
class Reading:
    """What parsing a field may need to know: the zone of times without an offset, and now.

    A call may start up to `ahead` µs from now.
    """

    zone: Zone
    now: int
    ahead: int = 2 * DAY


def read_text(value: object, _: Reading) -> str:
    """A text, which may be empty."""
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return limited(value)


def read_name(value: object, reading: Reading) -> str:
    """A text that names something."""
    text = read_text(value, reading)
    if not text:
        raise ValueError("must not be empty")
    return text


def read_instant(value: object, reading: Reading) -> int:
    """An ISO 8601 time, in the zone of the reading where it has no offset."""
    if not isinstance(value, str):
        raise ValueError("must be a string such as 2025-01-31T23:59:59Z")
    written = parse_iso(value)
    instant = reading.zone.instant(written.local) if written.offset is None else written.first
    if not FIRST_INSTANT <= instant < LAST_INSTANT:
        raise ValueError("must lie between the years 1900 and 2200")
    return instant


def later_instant(first: int, sent: object, reading: Reading) -> int | None:
    """The second occurrence of a time as sent, whose first is given; None if it has only one."""
    if not isinstance(sent, str) or parse_iso(sent).offset is not None:
        return None
    second = reading.zone.instant(reading.zone.local(first), last=True)
    return None if second == first else second


def read_updated_at(value: object, reading: Reading) -> int:
    """A time that is not ahead of the server's clock."""
    instant = read_instant(value, reading)
    if instant > reading.now + MAX_AHEAD:
        raise ValueError("more than 10 minutes ahead of the server's clock")
    return instant


def read_started_at(value: object, reading: Reading) -> int:
    """A time that is not far ahead: one such call would stretch every range that is left open."""
    instant = read_instant(value, reading)
    if instant > reading.now + reading.ahead:
        allowed = lasting(reading.ahead)
        raise ValueError(f"more than {allowed} ahead of the server's clock (future_limit)")
    return instant


def _number(value: object) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number")
    number_text(value)
    return value


def read_duration(value: object, _: Reading) -> int:
    """Seconds, as whole milliseconds."""
    number = _number(value)
    if number < 0:
        raise ValueError("must not be negative")
    if number > MAX_DURATION_MS // 1000:
        raise ValueError("longer than ten years")
    numerator, denominator = number.as_integer_ratio()
    return half_up(numerator * 1000, denominator)


def read_attempt(value: object, _: Reading) -> int:
    """A whole number from 1."""
    number = _number(value)
    if not 1 <= number <= MAX_ATTEMPT:
        raise ValueError(f"must lie between 1 and {MAX_ATTEMPT:,}")
    if number != int(number):
        raise ValueError("must be a whole number")
    return int(number)


def read_sentiment(value: object, _: Reading) -> float:
    """A number from 0 to 1, or the word for one in any case."""
    if isinstance(value, str):
        if value.lower() not in SENTIMENTS:
            raise ValueError("must be a number from 0 to 1, or positive, neutral or negative")
        return SENTIMENTS[value.lower()]
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError("must lie between 0.0 and 1.0")
    # Zero has no sign, so that the order in which it comes with another does not show.
    return float(number) + 0.0


def read_cost(value: object, _: Reading) -> int:
    """An amount of money, as whole millionths, half up."""
    number = _number(value)
    if number < 0:
        raise ValueError("must not be negative")
    numerator, denominator = number.as_integer_ratio()
    millionths = half_up(numerator * 1_000_000, denominator)
    if number >= MAX_COST or millionths >= MAX_COST * 1_000_000:
        raise ValueError(f"must be below {MAX_COST:,}")
    return millionths


def read_currency(value: object, reading: Reading) -> str:
    """Three ASCII letters, in upper case."""
    return currency_code(read_text(value, reading))


def currency_code(text: str) -> str:
    """A currency in upper case. Raises `ValueError` for other than three ASCII letters."""
    if not re.fullmatch(CURRENCY_PATTERN, text):
        raise ValueError("must be three letters such as USD")
    return text.upper()


def read_direction(value: object, _: Reading) -> str:
    """`outbound` or `inbound`, sent in any case."""
    word = value.lower() if isinstance(value, str) else None
    if word not in DIRECTIONS:
        raise ValueError('must be "outbound" or "inbound"')
    return word


def read_flag(value: object, _: Reading) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def read_payload(value: object, _: Reading) -> str:
    """An object, as its canonical text."""
    payload = as_object(value)
    if payload is None:
        raise ValueError("must be an object")
    return canonical_payload(payload)


def tie_instant(value: Value) -> int:
    """Of two times the later one."""
    assert isinstance(value, int)
    return value


def tie_duration(value: Value) -> str:
    """Of two durations the one whose seconds are the greater text."""
    assert isinstance(value, int)
    return number_text(Decimal(value).scaleb(-3))


def tie_cost(value: Value) -> str:
    """Of two costs the one that is the greater text."""
    assert isinstance(value, int)
    return number_text(Decimal(value).scaleb(-6))


def tie_sentiment(value: Value) -> str:
    """Of two sentiments the one that is the greater text."""
    return number_text(Decimal(repr(value)))


def tie_payload(value: Value) -> str:
    """Of two payloads the one that is the greater text."""
    return str(value)
