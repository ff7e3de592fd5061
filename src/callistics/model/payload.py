"""Payloads: canonical text, the flat form that is queried, and the order of values.

A payload is stored as its canonical JSON text, which gives back what was sent, and flattened for
queries: every path that a filter can name becomes one key, so that dots need no thought later.

- `scalars`: path → canonical text of a string, number or boolean;
- `lists`: path → the list's elements, each a pair (canonical text, order key), nulls as
  (None, None) and objects, which hold no value but are there, as (None, `NO_VALUE`); an object
  outside a list, or an empty list, is there as a list of one such element;
- `orders`: path → order key, for scalars that compare as numbers or dates;
- `types`: path → the JSON type of the value, for all that is there and not null.

An order key is ASCII text that sorts as the value does, which makes comparisons exact for numbers
of any length: `n…` numbers, `i…` instants, `l…` wall-clock readings without an offset.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import msgspec

from callistics.model.instants import Written, parse_iso
from callistics.model.json import as_list, as_object, decode_canonical
from callistics.model.short_texts import kept_for_short_texts

Element = tuple[str | None, str | None]

MAX_KEY_LENGTH = 128
MAX_DEPTH = 32
MAX_DIGITS = 1_000
# Sorts before every order key, so that no comparison finds it.
NO_VALUE = "!"

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_NINES = str.maketrans("0123456789", "9876543210")
EXPONENT_BIAS = 5_000
_MAX_EXPONENT = 4_000
_EPOCH_BIAS = 10**18
_SORTED = msgspec.json.Encoder(order="sorted", decimal_format="number")
_LARGE = 1 << 63


class PayloadError(ValueError):
    """The payload is JSON but not one that can be kept."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A payload as queries see it; see the module's description."""

    scalars: dict[str, str] = field(default_factory=dict[str, str])
    lists: dict[str, list[Element]] = field(default_factory=dict[str, list[Element]])
    orders: dict[str, str] = field(default_factory=dict[str, str])
    types: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def shape(self) -> str | None:
        """Its paths and their types as canonical JSON, None where there are none."""
        return _SORTED.encode(self.types).decode() if self.types else None


def is_wide(number: int | Decimal) -> bool:
    """Whether a number takes more than `MAX_DIGITS` digits without an exponent.

    Whole numbers were read from as many.
    """
    if isinstance(number, int) or number.is_zero():
        return False
    return abs(number.adjusted()) > MAX_DIGITS or len(number.as_tuple().digits) > MAX_DIGITS


def check_width(number: int | Decimal) -> None:
    """Raises `PayloadError` for one that `is_wide`."""
    if is_wide(number):
        raise PayloadError(f"a number needs more than {MAX_DIGITS:,} digits")


def number_text(number: int | Decimal) -> str:
    """The exact decimal value without exponent or trailing zeros: 8.2e1 is `82`.

    Raises `PayloadError` where that takes more than `MAX_DIGITS` digits.
    """
    if isinstance(number, int):
        return str(number)
    if number.is_zero():
        return "0"
    check_width(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def scalar_text(value: str | int | Decimal | bool) -> str:
    """Canonical text of a scalar: what equality compares."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value)


def canonical_json(value: object) -> str:
    """JSON text with sorted keys, no white space and exact numbers: equal values, equal text."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        return "null"
    if isinstance(value, bool | int | Decimal):
        return scalar_text(value)
    members = as_object(value)
    if members is not None:
        pairs = sorted(members.items())
        inside = (f"{canonical_json(name)}:{canonical_json(item)}" for name, item in pairs)
        return "{" + ",".join(inside) + "}"
    items = as_list(value)
    assert items is not None
    return "[" + ",".join(map(canonical_json, items)) + "]"


def canonical_payload(payload: dict[str, object]) -> str:
    """The text a payload is stored as. Raises `PayloadError` if it cannot be kept."""
    if has_texts_alone(payload):
        return _SORTED.encode(payload).decode()
    odd: list[object] = []
    plain = _plain(payload, 1, odd)
    return canonical_json(payload) if odd else _SORTED.encode(plain).decode()


def has_texts_alone(payload: Mapping[str, object]) -> bool:
    """Whether all members of a payload are texts: most are like that."""
    return all(type(value) is str for value in payload.values())


def _plain(value: object, depth: int, odd: list[object]) -> object:
    """The value so that any encoder gives the canonical text; numbers that none would are `odd`.

    Raises `PayloadError` beyond `MAX_DEPTH`.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | Decimal):
        return _plain_number(value, odd)
    if depth > MAX_DEPTH:
        raise PayloadError(f"nested more than {MAX_DEPTH} levels deep")
    members = as_object(value)
    if members is not None:
        return {name: _plain(item, depth + 1, odd) for name, item in members.items()}
    return [_plain(item, depth + 1, odd) for item in as_list(value) or ()]


def _plain_number(number: int | Decimal, odd: list[object]) -> int | Decimal:
    text = number_text(number)
    found = Decimal(text) if "." in text else int(text)
    if str(found) != text or abs(found) >= _LARGE:
        odd.append(number)
    return found


def overlaid(lead: str | None, call: str | None) -> str | None:
    """Canonical text of a lead's payload overlaid by a call's own, per top-level key."""
    if lead is None or call is None or lead == call:
        return call if lead is None else lead
    return _merged(lead, call)


@kept_for_short_texts(4_096)
def _merged(lead: str, call: str) -> str:
    return canonical_json({**_decoded(lead), **_decoded(call)})


def _decoded(payload: str) -> dict[str, object]:
    found = as_object(decode_canonical(payload))
    assert found is not None
    return found


def flat(payload: str) -> Flat:
    """The flat form of a payload given as canonical text."""
    found = Flat()
    seen: set[str] = set()
    for path, item in _paths("", _decoded(payload)):
        if path not in seen:
            seen.add(path)
            _place(found, path, item)
    return found


def _paths(prefix: str, members: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Every path into nested objects; of two readings of one path the longer literal first."""
    for name in sorted(members, key=len, reverse=True):
        path = f"{prefix}{name}"
        if 0 < len(path) <= MAX_KEY_LENGTH:
            item = members[name]
            yield path, item
            inside = as_object(item)
            if inside:
                yield from _paths(f"{path}.", inside)


def _place(found: Flat, path: str, value: object) -> None:
    if value is not None:
        found.types[path] = _json_type(value)
    if isinstance(value, str | int | Decimal):
        text = scalar_text(value)
        found.scalars[path] = text
        order = None if isinstance(value, bool) else order_key(text)
        if order is not None:
            found.orders[path] = order
    elif value is not None:
        found.lists[path] = list(_elements(value)) or [(None, NO_VALUE)]


def _json_type(value: object) -> str:
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | Decimal):
        return "number"
    return "object" if as_list(value) is None else "array"


def _elements(value: object) -> Iterator[Element]:
    """The elements of a list, those of lists inside it among them; of an object itself."""
    inside = as_list(value)
    if inside is not None:
        for item in inside:
            yield from _elements(item)
    elif value is None:
        yield None, None
    elif isinstance(value, str | int | Decimal):
        text = scalar_text(value)
        yield text, None if isinstance(value, bool) else order_key(text)
    else:
        yield None, NO_VALUE


@kept_for_short_texts(16_384)
def order_key(text: str) -> str | None:
    """The order key of a text that is a number or an ISO date; None for any other."""
    if _NUMBER.fullmatch(text):
        try:
            return number_order(Decimal(text))
        except InvalidOperation:
            # No Decimal has an exponent of 19 digits or more. It is an id that looks like a number.
            return None
    if len(text) >= 10 and text[4] == text[7] == "-":
        try:
            return date_order(parse_iso(text))
        except ValueError:
            return None
    return None


def number_order(number: Decimal) -> str | None:
    """A text that sorts among others as the number does; None beyond 10^±4,000."""
    if number.is_zero():
        return "n1"
    sign, digits, _ = number.as_tuple()
    exponent = number.adjusted()
    if abs(exponent) > _MAX_EXPONENT:
        return None
    mantissa = "".join(map(str, digits)).rstrip("0")
    body = f"{exponent + EXPONENT_BIAS:04d}{mantissa}"
    return f"n0{body.translate(_NINES)}~" if sign else f"n2{body}"


def date_order(written: Written) -> str:
    """The order key of the first moment that a written date covers."""
    if written.offset is None:
        return local_order(written.local)
    return instant_order(written.first)


def instant_order(instant: int) -> str:
    """The order key of an instant."""
    return f"i{instant + _EPOCH_BIAS:019d}"


def local_order(local: int) -> str:
    """The order key of a wall-clock reading without an offset."""
    return f"l{local + _EPOCH_BIAS:019d}"
