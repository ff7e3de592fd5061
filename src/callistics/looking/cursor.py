"""Cursors: where a page of calls ended, as a text that says nothing to who holds it.

It has the position, the range as it was first read, a digest of what it belongs to (the filters as
written, the zone, the order and the scope), and one of all of these: a text that was damaged is
refused, as it would skip calls, or find some of another range. Neither a filter nor an access key
can be read from it.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from callistics.model.instants import DAY, number_of
from callistics.model.json import as_list, as_object
from callistics.model.payload import canonical_json, is_wide
from callistics.model.scope import Scope
from callistics.model.search import Position
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT
from callistics.texts import MAX_TEXT

_VERSION = 2
_DIGEST_BYTES = 16
# Of all years that a date can be written in, by any clock.
_FIRST_END = (number_of(date.min) - 2) * DAY
_LAST_END = (number_of(date.max) + 3) * DAY


class CursorError(ValueError):
    """A text that no page was answered with, or one of another search."""


class NoCursorError(CursorError):
    """A text that no page was answered with, whatever is searched for."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to go on, in which range: a half-open one (µs), None where it is open."""

    after: Position
    begin: int | None
    end: int | None


class _Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    version: int
    belongs: bytes
    begin: int | None
    end: int | None
    started_at: int
    merchant_id: str
    call_id: str
    check: bytes = b""


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(_Kept).decode


def digest(filters: Mapping[str, object], zone: str, order: str, scope: Scope) -> bytes:
    """What a cursor belongs to; a filter that is null is none."""
    given = {name: value for name, value in filters.items() if value is not None}
    limits: Sequence[object] = [[name, sorted(allowed)] for name, allowed in scope.limits()]
    text = canonical_json([_writable(given), zone, order, limits])
    return _digest(text.encode(errors="surrogatepass"))


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_DIGEST_BYTES]


def _writable(value: object) -> object:
    """The same with numbers of too many digits as they are written."""
    if isinstance(value, Decimal):
        return str(value) if is_wide(value) else value
    members = as_object(value)
    if members is not None:
        return {name: _writable(one) for name, one in members.items()}
    items = as_list(value)
    return value if items is None else [_writable(one) for one in items]


def cursor_text(cursor: Cursor, belongs: bytes) -> str:
    """A cursor as it is sent."""
    at = cursor.after
    kept = _Kept(
        _VERSION,
        belongs,
        cursor.begin,
        cursor.end,
        at.started_at,
        at.merchant_id,
        at.call_id,
    )
    return _text(kept)


def _text(kept: _Kept) -> str:
    """It with the check of all the rest."""
    checked = replace(kept, check=_digest(_encode(replace(kept, check=b""))))
    return base64.urlsafe_b64encode(_encode(checked)).decode().rstrip("=")


def read_cursor(text: str, belongs: bytes) -> Cursor:
    """The cursor that a text is. Raises `CursorError` with a sentence for people."""
    kept = _kept(text)
    if kept is None:
        raise NoCursorError("is none that was answered")
    if kept.belongs != belongs:
        raise CursorError("belongs to other filters, another timezone, order or key")
    return Cursor(Position(kept.started_at, kept.merchant_id, kept.call_id), kept.begin, kept.end)


def _kept(text: str) -> _Kept | None:
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        kept = _decode(packed)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    if kept.version != _VERSION or not _is_possible(kept):
        return None
    return kept if _text(kept) == text else None


def _is_possible(kept: _Kept) -> bool:
    """Whether no engine is asked for what no record and no range can have."""
    ends = [end for end in (kept.begin, kept.end) if end is not None]
    return (
        FIRST_INSTANT <= kept.started_at < LAST_INSTANT
        and all(_FIRST_END <= end <= _LAST_END for end in ends)
        and all(0 < len(one) <= MAX_TEXT for one in (kept.merchant_id, kept.call_id))
    )
