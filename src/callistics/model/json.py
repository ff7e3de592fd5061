"""Reading JSON strictly: no duplicate keys, no NaN, no lone surrogates, exact numbers."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import cast

import msgspec

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_MAX_DIGITS = 4300
_TOO_LONG = f"a number has more than {_MAX_DIGITS:,} digits"
# Far beyond any body that is right, and within what every reader and writer of JSON here can do.
MAX_NESTING = 512

# Each key is followed by these, or else by white space. Where there is none of that, and no more of
# these than keys that a quick reader kept, no key came twice. What looks the same inside a text
# is left to the careful reader.
KEY_END = b'":'
_APART = re.compile(rb'"[ \t\r\n]')


class NotJsonError(ValueError):
    """The text is not JSON, or is JSON that says one thing twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        # `add` gives None, which is false.
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise NotJsonError(f'the key "{twice[:128]}" occurs twice in one object')
    return found


def _no_constant(name: str) -> object:
    raise NotJsonError(f"{name} is not a JSON value")


_QUICK = msgspec.json.Decoder(float_hook=Decimal)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Decimal, parse_constant=_no_constant
)


def decode(body: bytes) -> object:
    """The value of a JSON text: objects as dict, numbers as int or Decimal.

    Raises `NotJsonError` with a sentence for people.
    """
    try:
        value = _QUICK.decode(body)
        if not apart(body) and body.count(KEY_END) == keys_in(value):
            return value
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
        # What is wrong is told below, in words for people.
        pass
    return _careful(body)


encode = msgspec.json.Encoder(decimal_format="number").encode
"""The JSON of a value; a Decimal is a number, with all its digits."""


def as_decoded(value: object, depth: int = 0) -> object:
    """A value as `decode` gives it of the JSON text that says it: numbers as int or Decimal.

    Its texts must be valid. Raises `NotJsonError` where `decode` would.
    """
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return _number(value)
    members, items = as_object(value), as_list(value)
    if members is None and items is None:
        return value
    if depth >= MAX_NESTING:
        raise NotJsonError("nested too deeply")
    if members is not None:
        return {name: as_decoded(one, depth + 1) for name, one in members.items()}
    return [as_decoded(one, depth + 1) for one in items or ()]


def _number(value: Decimal) -> int | Decimal:
    text = str(value)
    if "." in text or "E" in text:
        return value
    if len(text) > _MAX_DIGITS:
        raise NotJsonError(_TOO_LONG)
    return int(value)


def decode_canonical(text: str) -> object:
    """The value of a text that the product wrote itself, which has no key twice."""
    try:
        return _QUICK.decode(text)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
        return decode(text.encode())


def apart(body: bytes) -> bool:
    """Whether a colon may stand apart from the key before it."""
    return _APART.search(body) is not None


_NESTING = (dict, list)


def keys_in(value: object) -> int:
    """How many keys all objects in a value have. Raises `NotJsonError` beyond `MAX_NESTING`."""
    found, depth, level = 0, 0, [value]
    while level:
        if depth >= MAX_NESTING:
            raise NotJsonError("nested too deeply")
        inside: list[object] = []
        for item in level:
            items: Iterable[object] = ()
            if isinstance(item, dict):
                members = cast("dict[str, object]", item)
                found += len(members)
                items = members.values()
            elif isinstance(item, list):
                items = cast("list[object]", item)
            inside += [one for one in items if type(one) in _NESTING]
        level, depth = inside, depth + 1
    return found


def _careful(body: bytes) -> object:
    try:
        text = body.decode("utf-8-sig")
        value = _DECODER.decode(text)
        keys_in(value)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except NotJsonError:
        raise
    except UnicodeDecodeError:
        raise NotJsonError("not valid UTF-8 text") from None
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        message = f"a text has {half}, which is half of a pair and no character by itself"
        raise NotJsonError(message) from None
    except json.JSONDecodeError as error:
        raise NotJsonError(f"not JSON: {error}") from None
    except RecursionError:
        raise NotJsonError("nested too deeply") from None
    except (ValueError, ArithmeticError):
        raise NotJsonError(_TOO_LONG) from None
    return value


def as_object(value: object) -> dict[str, object] | None:
    """A decoded value if it is a JSON object, else None."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[object] | None:
    """A decoded value if it is a JSON array, else None."""
    return cast("list[object]", value) if isinstance(value, list) else None


def whole_number(value: object) -> int | None:
    """The value if it is a whole JSON number (`10.0` is one), else None."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int):
        return value
    if value and value.adjusted() > 30:
        return 2**100 if value > 0 else -(2**100)
    return int(value) if value == value.to_integral_value() else None
