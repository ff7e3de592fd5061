"""The columns of calls that were decoded together, and which of them are plainly right.

What each column takes is derived from the declaration of its field: its plain type in JSON, how it
is kept, and the limits of its numbers.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, cast

import msgspec
import pyarrow as pa

from callistics.model.json import KEY_END, NotJsonError, apart, as_object, decode, keys_in
from callistics.model.payload import MAX_DIGITS, PayloadError, canonical_payload
from callistics.model.scope import Scope
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT
from callistics.records.columnar.arrow import pc
from callistics.records.columnar.row_codec import ARROW, TIME
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import CURRENCY, Storage
from callistics.records.field_values import MAX_AHEAD, Reading
from callistics.records.fields import ALL_FIELDS, FIELDS
from callistics.records.merge import PARTS
from callistics.records.outcomes import outcome_key
from callistics.records.record_times import ORDERED

_NOTHING = msgspec.Raw()
_KNOWN = ALL_FIELDS[RecordKind.CALLS]


def _member(one: RecordField) -> tuple[str, Any] | tuple[str, Any, Any]:
    if one.required:
        return one.name, one.type.sent
    return (
        (one.name, one.type.sent, _NOTHING)
        if _is_payload(one)
        else (one.name, one.type.sent | None, None)
    )


def _is_payload(one: RecordField) -> bool:
    return one.type.sent is msgspec.Raw


Call: Any = msgspec.defstruct(
    "Call",
    [_member(one) for one in sorted(_KNOWN.values(), key=lambda one: not one.required)],
    forbid_unknown_fields=True,
    gc=False,
)
"""A call that has every required field; what it lacks and what it clears is None alike."""

decode_call = msgspec.json.Decoder(Call).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
# What is cleared as of a time of its own.
_MERGED = frozenset(FIELDS[RecordKind.CALLS]) - PARTS.keys()

_FIELDS = [one for one in _KNOWN.values() if not _is_payload(one)]
_TIMES = [one.name for one in _FIELDS if one.type.storage is Storage.INSTANT]
_SCALED = [one for one in _FIELDS if one.type.scale is not None]
_FRACTIONS = [one.name for one in _FIELDS if one.type.storage is Storage.DOUBLE or one in _SCALED]
_PARTS = [one for one in _FIELDS if one.part_of is not None]
_ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$"
# Of a number that was read as a float it is not known how many digits were written: those of long
# texts and tiny numbers are in doubt, as are those about half-way between two that are kept, or so
# large that a float tells such neighbours apart no more.
_LONG, _TINY, _ABOUT_HALF, _LARGEST = 2_000, 1e-6, 0.001, 2.0**42
# One that was read as a limit may have been written beyond it, but only with more digits than a
# float tells apart or with an exponent.
_FINE = re.compile(rb":[ \t\r\n]*-?(?:[\d.]{17}|[\d.]+[eE])")


def _limits_of(one: RecordField) -> list[float]:
    """The least and the greatest number that a field may have, as its schema tells them."""
    schemas: list[Any] = [one.type.schema, *cast("list[Any]", one.type.schema.get("oneOf", []))]
    return [kind[end] for kind in schemas for end in ("minimum", "maximum") if end in kind]


_LIMITS = {
    one.name: pa.array(_limits_of(one), pa.float64()) for one in _FIELDS if one.name in _FRACTIONS
}


class Columns:
    """Calls as columns of Arrow, in the order they were given."""

    def __init__(self, calls: Sequence[Any], texts: Sequence[bytes], reading: Reading) -> None:
        self.texts = texts
        self._reading = reading
        self._sent = {
            one.name: pa.array([getattr(call, one.name) for call in calls], _sent_type(one))
            for one in _FIELDS
        }
        self._payloads = [_payload(call.payload) for call in calls]
        self._cleared = [_cleared(text) if b"null" in text else () for text in texts]
        self._times = {name: _instants(self._sent[name]) for name in _TIMES}
        self._scaled = {one.name: self._plausible(one) for one in _SCALED}

    def table(self) -> pa.Table:
        """The columns of `row_codec.CALL_COLUMNS`, with `status` in place of `events`."""
        sent = self._sent
        kept = {one.stored_in: self._kept(one) for one in _FIELDS}
        return pa.table(
            kept
            | {
                "lead_id": pc.coalesce(sent["lead_id"], sent["call_id"]),
                "duration_ms": pc.coalesce(kept["duration_sent_ms"], self._lasted()),
                "outcome_key": _outcome_keys(sent["outcome"]),
                "payload_own": pa.array([text for text, _ in self._payloads], pa.string()),
                "field_times": pa.array(self._field_times(), pa.string()),
            }
        )

    def _kept(self, one: RecordField) -> pa.Array:
        """The values of a field as they are kept."""
        if one.name in self._times:
            return self._times[one.name].cast(TIME)
        if one.name in self._scaled:
            return pc.floor(pc.add(self._scaled[one.name], 0.5)).cast(pa.int64())
        if one.type.storage is Storage.DOUBLE:
            # Zero has no sign.
            return pc.add(self._sent[one.name], 0.0)
        values = self._sent[one.name]
        return pc.ascii_upper(values) if one.type is CURRENCY else values

    def good(self, scope: Scope) -> list[bool]:
        """Whether each call is beyond doubt what the careful reading would make of it."""
        found = pa.array([not _is_odd(text) for text in self.texts], pa.bool_())
        for test in (*self._tests(), *self._limits(scope)):
            # What a test cannot tell of is absent, and so is not wrong.
            found = pc.and_(found, pc.fill_null(test, fill_value=True))
        return found.to_pylist()

    def _tests(self) -> Iterator[pa.Array]:
        sent, times = self._sent, self._times
        yield pa.array([keys >= 0 for _, keys in self._payloads])
        yield pc.equal(self._keys_kept(), pa.array([text.count(KEY_END) for text in self.texts]))
        yield pc.invert(sent["test"])
        yield pc.not_equal(sent["lead_id"], sent["call_id"])
        yield from self._time_tests()
        yield from self._number_tests()
        for one in _PARTS:
            brought = [one.name in names and one.part_of not in names for names in self._cleared]
            alone = pc.or_(sent[one.name].is_valid(), pa.array(brought))
            yield pc.or_(pc.invert(alone), sent[one.part_of or ""].is_valid())
        yield pa.array(["status" not in names for names in self._cleared])
        # A field that is cleared as of its arrival has a time that is not known yet.
        yield pc.or_(times["updated_at"].is_valid(), pa.array([not one for one in self._cleared]))

    def _time_tests(self) -> Iterator[pa.Array]:
        for name, time in self._times.items():
            yield pc.equal(pc.is_valid(self._sent[name]), pc.is_valid(time))
            yield pc.and_(pc.greater_equal(time, FIRST_INSTANT), pc.less(time, LAST_INSTANT))
        for name in ORDERED:
            in_order = pc.greater_equal(self._times[name], self._times["started_at"])
            # An end given with a duration does not count, wherever it lies.
            aside = self._sent["duration"].is_valid() if name == "ended_at" else False
            yield pc.or_kleene(in_order, aside)
        now = self._reading.now
        yield pc.less_equal(self._times["started_at"], now + self._reading.ahead)
        yield pc.less_equal(self._times["updated_at"], now + MAX_AHEAD)

    def _number_tests(self) -> Iterator[pa.Array]:
        for name in _FRACTIONS:
            yield pc.or_(pc.equal(self._sent[name], 0), pc.greater(self._sent[name], _TINY))
        yield self._plain_at_limits()
        for name, scaled in self._scaled.items():
            yield pc.equal(self._sent[name].is_valid(), scaled.is_valid())
            part = pc.subtract(scaled, pc.floor(scaled))
            yield pc.greater(pc.abs(pc.subtract(part, 0.5)), _ABOUT_HALF)

    def _plain_at_limits(self) -> pa.Array:
        """Whether no number that is a limit was written in more digits than can be told apart."""
        found = pa.array([False] * len(self.texts))
        for name in _FRACTIONS:
            # Arrow tells a zero with a sign from one without.
            at_limit = pc.is_in(pc.abs(self._sent[name]), _LIMITS[name])
            found = pc.or_(found, at_limit)
        rows = zip(found.to_pylist(), self.texts, strict=True)
        return pa.array([not at_limit or not _FINE.search(text) for at_limit, text in rows])

    def _limits(self, scope: Scope) -> Iterator[pa.Array]:
        for name, allowed in scope.limits():
            yield pc.is_in(self._sent[name], pa.array(sorted(allowed), pa.string()))

    def _keys_kept(self) -> pa.Array:
        """How many keys were kept of each call, those of its payload and nulls among them."""
        inside = [keys + (text is not None) for text, keys in self._payloads]
        kept = pa.array(
            [keys + len(names) for keys, names in zip(inside, self._cleared, strict=True)]
        )
        for column in self._sent.values():
            kept = pc.add(kept, column.is_valid().cast(pa.int64()))
        return kept

    def _plausible(self, one: RecordField) -> pa.Array:
        """Numbers as sent in the parts that are kept, null where they are too large."""
        scaled = pc.multiply(self._sent[one.name], one.type.scale)
        return pc.if_else(pc.less(scaled, min(one.type.most or 0, _LARGEST)), scaled, None)

    def _lasted(self) -> pa.Array:
        """Milliseconds from start to end, half up."""
        lasted = pc.subtract(self._times["ended_at"], self._times["started_at"])
        return pc.divide(pc.add(lasted, 500), 1000)

    def _field_times(self) -> list[str | None]:
        """As `row_codec.call_row` has them: the times of fields that were cleared."""
        times = self._times["updated_at"]
        found: list[str | None] = [None] * len(self._cleared)
        for row, names in enumerate(self._cleared):
            kept = {name: times[row].as_py() for name in sorted(names) if name in _MERGED}
            if kept:
                found[row] = msgspec.json.encode(kept).decode()
        return found


def _sent_type(one: RecordField) -> pa.DataType:
    """The Arrow type of values as they were decoded."""
    if one.type.scale is not None:
        return pa.float64()
    return pa.string() if one.type.storage is Storage.INSTANT else ARROW[one.type.storage]


# More digits than any number may have, though a float of them looks like any other.
_MANY_DIGITS = re.compile(rb":[ \t\r\n]*-?[\d.]{%d}" % MAX_DIGITS)


def _is_odd(text: bytes) -> bool:
    return len(text) > _LONG or apart(text) or _MANY_DIGITS.search(text) is not None


def _instants(texts: pa.Array) -> pa.Array:
    """Instants (µs) of ISO texts; null where one is absent or not plainly a time that exists."""
    plain = pc.if_else(pc.match_substring_regex(texts, _ISO), texts, None)
    try:
        return plain.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        # One of them does not exist, such as a 30th of February.
        return pa.array([None] * len(texts), pa.int64())


def _outcome_keys(outcomes: pa.Array) -> pa.Array:
    coded = outcomes.dictionary_encode()
    keys = [outcome_key(outcome) for outcome in coded.dictionary.to_pylist()]
    return pa.array(keys, pa.string()).take(coded.indices)


def _cleared(text: bytes) -> tuple[str, ...]:
    """The fields that are null."""
    return tuple(name for name, value in _decode_members(text).items() if bytes(value) == b"null")


def _payload(sent: msgspec.Raw) -> tuple[str | None, int]:
    """Canonical text of a payload and the number of its keys: -1 for one that is not in order."""
    return (None, 0) if sent is _NOTHING else _canonical(bytes(sent))


@lru_cache(maxsize=16_384)
def _canonical(text: bytes) -> tuple[str | None, int]:
    if text == b"null":
        return None, 0
    try:
        members = as_object(decode(text))
        return (None, -1) if members is None else (canonical_payload(members), keys_in(members))
    except (NotJsonError, PayloadError):
        return None, -1
