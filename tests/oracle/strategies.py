"""Histories of records and requests about them, drawn for the places where engines go wrong.

`scenes(query_types)` draws a history and a request of each type around one awkward instant.
`histories` and `requests` draw them apart.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from callistics.catalog.dimensions import GROUPABLE
from callistics.catalog.filters import FILTERS
from callistics.sql.selection import Unit

from . import pools
from .payload_strategies import focused_filters, keys, leaves, payload_filters
from .record_strategies import History, histories
from .reference import ReferenceSettings, Scope
from .reference.queries import TIME_SERIES
from .traps import HOUR, ZONES, Trap, instants, moments, skipped_times, traps, written
from .weights import weighted

Body = dict[str, Any]
Request = tuple[Body, Scope | None]
Scene = tuple[History, list[Request], int]
"""Records, what is asked of them, and when (µs)."""
NOW = 1_900_000_000_000_000

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
    "hourly_heatmap": "hour",
    "status_distribution": "status",
    "conversion_funnel": "status",
    "calls_over_time": "date",
    "avg_duration_over_time": "date",
    "concurrency": "date",
}
LEAD_GROUPS = tuple(name for name, one in GROUPABLE.items() if one.on(Unit.LEADS))
CALL_GROUPS = tuple(GROUPABLE)
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
POOLS: dict[str, Sequence[str]] = {
    "template_id": pools.TEMPLATES,
    "merchant_id": pools.MERCHANTS,
    "reseller_id": pools.RESELLERS,
    "lead_id": (*pools.LEADS, *pools.CALLS),
    "provider": pools.PROVIDERS,
    "outcome": pools.OUTCOMES,
    "status": pools.STATUSES,
    "direction": pools.DIRECTIONS,
    "currency": pools.SENT_CURRENCIES,
}
LISTED_FILTERS: dict[str, Sequence[str]] = {
    name: POOLS.get(name, pools.TEXTS)
    for name, spec in FILTERS.items()
    if spec.type.listed and not spec.type.number
}
PAYLOAD_FILTERS = payload_filters()
NUMBERS: dict[str, tuple[tuple[str, str], Sequence[float]]] = {
    "duration": (("min_duration", "max_duration"), pools.DURATION_LIMITS),
    "sentiment": (("sentiment_min", "sentiment_max"), pools.SCORES),
    "cost": (("min_cost", "max_cost"), pools.COST_LIMITS),
}
FLAGS = ("success", "reached")
FILTER_SETS: tuple[Sequence[str], ...] = (
    ("none",),
    ("dates",),
    ("payload",),
    ("payload",),
    ("payload",),
    ("dates", *LISTED_FILTERS),
    ("dates", "payload", "payload", *NUMBERS, *FLAGS, *LISTED_FILTERS),
    (*NUMBERS, *FLAGS, "outcome", "provider"),
    ("dates", *FLAGS, "cost", "currency"),
    ("dates", *pools.NUMBER_LISTS, "outcome"),
)
FEW = st.sampled_from(range(8))
PERIODS = ("day", "week", "month", "quarter", "year")
COUNTS = st.sampled_from((1, 1, 2, 3, 7, 13, 30, 90, 1000))
CURRENCY = st.sampled_from(("USD", "usd", ["inr"], ["USD", "usd"]))


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


@st.composite
def scopes(draw: st.DrawFn) -> Scope | None:
    """None or some kinds; an absent kind is no limit."""
    if draw(st.booleans()):
        return None
    kinds = draw(st.lists(st.sampled_from(tuple(SCOPE_KINDS)), max_size=2, unique=True))
    return {kind: draw(SCOPE_LISTS[kind]) for kind in kinds}


@cache
def _listed(values: Sequence[str | None]) -> st.SearchStrategy[Any]:
    single = st.sampled_from([value for value in values if value is not None])
    return single | st.lists(st.sampled_from(values), min_size=1, max_size=4)


@cache
def numbers(name: str) -> st.SearchStrategy[Any]:
    """Of a filter by whole numbers; of hours many, as a few of them leave hardly a call."""
    one = st.sampled_from(pools.NUMBER_LISTS[name])
    return one | st.lists(one, min_size=1, max_size=16)


def _nameable(name: str, scope: Scope) -> Sequence[str | None]:
    """A filter names nothing that the scope leaves out, and absent is not in a scope."""
    if f"{name}s" in scope:
        return tuple(scope[f"{name}s"])
    other = pools.OTHERS.get(name, ("unknown",))
    return (*LISTED_FILTERS[name], *LISTED_FILTERS[name], *other, None)


@cache
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


@cache
def _names_of_ranges() -> st.SearchStrategy[dict[str, str]]:
    """Of any form: those up to now with few of a unit, as records lie within days."""
    counted = st.builds("last_{}_{}s".format, COUNTS, st.sampled_from(PERIODS))
    plain = st.sampled_from(("today", "yesterday", *(f"last_{unit}" for unit in PERIODS)))
    running = st.sampled_from([f"this_{unit}" for unit in PERIODS[1:]])
    lasting = st.builds("past_{}_{}s".format, COUNTS, st.sampled_from(("minute", "hour", "day")))
    found = weighted((2, counted), (1, plain), (1, running), (2, lasting))
    return found.map(lambda name: {"date_range": name})


@cache
def _ranges(trap: Trap) -> st.SearchStrategy[dict[str, str]]:
    """Both ends or one, or a name."""
    ends = st.sampled_from((("date_from", "date_to"), ("date_from",), ("date_to",)))
    written_ones = ends.flatmap(lambda names: _range_around(trap, instants(trap), names))
    return weighted((3, written_ones), (1, _names_of_ranges()))


@cache
def _close_range(trap: Trap) -> st.SearchStrategy[dict[str, str]]:
    """Both ends within hours, for buckets of a minute."""
    quarters = st.integers(-16, 16).map(lambda n: trap.at + n * HOUR / 4)
    return _range_around(trap, quarters, ("date_from", "date_to"))


@cache
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
    if name in pools.NUMBER_LISTS:
        return {name: draw(numbers(name))}
    if name in FLAGS:
        return {name: draw(st.booleans())}
    if name in NUMBERS:
        return draw(_bounds(*NUMBERS[name]))
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
    if found.keys() & {"min_cost", "max_cost"}:
        found["currency"] = draw(CURRENCY)
    if draw(FEW) == 7:
        found.setdefault("template_id", None)
    if not close:
        return found
    found.pop("date_range", None)
    return found | draw(_close_range(trap))


@cache
@st.composite
def group_bys(draw: st.DrawFn, query_type: str) -> list[str]:
    """Valid for the type: no field of calls on leads, not the type's own key."""
    fixed = LEAD_GROUPS if query_type in LEAD_TYPES else CALL_GROUPS
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
    """A history, a request of each type about it around the same instant, and when they come."""
    trap = draw(traps())
    history = draw(histories(trap))
    values = [leaf for _, record in history for leaf in leaves(record.get("payload"))]
    asked: list[Request] = []
    for query_type in query_types:
        body, scope = draw(requests(query_type, trap))
        if values and "payload_filters" in body["filters"] and draw(FEW) > 1:
            body["filters"]["payload_filters"] = draw(focused_filters(values))
        asked.append((body, scope))
    return history, asked, draw(moments(trap))
