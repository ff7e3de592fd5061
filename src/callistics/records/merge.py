"""Field-wise newest wins: how records become the one state of a call or a lead.

Whatever the order and the number of repeats, the same timed records end in the same state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callistics.model.payload import canonical_json
from callistics.records.decode import Change
from callistics.records.field import RecordKind
from callistics.records.field_types import Ordered
from callistics.records.field_values import Value
from callistics.records.fields import FIELDS, PARTS, REQUIRED
from callistics.records.record_times import first_from, lasted_ms

_PARTS_OF: Mapping[str, tuple[str, ...]] = {
    whole: tuple(name for name in PARTS if PARTS[name] == whole) for whole in PARTS.values()
}

SHARED: tuple[str, ...] = tuple(
    name for name, one in FIELDS[RecordKind.LEADS].items() if one.is_shared
)
"""What a lead's own records say of it, and where they do not, its earliest call."""

SHAPING = ("lead_id", "started_at", *SHARED, "provider", "attempt", "payload")
"""What of a call, its events aside, its lead, or the lead's other calls, depend on."""

CLOSING = ("ended_at", "duration")
"""What else they depend on where an event has no time: it is as of the end of the call."""

Event = tuple[str | None, int | None]
"""A status and its time; the time is None where it is the end, or start, of the call."""


class Events(set[Event]):
    """The statuses that records brought; what another one changes is told without a search."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        super().__init__(events)
        self._statuses = {status for status, _ in self}
        # Most have one, which has nothing to be compared with.
        self._newest = max(self, key=event_order) if len(self) > 1 else next(iter(self), None)

    def bring(self, event: Event) -> tuple[bool, bool]:
        """Add an event; whether a reader sees a difference, and whether it was not there yet."""
        if event in self:
            return False, False
        before = self._newest
        if before is None or event_order(event) > event_order(before):
            self._newest = event
        is_other = (None if before is None else before[0]) != (self._newest or event)[0]
        is_first = event[0] not in self._statuses
        self._statuses.add(event[0])
        self.add(event)
        return is_other or is_first, True


@dataclass(slots=True)
class State:
    """What all records of one call or lead come to.

    A field that no record brought is in neither mapping; one that was cleared has a time and the
    value None. A part of another field has no time of its own, and is there while it has a value.
    `first_seen` is the earliest time of any of its records.
    """

    values: dict[str, Value] = field(default_factory=dict[str, Value])
    times: dict[str, int] = field(default_factory=dict[str, int])
    events: Events = field(default_factory=Events)
    first_seen: int | None = None

    def copy(self) -> "State":
        """A state of its own with the same content."""
        return State(dict(self.values), dict(self.times), Events(self.events), self.first_seen)

    def on_trial(self) -> "State":
        """A copy whose fields are its own, and whose events are those of this one."""
        return State(dict(self.values), dict(self.times), self.events, self.first_seen)

    def get(self, name: str) -> Value:
        """The value of a field, None where it was cleared or never sent."""
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a change did: `visible` to a reader, or at least to how later records merge."""

    visible: bool
    stored: bool


def apply(kind: RecordKind, state: State, change: Change, arrival: int) -> Applied:
    """Merge one record into a state, in place."""
    fields = apply_fields(kind, state, change, arrival)
    status = apply_status(kind, state, change, arrival)
    return Applied(fields.visible or status.visible, fields.stored or status.stored)


def apply_status(kind: RecordKind, state: State, change: Change, arrival: int) -> Applied:
    """Merge the status of one record into a state, in place."""
    if not change.brings_status:
        return Applied(visible=False, stored=False)
    at = change.time
    if at is None and kind is RecordKind.LEADS:
        at = arrival
    return Applied(*state.events.bring((change.status, at)))


def apply_fields(kind: RecordKind, state: State, change: Change, arrival: int) -> Applied:
    """Merge all but the status of one record into a state, in place."""
    time = arrival if change.time is None else change.time
    values = _settled(state, change)
    visible = stored = False
    if not state.times:
        # Nothing to win against: the ordinary record, the first of its id.
        state.values.update(values)
        state.times.update((name, time) for name in values if name not in PARTS)
        stored = bool(values)
        visible = any(value is not None for value in values.values())
    else:
        for name, value in values.items():
            if name not in PARTS and _wins(kind, name, state, values, time):
                visible |= _taken(state, name, values)
                state.values[name], state.times[name] = value, time
                stored = True
    if state.first_seen is None or time < state.first_seen:
        state.first_seen, stored = time, True
    return Applied(visible, stored)


def _settled(state: State, change: Change) -> dict[str, Value]:
    """The values of a change; a time that may be two instants is none before the known start."""
    if not change.readings:
        return change.values
    start = state.get("started_at")
    if start is None:
        return change.values
    return {**change.values, **first_from(change.readings, int(start))}


def _wins(
    kind: RecordKind, name: str, state: State, values: Mapping[str, Value], time: int
) -> bool:
    known = state.times.get(name)
    if known is None or time != known:
        return known is None or time > known
    value, current = values[name], state.values.get(name)
    if value is None or current is None:
        return current is None and value is not None
    return _tie(kind, name, values) > _tie(kind, name, state.values)


def _tie(kind: RecordKind, name: str, values: Mapping[str, Value]) -> tuple[Ordered, ...]:
    """What decides between values of the same time: a field's own, then those of its parts."""
    fields = FIELDS[kind]
    found: list[Ordered] = [fields[name].type.tie(values[name])]
    for part in _PARTS_OF.get(name, ()):
        value = values.get(part)
        found += [value is not None, "" if value is None else fields[part].type.tie(value)]
    return tuple(found)


def _taken(state: State, name: str, values: Mapping[str, Value]) -> bool:
    """Take over the parts of a field; whether it or one of them is another one now."""
    known = state.values
    changes = known.get(name) != values[name]
    for part in _PARTS_OF.get(name, ()):
        value = values.get(part)
        changes |= known.get(part) != value
        known.pop(part, None)
        if value is not None:
            known[part] = value
    return changes


def event_order(event: Event) -> tuple[int, bool, str]:
    """Sorts by time; at equal times a status beats none, then the greater canonical JSON text.

    Events as of the call itself count as oldest here.
    """
    status, at = event
    return -1 if at is None else at, status is not None, canonical_json(status)


def missing(kind: RecordKind, state: State) -> list[str]:
    """The required fields that no record has brought yet; while there are any, it is pending."""
    values = state.values
    return [name for name in REQUIRED[kind] if values.get(name) is None]


def is_live(call: State) -> bool:
    """Whether a call counts: complete and no test."""
    return not missing(RecordKind.CALLS, call) and call.get("test") is not True


def lead_of(identity: tuple[str, str], call: State) -> tuple[str, str]:
    """The lead (merchant_id, lead_id) that a call belongs to: without a `lead_id` it is its own."""
    lead = call.get("lead_id")
    return identity if lead is None else (identity[0], str(lead))


def duration_ms(state: State) -> int | None:
    """Stored duration of a call in milliseconds: as sent, else from its end.

    A start and an end that different records brought may contradict each other: an end before the
    start, or years after it, gives none, so that no record is ever refused for what another said.
    """
    sent = state.values.get("duration")
    if sent is not None:
        return int(sent)
    started, ended = state.get("started_at"), state.get("ended_at")
    if ended is None or started is None:
        return None
    return lasted_ms(int(started), int(ended))


def shapes_lead(before: State, after: State) -> bool:
    """Whether a changed call, which counted before and does now, may change what is derived."""
    if before.events != after.events:
        return True
    timed = all(since is not None for _, since in after.events)
    fields = SHAPING if timed else (*SHAPING, *CLOSING)
    was, now = before.values, after.values
    return any(was.get(name) != now.get(name) for name in fields)
