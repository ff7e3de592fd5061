"""The columns of calls that were decoded together, and which of them are plainly right."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
import pyarrow as pa

from callistics.model.json import KEY_END, NotJsonError, apart, as_object, decode, keys_in
from callistics.model.payload import PayloadError, canonical_payload
from callistics.model.scope import Scope
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT
from callistics.records.columnar.arrow import pc
from callistics.records.columnar.row_codec import TIME
from callistics.records.field_types import (
    MAX_AHEAD,
    MAX_ATTEMPT,
    MAX_DURATION_MS,
    MAX_TEXT,
    Reading,
)
from callistics.records.outcomes import outcome_key

_Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
_NOTHING = msgspec.Raw()


class Call(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A call that has every required field; what it lacks and what it clears is None alike."""

    call_id: _Name
    merchant_id: _Name
    reseller_id: _Name
    started_at: str
    template_id: _Text | None = None
    lead_id: _Name | None = None
    provider: _Text | None = None
    direction: Literal["outbound", "inbound"] | None = None
    attempt: Annotated[int, msgspec.Meta(ge=1, le=MAX_ATTEMPT)] | None = None
    duration: Annotated[float, msgspec.Meta(ge=0)] | None = None
    ended_at: str | None = None
    outcome: _Text | None = None
    sentiment: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    status: _Text | None = None
    payload: msgspec.Raw = _NOTHING
    test: bool | None = None
    updated_at: str | None = None


decode_call = msgspec.json.Decoder(Call).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

_FIELDS = tuple(name for name in Call.__struct_fields__ if name != "payload")
_TYPES = {"attempt": pa.int32(), "duration": pa.float64(), "sentiment": pa.float64()}
_TYPES["test"] = pa.bool_()
_TIMES = ("started_at", "ended_at", "updated_at")
_ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$"
# Of a number that was read as a float it is not known how many digits were written: those of long
# texts and tiny numbers are in doubt, as are durations about half-way between two milliseconds.
_LONG, _TINY, _ABOUT_HALF = 2_000, 1e-6, 0.001


class Columns:
    """Calls as columns of Arrow, in the order they were given."""

    def __init__(self, calls: Sequence[Call], texts: Sequence[bytes], reading: Reading) -> None:
        self.texts = texts
        self._reading = reading
        self._sent = {
            name: pa.array([getattr(call, name) for call in calls], _TYPES.get(name, pa.string()))
            for name in _FIELDS
        }
        self._payloads = [_payload(call.payload) for call in calls]
        self._cleared = [_cleared(text) if b"null" in text else () for text in texts]
        self._times = {name: _instants(self._sent[name]) for name in _TIMES}

    def table(self) -> pa.Table:
        """The columns of `rows.CALL_COLUMNS`, with `status` in place of `events`."""
        sent, times = self._sent, self._times
        same = ("merchant_id", "call_id", "reseller_id", "template_id", "provider", "direction")
        sent_ms = pc.floor(pc.add(self._plausible_ms(), 0.5)).cast(pa.int64())
        return pa.table(
            {name: sent[name] for name in (*same, "outcome", "sentiment", "test", "status")}
            | {name: time.cast(TIME) for name, time in times.items()}
            | {
                "lead_id": pc.coalesce(sent["lead_id"], sent["call_id"]),
                "attempt_sent": sent["attempt"],
                "duration_sent_ms": sent_ms,
                "duration_ms": pc.coalesce(sent_ms, self._lasted()),
                "outcome_key": _outcome_keys(sent["outcome"]),
                "payload_own": pa.array([text for text, _ in self._payloads], pa.string()),
                "field_times": pa.array(self._field_times(), pa.string()),
            }
        )

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
        for name, time in times.items():
            yield pc.equal(pc.is_valid(sent[name]), pc.is_valid(time))
            yield pc.and_(pc.greater_equal(time, FIRST_INSTANT), pc.less(time, LAST_INSTANT))
        # An end beside a duration does not count, wherever it lies.
        in_order = pc.greater_equal(times["ended_at"], times["started_at"])
        yield pc.or_kleene(in_order, sent["duration"].is_valid())
        yield pc.less_equal(times["updated_at"], self._reading.now + MAX_AHEAD)
        for name in ("duration", "sentiment"):
            yield pc.or_(pc.equal(sent[name], 0), pc.greater(sent[name], _TINY))
        ms = self._plausible_ms()
        yield pc.equal(sent["duration"].is_valid(), ms.is_valid())
        yield pc.greater(pc.abs(pc.subtract(pc.subtract(ms, pc.floor(ms)), 0.5)), _ABOUT_HALF)
        yield pa.array(["status" not in names for names in self._cleared])
        # A field that is cleared as of its arrival has a time that is not known yet.
        yield pc.or_(times["updated_at"].is_valid(), pa.array([not one for one in self._cleared]))

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

    def _plausible_ms(self) -> pa.Array:
        """Durations as sent, null where they are too long."""
        ms = pc.multiply(self._sent["duration"], 1000)
        return pc.if_else(pc.less(ms, MAX_DURATION_MS), ms, None)

    def _lasted(self) -> pa.Array:
        """Milliseconds from start to end, half up."""
        lasted = pc.subtract(self._times["ended_at"], self._times["started_at"])
        return pc.divide(pc.add(lasted, 500), 1000)

    def _field_times(self) -> list[str | None]:
        """As `rows.call_row` has them: the times of fields that were cleared."""
        times = self._times["updated_at"]
        found: list[str | None] = [None] * len(self._cleared)
        for row, names in enumerate(self._cleared):
            kept = {name: times[row].as_py() for name in sorted(names) if name != "updated_at"}
            if kept:
                found[row] = msgspec.json.encode(kept).decode()
        return found


def _is_odd(text: bytes) -> bool:
    return len(text) > _LONG or apart(text)


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
