"""Histories of valid records: every field that is declared is drawn, those with traps from pools.

Strategies are built once: building them is slower than drawing from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from callistics.records.field_types import Storage
from callistics.records.fields import ALL_FIELDS, Kept, RecordField, RecordKind

from . import pools
from .payload_strategies import payloads
from .traps import FORMS, HOUR, Trap, exact_time, instants, traps
from .weights import maybe, weighted

Record = dict[str, Any]
History = list[tuple[str, Record]]
Fields = dict[str, st.SearchStrategy[Any]]

TYPED = {
    Storage.TEXT: maybe(st.sampled_from(pools.TEXTS)),
    Storage.BOOLEAN: st.sampled_from((None, None, True, False)),
    Storage.INTEGER: st.sampled_from((None, 0, 1, 2, 1000)),
    Storage.LONG: st.sampled_from((None, 0, 1, 2, 1000)),
    Storage.DOUBLE: st.sampled_from((None, 0, 0.1, 0.5, 1)),
    # Marks a time that is drawn afterwards, near the trap.
    Storage.INSTANT: maybe(st.just(True)),
}
"""What is drawn for a field of a type that has no pool of its own."""
LEAD_IDS = st.sampled_from(("l1", "l1", "l1", *pools.LEADS))
POOLED = {
    "template_id": maybe(st.sampled_from(pools.TEMPLATES)),
    "lead_id": maybe(LEAD_IDS),
    "provider": maybe(st.sampled_from(pools.PROVIDERS)),
    "direction": maybe(st.sampled_from(pools.SENT_DIRECTIONS)),
    "attempt": st.sampled_from((None, None, 1, 2, 3, 10)),
    "duration": st.sampled_from((None, None, *pools.DURATIONS)),
    "outcome": maybe(st.sampled_from((*pools.OUTCOMES[:4], *pools.OUTCOMES))),
    "sentiment": maybe(st.sampled_from((*pools.SCORES, *pools.LABELS))),
    "status": maybe(st.sampled_from((*pools.STAGES, *pools.STATUSES))),
    "payload": maybe(payloads()),
    "cost": maybe(st.sampled_from(pools.COSTS)),
    "currency": st.sampled_from((None, *pools.SENT_CURRENCIES)),
    "test": st.sampled_from((False, False, False, False, False, None, True)),
}
REQUIRED = {
    "reseller_id": st.sampled_from(pools.RESELLERS),
    "started_at": st.just(True),
}
PARTS = {
    name: field.part_of for name, field in ALL_FIELDS[RecordKind.CALLS].items() if field.part_of
}
"""Fields that are nothing without another one."""


def _strategy(field: RecordField) -> st.SearchStrategy[Any]:
    if field.required:
        return REQUIRED[field.name]
    pooled = POOLED.get(field.name)
    return TYPED[field.type.storage] if pooled is None else pooled


def _fields(kind: RecordKind, *, required: bool) -> Fields:
    return {
        name: _strategy(field)
        for name, field in ALL_FIELDS[kind].items()
        if field.kept is not Kept.IDENTITY and field.required is required and name not in PARTS
    }


def _parts(kind: RecordKind) -> st.SearchStrategy[Record]:
    """Mostly complete, often with every field; otherwise any part, which may stay pending."""
    required, others = _fields(kind, required=True), _fields(kind, required=False)
    full = st.fixed_dictionaries(required | others)
    whole = st.fixed_dictionaries(required, optional=others)
    part = st.fixed_dictionaries({}, optional=required | others)
    return weighted((2, full), (3, whole), (2, part))


CALL_PARTS, LEAD_PARTS = _parts(RecordKind.CALLS), _parts(RecordKind.LEADS)
KINDS = st.sampled_from(("calls", "calls", "calls", "leads"))
MERCHANT_IDS = st.sampled_from(("m1",) * 6 + pools.MERCHANTS)
CALL_IDS = st.sampled_from(pools.CALLS)
START_STEPS = st.sampled_from((0, 0, 0, 1, 30, 60)).map(lambda n: timedelta(minutes=n))


def _steps(*micros: int) -> st.SearchStrategy[timedelta]:
    return st.sampled_from(micros).map(lambda number: timedelta(microseconds=number))


# How long after the start the other times of a call are, for each kind of trap in them: odd
# microseconds make half milliseconds.
TIME_STEPS: Mapping[str, st.SearchStrategy[timedelta]] = {
    "started_at": _steps(0),
    "ended_at": _steps(0, 499, 500, 9_499_500, 10_000_000, 60_000_500, 3_600_000_000),
}
OTHER_STEPS = _steps(0, 1, 499_999, 5_000_000, 30_000_000)
# Few times, so that they tie; some lie among the starts, all in the past.
UPDATE_STEPS = st.sampled_from(
    (timedelta(days=-10), timedelta(0), HOUR, 2 * HOUR, timedelta(days=30))
)


@dataclass(frozen=True)
class Course:
    """When a call is made: its start hardly moves, or it moves about.

    No record ends before it starts; all records together may, where only some bring the start.
    """

    base: datetime
    moves: bool


def _with_parts(draw: st.DrawFn, record: Record) -> Record:
    found = {name: draw(POOLED[name]) for name, whole in PARTS.items() if whole in record}
    return record | {name: value for name, value in found.items() if value or draw(st.booleans())}


def _call_record(draw: st.DrawFn, trap: Trap, courses: dict[str, Course]) -> Record:
    call_id = draw(CALL_IDS)
    course = courses[call_id]
    record = {"call_id": call_id, "merchant_id": draw(MERCHANT_IDS)} | draw(CALL_PARTS)
    at = draw(instants(trap)) if course.moves else course.base + draw(START_STEPS)
    for name, field in ALL_FIELDS[RecordKind.CALLS].items():
        if field.type.storage is Storage.INSTANT and record.get(name):
            updates = field.kept is Kept.TIME
            steps = UPDATE_STEPS if updates else TIME_STEPS.get(name, OTHER_STEPS)
            moment = (trap.at if updates else at) + draw(steps)
            record[name] = exact_time(draw(FORMS), moment, naive=True)
    return _with_parts(draw, record)


def _lead_record(draw: st.DrawFn, trap: Trap) -> Record:
    record = {"lead_id": draw(LEAD_IDS), "merchant_id": draw(MERCHANT_IDS)} | draw(LEAD_PARTS)
    if record.get("created_at"):
        record["created_at"] = exact_time(draw(FORMS), draw(instants(trap)), naive=True)
    if record.get("updated_at"):
        record["updated_at"] = exact_time(draw(FORMS), trap.at + draw(UPDATE_STEPS), naive=True)
    return record


@st.composite
def _event(draw: st.DrawFn, trap: Trap, courses: dict[str, Course]) -> tuple[str, Record]:
    kind = draw(KINDS)
    return kind, _lead_record(draw, trap) if kind == "leads" else _call_record(draw, trap, courses)


@st.composite
def histories(draw: st.DrawFn, trap: Trap | None = None) -> History:
    """Valid records of calls and leads in order of arrival."""
    around = trap or draw(traps())
    courses = {
        call_id: Course(draw(instants(around)), draw(st.booleans())) for call_id in pools.CALLS
    }
    least = draw(st.sampled_from((4, 0, 1, 8, 12, 16)))
    return draw(st.lists(_event(around, courses), min_size=least, max_size=24))
