"""Calls that were sent as JSON texts."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import msgspec
import numpy as np
import pyarrow as pa

from callistics.model.json import KEY_END, NotJsonError, apart, as_object, decode, keys_in
from callistics.model.payload import MAX_DIGITS, PayloadError, canonical_payload
from callistics.model.short_texts import kept_for_short_texts
from callistics.records.columnar.arrow import pc
from callistics.records.columnar.later_scores import KEYS_BESIDE, decode_score, put_in
from callistics.records.columnar.sent_calls import (
    FRACTIONS,
    KNOWN,
    Later,
    SentCalls,
    call_type,
    columns_of,
)
from callistics.records.field import RecordField

_NOTHING = msgspec.Raw()
_decode_call = msgspec.json.Decoder(call_type(msgspec.Raw, _NOTHING)).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
# Of a number that was read as a float it is not known how many digits were written: those of long
# texts are in doubt.
_LONG = 2_000
# More digits than any number may have, though a float of them looks like any other.
_MANY_DIGITS = re.compile(rb":[ \t\r\n]*-?[\d.]{%d}" % MAX_DIGITS)
# One that was read as a limit may have been written beyond it, but only with more digits than a
# float tells apart or with an exponent.
_FINE = re.compile(rb":[ \t\r\n]*-?(?:[\d.]{17}|[\d.]+[eE])")

# No JSON text has it.
_BETWEEN = b"\0"

Payload = tuple[str | None, int]
"""Canonical text of a payload and the number of its keys: -1 for one that is not in order."""


def _limits_of(one: RecordField) -> list[float]:
    """The least and the greatest number that a field may have, as its schema tells them."""
    schemas: list[Any] = [one.type.schema, *cast("list[Any]", one.type.schema.get("oneOf", []))]
    return [kind[end] for kind in schemas for end in ("minimum", "maximum") if end in kind]


_LIMITS = {name: pa.array(_limits_of(KNOWN[name]), pa.float64()) for name in FRACTIONS}


def sent_as_texts(texts: Sequence[bytes]) -> tuple[list[int], SentCalls]:
    """The calls among JSON texts that have every required field, and the indices of these."""
    indices, calls, scores = _decoded(texts)
    later = put_in(calls, scores)
    said = [texts[index] for index in indices]
    cleared = [_cleared(text) if b"null" in text else () for text in said]
    for row, one in later.items():
        said[row] = _BETWEEN.join((said[row], texts[one.index]))
    return indices, _sent(calls, said, cleared, later)


def _decoded(texts: Sequence[bytes]) -> tuple[list[int], list[Any], list[tuple[int, Any]]]:
    """Calls with their indices, and scores with theirs."""
    indices: list[int] = []
    calls: list[Any] = []
    scores: list[tuple[int, Any]] = []
    for index, text in enumerate(texts):
        try:
            calls.append(_decode_call(text))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            # The careful reading tells what there is about others.
            with suppress(msgspec.MsgspecError, ValueError, RecursionError):
                scores.append((index, decode_score(text)))
        else:
            indices.append(index)
    return indices, calls, scores


def _sent(
    calls: Sequence[Any],
    texts: Sequence[bytes],
    cleared: Sequence[tuple[str, ...]],
    later: Mapping[int, Later],
) -> SentCalls:
    columns = columns_of(calls)
    payloads = _payloads(calls)
    written = np.array([text.count(KEY_END) for text in texts], np.int64)
    written[list(later)] -= KEYS_BESIDE
    plain = pa.array(_are_plain(texts), pa.bool_())
    for test in (
        pa.array([keys >= 0 for _, keys in payloads], pa.bool_()),
        pc.equal(_keys_kept(columns, payloads, cleared), pa.array(written)),
        _plain_at_limits(columns, texts),
    ):
        plain = pc.and_(plain, test)
    return SentCalls(columns, [text for text, _ in payloads], cleared, plain, later)


def _are_plain(texts: Sequence[bytes]) -> list[bool]:
    """Whether nothing about how each text is written is odd."""
    # Mostly it is said of all of them at once that there is nothing.
    may_be_apart = apart(_BETWEEN.join(texts))
    return [not _is_odd(text, may_be_apart=may_be_apart) for text in texts]


def _is_odd(text: bytes, *, may_be_apart: bool) -> bool:
    if len(text) > MAX_DIGITS and (len(text) > _LONG or _MANY_DIGITS.search(text) is not None):
        return True
    return may_be_apart and apart(text)


def _keys_kept(
    columns: dict[str, pa.Array],
    payloads: Sequence[Payload],
    cleared: Sequence[tuple[str, ...]],
) -> pa.Array:
    """How many keys were kept of each call, those of its payload and nulls among them."""
    inside = [keys + (text is not None) for text, keys in payloads]
    found = [keys + len(names) for keys, names in zip(inside, cleared, strict=True)]
    kept = pa.array(found, pa.int64())
    for column in columns.values():
        kept = pc.add(kept, column.is_valid().cast(pa.int64()))
    return kept


def _plain_at_limits(columns: dict[str, pa.Array], texts: Sequence[bytes]) -> pa.Array:
    """Whether no number that is a limit was written in more digits than can be told apart."""
    found = pa.array([False] * len(texts), pa.bool_())
    for name in FRACTIONS:
        # Arrow tells a zero with a sign from one without.
        found = pc.or_(found, pc.is_in(pc.abs(columns[name]), _LIMITS[name]))
    plain = np.ones(len(texts), np.bool_)
    for row in np.flatnonzero(found.to_numpy(zero_copy_only=False)).tolist():
        plain[row] = _FINE.search(texts[row]) is None
    return pa.array(plain)


def _cleared(text: bytes) -> tuple[str, ...]:
    """The fields that are null."""
    return tuple(name for name, value in _decode_members(text).items() if bytes(value) == b"null")


def _payloads(calls: Sequence[Any]) -> list[Payload]:
    """The payload of each call; most come many times."""
    known: dict[bytes, Payload] = {}
    return [
        (None, 0) if call.payload is _NOTHING else _payload(bytes(call.payload), known)
        for call in calls
    ]


def _payload(text: bytes, known: dict[bytes, Payload]) -> Payload:
    found = known.get(text)
    if found is None:
        known[text] = found = _canonical(text)
    return found


@kept_for_short_texts(16_384)
def _canonical(text: bytes) -> Payload:
    if text == b"null":
        return None, 0
    try:
        members = as_object(decode(text))
        return (None, -1) if members is None else (canonical_payload(members), keys_in(members))
    except (NotJsonError, PayloadError):
        return None, -1
