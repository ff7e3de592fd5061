"""Histories of records and requests about them, drawn for the places where engines go wrong.

`scenes(query_types)` draws a history and a request of each type around one awkward instant.
`histories` and `requests` draw them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from . import pools
from .payload_strategies import focused_filters, keys, leaves, payload_filters, payloads
from .reference import ReferenceSettings, Scope
from .reference.queries import TIME_SERIES
from .traps import HOUR, ZONES, Trap, exact_times, instants, skipped_times, traps, written
from .weights import maybe, weighted

Record = dict[str, Any]
History = list[tuple[str, Record]]
Body = dict[str, Any]
Request = tuple[Body, Scope | None]
Scene = tuple[History, list[Request]]

QUERY_TYPES = (
    "call_count",
    "call_duration",
    "outcome_distribution",
    "sentiment_distribution",
    "status_distribution",
    "calls_over_time",
    "avg_duration_over_time",
    "top_outcomes",
    "retry_analysis",
    "provider_breakdown",
    "hourly_heatmap",
    "success_rate",
    "duration_distribution",
    "measure",
    "concurrency",
    "conversion_funnel",
)
LEAD_TYPES = ("status_distribution", "conversion_funnel")
OWN_KEYS = {
    "outcome_distribution": "outcome",
    "top_outcomes": "outcome",
    "retry_analysis": "attempt",
    "provider_breakdown": "provider",
    "concurrency": "date",
}
CALL_GROUPS = ("provider", "outcome", "status", "direction", "attempt")
ANY_GROUPS = ("template_id", "merchant_id", "reseller_id", "weekday", "weekday")
PAYLOAD_GROUPS = keys().map(lambda key: f"payload.{key}")
MEASURES = weighted(
    (1, st.sampled_from(("duration", "ring", "sentiment"))),
    (1, st.just("cost")),
    (2, PAYLOAD_GROUPS),
)
GRANULARITIES = ("hour", "hour", "day", "day", "week", "month", "quarter", "year", None)
SCOPE_KINDS = {
    "reseller_ids": pools.RESELLERS,
    "merchant_ids": pools.MERCHANTS,
    "template_ids": pools.TEMPLATES,
}
SCOPE_LISTS = {
    kind: st.lists(st.sampled_from((*pool, "unknown")), min_size=1, max_size=3, unique=True)
    for kind, pool in SCOPE_KINDS.items()
}
LISTED_FILTERS: dict[str, Sequence[str]] = {
    "template_id": pools.TEMPLATES,
    "merchant_id": pools.MERCHANTS,
    "reseller_id": pools.RESELLERS,
    "lead_id": (*pools.LEADS, *pools.CALLS),
    "provider": pools.PROVIDERS,
    "outcome": pools.OUTCOMES,
    "status": pools.STATUSES,
    "direction": pools.DIRECTIONS,
}
PAYLOAD_FILTERS = payload_filters()
FILTER_SETS: tuple[Sequence[str], ...] = (
    ("none",),
    ("dates",),
    ("payload",),
    ("payload",),
    ("payload",),
    ("dates", *LISTED_FILTERS),
    ("dates", "payload", "payload", "duration", "sentiment", *LISTED_FILTERS),
    ("duration", "sentiment", "outcome", "provider"),
)
FEW = st.sampled_from(range(8))


def reference_settings() -> st.SearchStrategy[ReferenceSettings]:
    """The settings that change figures; the time zone stays UTC."""
    stages = st.sampled_from((None, pools.STAGES, ("new", "lost 'n' found")))
    own = st.sampled_from(({}, {"t1": ("contacted", "converted")}, {"T1": ("new +",)}))
    success = st.sampled_from((None, None, ("Confirmed", "no answer", "NO")))
    long = (*(f"word {number}" for number in range(70)), "no answer", "\ufb01N\u0301")
    unreached = st.sampled_from((("NO_ANSWER", "busy"), ("BU\u017fY", "Voice!mail"), long, ()))
    return st.builds(
        ReferenceSettings,
        lead_stages=stages,
        template_lead_stages=own,
        success_outcomes=success,
        unreached_outcomes=unreached,
    )


# Records. Strategies are built once: building them is slower than drawing from them.

CALL_FIELDS = {
    "template_id": maybe(st.sampled_from(pools.TEMPLATES)),
    "lead_id": maybe(st.sampled_from(("l1", "l1", "l1", *pools.LEADS))),
    "provider": maybe(st.sampled_from(pools.PROVIDERS)),
    "direction": maybe(st.sampled_from(pools.SENT_DIRECTIONS)),
    "attempt": st.sampled_from((None, None, 1, 2, 3, 10)),
    "duration": st.sampled_from((None, None, *pools.DURATIONS)),
    "outcome": maybe(st.sampled_from((*pools.OUTCOMES[:4], *pools.OUTCOMES))),
    "sentiment": maybe(st.sampled_from((*pools.SCORES, *pools.LABELS))),
    "status": maybe(st.sampled_from((*pools.STAGES, *pools.STATUSES))),
    "payload": maybe(payloads()),
    "success": st.sampled_from((None, None, True, False)),
    "cost": maybe(st.sampled_from(pools.COSTS)),
    "test": st.sampled_from((False, False, False, False, False, None, True)),
}
LEAD_FIELDS = {
    "template_id": maybe(st.sampled_from(pools.TEMPLATES)),
    "status": maybe(st.sampled_from((*pools.STAGES, *pools.STATUSES))),
    "payload": maybe(payloads()),
}
RESELLER = {"reseller_id": st.sampled_from(pools.RESELLERS)}
# True marks a time that is drawn afterwards, near the trap.
STARTED = {"started_at": st.just(True)}
CALL_TIMES = {name: maybe(st.just(True)) for name in ("answered_at", "ended_at", "updated_at")}
LEAD_TIMES = {"created_at": maybe(st.just(True)), "updated_at": maybe(st.just(True))}


def _parts(
    required: dict[str, st.SearchStrategy[Any]], others: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Record]:
    """Mostly complete, often with every field; otherwise any part, which may stay pending."""
    full = st.fixed_dictionaries(required | others)
    whole = st.fixed_dictionaries(required, optional=others)
    part = st.fixed_dictionaries({}, optional=required | others)
    return weighted((2, full), (3, whole), (2, part))


CALL_PARTS = _parts(RESELLER | STARTED, CALL_FIELDS | CALL_TIMES)
LEAD_PARTS = _parts(RESELLER, LEAD_FIELDS | LEAD_TIMES)
KINDS = st.sampled_from(("calls", "calls", "calls", "leads"))
MERCHANT_IDS = st.sampled_from(("m1",) * 6 + pools.MERCHANTS)
CALL_IDS = st.sampled_from(pools.CALLS)
LEAD_IDS = st.sampled_from(("l1", "l1", "l1", *pools.LEADS))
START_STEPS = st.sampled_from((0, 0, 0, 1, 30, 60)).map(lambda n: timedelta(minutes=n))
# Odd microseconds make half milliseconds.
END_STEPS = st.sampled_from((0, 499, 500, 9_499_500, 10_000_000, 60_000_500, 3_600_000_000)).map(
    lambda micros: timedelta(microseconds=micros)
)
ANSWER_STEPS = st.sampled_from((0, 1, 499_999, 5_000_000, 30_000_000)).map(
    lambda micros: timedelta(microseconds=micros)
)
CURRENCIES = st.sampled_from((None, "USD", "usd", "INR"))
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


@st.composite
def _call_record(draw: st.DrawFn, trap: Trap, courses: dict[str, Course]) -> Record:
    call_id = draw(CALL_IDS)
    course = courses[call_id]
    record = {"call_id": call_id, "merchant_id": draw(MERCHANT_IDS)} | draw(CALL_PARTS)
    at = draw(instants(trap)) if course.moves else course.base + draw(START_STEPS)
    if record.get("started_at"):
        record["started_at"] = draw(exact_times(at, naive=True))
    if record.get("answered_at"):
        record["answered_at"] = draw(exact_times(at + draw(ANSWER_STEPS), naive=True))
    if record.get("ended_at"):
        record["ended_at"] = draw(exact_times(at + draw(END_STEPS), naive=True))
    if record.get("cost") is not None:
        record["currency"] = draw(CURRENCIES)
    if record.get("updated_at"):
        record["updated_at"] = draw(exact_times(trap.at + draw(UPDATE_STEPS), naive=True))
    return record


@st.composite
def _lead_record(draw: st.DrawFn, trap: Trap) -> Record:
    record = {"lead_id": draw(LEAD_IDS), "merchant_id": draw(MERCHANT_IDS)} | draw(LEAD_PARTS)
    if record.get("created_at"):
        record["created_at"] = draw(exact_times(draw(instants(trap)), naive=True))
    if record.get("updated_at"):
        record["updated_at"] = draw(exact_times(trap.at + draw(UPDATE_STEPS), naive=True))
    return record


@st.composite
def _event(draw: st.DrawFn, trap: Trap, courses: dict[str, Course]) -> tuple[str, Record]:
    kind = draw(KINDS)
    return kind, draw(_lead_record(trap) if kind == "leads" else _call_record(trap, courses))


@st.composite
def histories(draw: st.DrawFn, trap: Trap | None = None) -> History:
    """Valid records of calls and leads in order of arrival."""
    around = trap or draw(traps())
    courses = {
        call_id: Course(draw(instants(around)), draw(st.booleans())) for call_id in pools.CALLS
    }
    least = draw(st.sampled_from((4, 0, 1, 8, 12, 16)))
    return draw(st.lists(_event(around, courses), min_size=least, max_size=24))


# Requests


@st.composite
def scopes(draw: st.DrawFn) -> Scope | None:
    """None or some kinds; an absent kind is no limit."""
    if draw(st.booleans()):
        return None
    kinds = draw(st.lists(st.sampled_from(tuple(SCOPE_KINDS)), max_size=2, unique=True))
    return {kind: draw(SCOPE_LISTS[kind]) for kind in kinds}


def _listed(values: Sequence[str | None]) -> st.SearchStrategy[Any]:
    single = st.sampled_from([value for value in values if value is not None])
    return single | st.lists(st.sampled_from(values), min_size=1, max_size=4)


def _nameable(name: str, scope: Scope) -> Sequence[str | None]:
    """A filter names nothing that the scope leaves out, and absent is not in a scope."""
    if f"{name}s" in scope:
        return list(scope[f"{name}s"])
    # Of a closed list no other value may be named.
    other = () if name == "direction" else ("unknown",)
    return (*LISTED_FILTERS[name], *LISTED_FILTERS[name], *other, None)


@st.composite
def _range_around(
    draw: st.DrawFn, trap: Trap, at: st.SearchStrategy[datetime], names: Sequence[str]
) -> dict[str, str]:
    moments = sorted(draw(st.tuples(at, at)))
    texts: dict[str, str] = {}
    for name, moment in zip(("date_from", "date_to"), moments, strict=True):
        rarely = draw(FEW) == 7
        texts[name] = draw(skipped_times(trap) if rarely else written(trap, moment))
    return {name: texts[name] for name in names}


def _ranges(trap: Trap) -> st.SearchStrategy[dict[str, str]]:
    """Both ends or one."""
    ends = st.sampled_from((("date_from", "date_to"), ("date_from",), ("date_to",)))
    return ends.flatmap(lambda names: _range_around(trap, instants(trap), names))


def _close_range(trap: Trap) -> st.SearchStrategy[dict[str, str]]:
    """Both ends within hours, for buckets of a minute."""
    quarters = st.integers(-16, 16).map(lambda n: trap.at + n * HOUR / 4)
    return _range_around(trap, quarters, ("date_from", "date_to"))


@st.composite
def _bounds(draw: st.DrawFn, names: tuple[str, str], values: Sequence[float]) -> Body:
    low, high = sorted(draw(st.tuples(st.sampled_from(values), st.sampled_from(values))))
    both = dict(zip(names, (low, high), strict=True))
    kept = draw(st.sampled_from((names, names[:1], names[1:])))
    return {name: both[name] for name in kept}


@st.composite
def _filter(draw: st.DrawFn, name: str, scope: Scope) -> Body:
    if name in LISTED_FILTERS:
        return {name: draw(_listed(_nameable(name, scope)))}
    if name == "duration":
        return draw(_bounds(("min_duration", "max_duration"), pools.DURATION_LIMITS))
    if name == "sentiment":
        return draw(_bounds(("sentiment_min", "sentiment_max"), pools.SCORES))
    return {"payload_filters": draw(PAYLOAD_FILTERS)}


@st.composite
def filters(draw: st.DrawFn, trap: Trap, scope: Scope, *, close: bool = False) -> Body:
    """Valid filters, few at a time: many at once leave nothing to be wrong about."""
    names = draw(st.sampled_from(FILTER_SETS))
    most = draw(st.sampled_from((1, 1, 2, 4)))
    found: Body = {}
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=most, unique=True)):
        if name == "dates":
            found |= draw(_ranges(trap))
        elif name != "none":
            found |= draw(_filter(name, scope))
    if draw(FEW) == 7:
        found.setdefault("template_id", None)
    return found | draw(_close_range(trap)) if close else found


@st.composite
def group_bys(draw: st.DrawFn, query_type: str) -> list[str]:
    """Valid for the type: no field of calls on leads, not the type's own key."""
    fixed = ANY_GROUPS if query_type in LEAD_TYPES else (*ANY_GROUPS, *CALL_GROUPS)
    plain = st.sampled_from([name for name in fixed if name != OWN_KEYS.get(query_type)])
    size = draw(st.sampled_from((1, 0, 0, 1, 2, 3)))
    fields = weighted((3, plain), (1, PAYLOAD_GROUPS))
    return draw(st.lists(fields, min_size=size, max_size=size, unique=True))


@st.composite
def requests(draw: st.DrawFn, query_type: str, trap: Trap | None = None) -> Request:
    """A body without errors, but for ranges that may be crossed or too fine, and a scope."""
    around = trap or draw(traps())
    scope = draw(scopes())
    minutes = query_type in TIME_SERIES and draw(FEW) == 7
    body: Body = {"query_type": query_type}
    if query_type == "measure":
        body["measure"] = draw(MEASURES)
    optional = {
        "filters": filters(around, scope or {}, close=minutes),
        "granularity": st.just("minute") if minutes else st.sampled_from(GRANULARITIES),
        "timezone": st.sampled_from((around.zone,) * 24 + (None, *ZONES)),
        "group_by": group_bys(query_type),
        "page": st.sampled_from((None, 1, 1, 1, 1, 2, 3, 100)),
        "page_size": st.sampled_from((None, 1000, 10_000, 1, 2, 3, 24)),
    }
    for name, values in optional.items():
        always = name in ("filters", "timezone") or (minutes and name == "granularity")
        if always or draw(st.booleans()):
            body[name] = draw(values)
    return body, scope


@st.composite
def scenes(draw: st.DrawFn, query_types: Sequence[str]) -> Scene:
    """A history and a request of each type about it, all around the same instant."""
    trap = draw(traps())
    history = draw(histories(trap))
    values = [leaf for _, record in history for leaf in leaves(record.get("payload"))]
    asked: list[Request] = []
    for query_type in query_types:
        body, scope = draw(requests(query_type, trap))
        if values and "payload_filters" in body["filters"] and draw(FEW) > 1:
            body["filters"]["payload_filters"] = draw(focused_filters(values))
        asked.append((body, scope))
    return history, asked
