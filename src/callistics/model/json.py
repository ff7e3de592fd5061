"""Reading JSON strictly: no duplicate keys, no NaN, no lone surrogates, exact numbers."""

import json
import re
from decimal import Decimal
from typing import cast

import msgspec

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_MAX_DIGITS = 4300

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
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
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


def apart(body: bytes) -> bool:
    """Whether a colon may stand apart from the key before it."""
    return _APART.search(body) is not None


_NESTING = (dict, list)


def keys_in(value: object) -> int:
    """How many keys all objects in a value have."""
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).values()
        return len(items) + sum(keys_in(item) for item in items if type(item) in _NESTING)
    if isinstance(value, list):
        return sum(map(keys_in, cast("list[object]", value)))
    return 0


def _careful(body: bytes) -> object:
    try:
        text = body.decode("utf-8-sig")
        value = _DECODER.decode(text)
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
        raise NotJsonError(f"a number has more than {_MAX_DIGITS:,} digits") from None
    return value


def as_object(value: object) -> dict[str, object] | None:
    """A decoded value if it is a JSON object, else None."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[object] | None:
    """A decoded value if it is a JSON array, else None."""
    return cast("list[object]", value) if isinstance(value, list) else None
