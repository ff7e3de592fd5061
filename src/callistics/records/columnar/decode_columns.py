"""The columns of calls that were sent together, and which of them are plainly right.

How each column is kept is derived from the declaration of its field, with the limits of its
numbers.
"""

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np
import pyarrow as pa

from callistics.model.scope import Scope
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT
from callistics.records.columnar.arrow import pc
from callistics.records.columnar.row_codec import TIME, later_times
from callistics.records.columnar.sent_calls import FRACTIONS, SENT_FIELDS, Later, SentCalls
from callistics.records.columnar.sent_times import instants
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import CURRENCY, Storage
from callistics.records.field_values import MAX_AHEAD, MAX_DURATION_MS, Reading
from callistics.records.fields import FIELDS, PARTS
from callistics.records.outcomes import outcome_key
from callistics.records.record_times import ORDERED

# What is cleared as of a time of its own.
_MERGED = frozenset(FIELDS[RecordKind.CALLS]) - PARTS.keys()

_TIMES = [one.name for one in SENT_FIELDS if one.type.storage is Storage.INSTANT]
_SCALED = [one for one in SENT_FIELDS if one.type.scale is not None]
_PARTS = [one for one in SENT_FIELDS if one.part_of is not None]
# Of a number that was read as a float it is not known how many digits were written: tiny numbers
# are in doubt, as are those about half-way between two that are kept, or so large that a float
# tells such neighbours apart no more.
_TINY, _ABOUT_HALF, _LARGEST = 1e-6, 0.001, 2.0**42


class Columns:
    """Calls as columns of Arrow, in the order they were given."""

    def __init__(self, calls: SentCalls, reading: Reading) -> None:
        self._calls = calls
        self._reading = reading
        self._sent, self._cleared = calls.columns, calls.cleared
        self._later_at = instants(_placed(len(calls), calls.later), reading.zone)
        self._times = {name: instants(self._sent[name], reading.zone) for name in _TIMES}
        self._scaled = {one.name: self._plausible(one) for one in _SCALED}
        self._lasted_ms = _lasted_ms(self._times)

    def table(self) -> pa.Table:
        """The columns of `row_codec.CALL_COLUMNS`, with `status` in place of `events`.

        `later_at` is the time of a score that was sent later.
        """
        sent = self._sent
        kept = {one.stored_in: self._kept(one) for one in SENT_FIELDS}
        return pa.table(
            kept
            | {
                "lead_id": pc.coalesce(sent["lead_id"], sent["call_id"]),
                "duration_ms": pc.coalesce(kept["duration_sent_ms"], self._lasted_ms),
                "outcome_key": _outcome_keys(sent["outcome"]),
                "payload_own": pa.array(self._calls.payloads, pa.string()),
                "field_times": pa.array(self._field_times(), pa.string()),
                "later_at": self._later_at.cast(TIME),
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
        found = self._calls.plain
        for test in (*self._tests(), *self._limits(scope)):
            # What a test cannot tell of is absent, and so is not wrong.
            found = pc.and_(found, pc.fill_null(test, fill_value=True))
        return found.to_pylist()

    def _tests(self) -> Iterator[pa.Array]:
        sent = self._sent
        yield pc.invert(sent["test"])
        yield pc.not_equal(sent["lead_id"], sent["call_id"])
        yield from self._time_tests()
        yield from self._number_tests()
        for one in _PARTS:
            yield pc.or_(sent[one.name].is_null(), sent[one.part_of or ""].is_valid())
        if any(self._cleared):
            yield from self._clearing_tests()
        if self._calls.later:
            yield from self._later_tests()

    def _later_tests(self) -> Iterator[pa.Array]:
        alone = np.ones(len(self._calls), np.bool_)
        alone[list(self._calls.later)] = False
        newer = pc.greater(self._later_at, self._times["updated_at"])
        yield pc.or_(pa.array(alone), pc.fill_null(newer, fill_value=False))
        yield pc.less_equal(self._later_at, self._reading.now + MAX_AHEAD)
        yield pa.array([not names or one for names, one in zip(self._cleared, alone, strict=True)])

    def _clearing_tests(self) -> Iterator[pa.Array]:
        sent, cleared = self._sent, self._cleared
        for one in _PARTS:
            brought = [one.name in names and one.part_of not in names for names in cleared]
            yield pc.or_(pc.invert(pa.array(brought)), sent[one.part_of or ""].is_valid())
        yield pa.array(["status" not in names for names in cleared])
        # A field that is cleared as of its arrival has a time that is not known yet.
        timed = self._times["updated_at"].is_valid()
        yield pc.or_(timed, pa.array([not one for one in cleared]))

    def _time_tests(self) -> Iterator[pa.Array]:
        for name, time in self._times.items():
            yield pc.equal(pc.is_valid(self._sent[name]), pc.is_valid(time))
            yield pc.and_(pc.greater_equal(time, FIRST_INSTANT), pc.less(time, LAST_INSTANT))
        # An end given with a duration does not count, wherever it lies.
        aside = self._sent["duration"].is_valid()
        for name in ORDERED:
            in_order = pc.greater_equal(self._times[name], self._times["started_at"])
            yield pc.or_kleene(in_order, aside if name == "ended_at" else False)
        yield pc.or_kleene(pc.less_equal(self._lasted_ms, MAX_DURATION_MS), aside)
        now = self._reading.now
        yield pc.less_equal(self._times["started_at"], now + self._reading.ahead)
        yield pc.less_equal(self._times["updated_at"], now + MAX_AHEAD)

    def _number_tests(self) -> Iterator[pa.Array]:
        for name in FRACTIONS:
            yield pc.or_(pc.equal(self._sent[name], 0), pc.greater(self._sent[name], _TINY))
        for name, scaled in self._scaled.items():
            yield pc.equal(self._sent[name].is_valid(), scaled.is_valid())
            part = pc.subtract(scaled, pc.floor(scaled))
            yield pc.greater(pc.abs(pc.subtract(part, 0.5)), _ABOUT_HALF)

    def _limits(self, scope: Scope) -> Iterator[pa.Array]:
        for name, allowed in scope.limits():
            yield pc.is_in(self._sent[name], pa.array(sorted(allowed), pa.string()))

    def _plausible(self, one: RecordField) -> pa.Array:
        """Numbers as sent in the parts that are kept, null where they are too large."""
        scaled = pc.multiply(self._sent[one.name], one.type.scale)
        return pc.if_else(pc.less(scaled, min(one.type.most or 0, _LARGEST)), scaled, None)

    def _field_times(self) -> list[str | None]:
        """As `row_codec.call_rows` has them: of fields that were cleared, or sent later."""
        times = self._times["updated_at"]
        found: list[str | None] = [None] * len(self._cleared)
        rows = ((row, names) for row, names in enumerate(self._cleared) if names)
        for row, names in rows:
            kept = {name: times[row].as_py() for name in sorted(names) if name in _MERGED}
            if kept:
                found[row] = msgspec.json.encode(kept).decode()
        for row, one in self._calls.later.items():
            at, others = self._later_at[row].as_py(), times[row].as_py()
            if at is not None and others is not None:
                found[row] = later_times(one.field, at, others)
        return found


def _lasted_ms(times: Mapping[str, pa.Array]) -> pa.Array:
    """Milliseconds from start to end, half up."""
    lasted = pc.subtract(times["ended_at"], times["started_at"])
    return pc.divide(pc.add(lasted, 500), 1000)


def _placed(number: int, later: Mapping[int, Later]) -> pa.Array:
    """The times of scores that were sent later, null elsewhere."""
    times: list[str | None] = [None] * number
    for row, one in later.items():
        times[row] = one.updated_at
    return pa.array(times, pa.string())


def _outcome_keys(outcomes: pa.Array) -> pa.Array:
    coded = outcomes.dictionary_encode()
    keys = [outcome_key(outcome) for outcome in coded.dictionary.to_pylist()]
    return pa.array(keys, pa.string()).take(coded.indices)
