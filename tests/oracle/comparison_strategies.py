"""Calls on both sides of a comparison around an awkward instant, and queries that compare them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from .reference import Scope
from .reference.zones import micros, rules
from .strategies import LEAD_TYPES, MEASURES, OWN_KEYS, Body, History, Request, Scene
from .traps import DAY, HOUR, MINUTE, Trap, exact_times, instants, traps, written
from .weights import weighted

COMPARISONS = ("previous_period", "previous_year")
GRANULARITIES = ("hour", "day", "day", "week", "month", "quarter", "year", None)
# What is compared, and how far the sides are apart, nearly.
APART = (
    *(("previous_period", timedelta(days=days)) for days in (1, 1, 2, 7, 31)),
    *(("previous_year", timedelta(days=days)) for days in (365, 366)),
)
Apart = tuple[str, timedelta]
_FIELDS = {
    "reseller_id": st.sampled_from(("r1", "r2")),
    "lead_id": st.sampled_from(("l1", "l2", "l3")),
    "provider": st.sampled_from((None, "A", "B")),
    "outcome": st.sampled_from((None, "NO", "YES", "yes", "\u00e9", "\U0001f600")),
    "status": st.sampled_from((None, "new", "contacted", "converted", "gone")),
    "attempt": st.sampled_from((None, 1, 2, 3)),
    "duration": st.sampled_from((None, 0, 5, 9.5, 50, 7200)),
    "sentiment": st.sampled_from((None, 0.1, 0.95)),
    "success": st.sampled_from((None, None, True)),
    "cost": st.sampled_from((None, 1, 0.25)),
    "test": st.sampled_from((False,) * 7 + (True,)),
}
_PRICES = st.sampled_from((None, "USD", "INR"))
_GROUPS = ("reseller_id", "provider", "outcome", "weekday", "hour", "date", "date", "status")
_LEAD_GROUPS = ("reseller_id", "weekday", "hour", "date", "date")
_SCOPES: tuple[Scope | None, ...] = (None, None, None, None, {"reseller_ids": ["r1"]})
_PAGES: tuple[Body, ...] = (
    *({"page_size": 10_000},) * 6,
    {"page_size": 2},
    {"page_size": 2, "page": 2},
    {"page_size": 5, "page": 2},
    {"page": 50},
)
_LIMITS: tuple[Body, ...] = (
    {"provider": "A"},
    {"provider": [None, "B"]},
    {"weekday": [1, 5, 6, 7]},
    {"hour": [0, 1, 2, 10, 23]},
)
_NAMED = (
    "today",
    "yesterday",
    *(f"this_{unit}" for unit in ("week", "month", "quarter", "year")),
    *(f"last_{unit}" for unit in ("week", "month", "quarter", "year")),
    "last_2_days",
    "last_7_days",
    "past_2_days",
    "past_90_minutes",
)


@st.composite
def _moment(draw: st.DrawFn, trap: Trap, apart: timedelta) -> datetime:
    steps = st.sampled_from((-apart, 0 * apart, 0 * apart, apart, DAY))
    return draw(instants(trap)) - draw(steps)


@st.composite
def _call(draw: st.DrawFn, trap: Trap, apart: timedelta, number: int) -> Any:
    record = draw(st.fixed_dictionaries(_FIELDS)) | {"call_id": f"c{number}", "merchant_id": "m1"}
    if record["cost"] is not None:
        record["currency"] = draw(_PRICES)
    record["started_at"] = draw(exact_times(draw(_moment(trap, apart)), naive=True))
    return "calls", record


@st.composite
def comparable_histories(draw: st.DrawFn, trap: Trap, apart: timedelta) -> History:
    """Calls a period or a year apart."""
    size = draw(st.sampled_from((10, 3, 16)))
    return [draw(_call(trap, apart, number)) for number in range(size)]


@st.composite
def _whole(draw: st.DrawFn, trap: Trap, apart: timedelta) -> dict[str, str]:
    """Whole days or months of the zone's clocks near the trap."""
    first = trap.at.astimezone(rules(trap.zone)).date()
    first += draw(st.sampled_from((0, 0, 1, -1))) * DAY
    if draw(st.booleans()):
        length = draw(st.sampled_from((apart, apart, DAY, 3 * DAY)))
        last = first + (length if length < 32 * DAY else DAY) - DAY
    else:
        first = first.replace(day=1)
        months = draw(st.sampled_from((1, 1, 2, 12))) + first.month - 1
        following = first.replace(year=first.year + months // 12, month=months % 12 + 1)
        last = following - DAY
    return {"date_from": first.isoformat(), "date_to": last.isoformat()}


_LENGTHS = (0 * DAY, 30 * MINUTE, HOUR, 25 * HOUR, 2 * DAY, 7 * DAY)


@st.composite
def _cut(draw: st.DrawFn, trap: Trap, lengths: Sequence[timedelta] = _LENGTHS) -> dict[str, str]:
    """From any time to any time."""
    begin = draw(instants(trap))
    lasting = draw(st.sampled_from(lengths))
    texts = (draw(written(trap, moment)) for moment in (begin, begin + lasting))
    return dict(zip(("date_from", "date_to"), texts, strict=True))


def ranges(trap: Trap, apart: timedelta) -> st.SearchStrategy[dict[str, str]]:
    """Ranges with both ends; of those written in several ways some may be crossed."""
    named = st.sampled_from(_NAMED).map(lambda name: {"date_range": name})
    return weighted((4, _whole(trap, apart)), (2, _cut(trap)), (2, named))


@st.composite
def comparing(draw: st.DrawFn, query_type: str, trap: Trap, apart: Apart) -> Request:
    """A body that compares, and a scope."""
    known = _LEAD_GROUPS if query_type in LEAD_TYPES else _GROUPS
    fields = st.sampled_from([name for name in known if name != OWN_KEYS.get(query_type)])
    size = draw(st.sampled_from((0, 0, 1, 1, 2)))
    body: Body = {
        "query_type": query_type,
        "compare": draw(st.sampled_from((apart[0], apart[0], *COMPARISONS))),
        "filters": draw(ranges(trap, apart[1])),
        "timezone": trap.zone,
        "group_by": draw(st.lists(fields, min_size=size, max_size=size, unique=True)),
        "granularity": draw(st.sampled_from(GRANULARITIES)),
    } | draw(st.sampled_from(_PAGES))
    if draw(st.sampled_from(range(10))) == 9:
        body |= {"granularity": "minute", "filters": draw(_cut(trap, (30 * MINUTE, HOUR)))}
    if query_type == "measure":
        body["measure"] = draw(st.just("cost") | MEASURES)
    if draw(st.sampled_from(range(6))) == 5:
        body["filters"] = body["filters"] | draw(st.sampled_from(_LIMITS))
    return body, draw(st.sampled_from(_SCOPES))


def _now(trap: Trap) -> st.SearchStrategy[int]:
    """Within the range, before it or after it, now and then finer than a millisecond."""
    later = st.sampled_from((400, 400, 400, 400, 400, 0, 0, 1, 7, 31, -30)).map(
        lambda days: days * DAY
    )
    return st.builds(
        lambda at, after, rest: micros(at + after) + rest,
        instants(trap),
        later,
        st.sampled_from((0, 0, 999)),
    )


@st.composite
def comparison_scenes(draw: st.DrawFn, query_types: Sequence[str]) -> Scene:
    """A history, a query of each type that compares, and when they come."""
    trap, apart = draw(traps()), draw(st.sampled_from(APART))
    history = draw(comparable_histories(trap, apart[1]))
    return history, [draw(comparing(name, trap, apart)) for name in query_types], draw(_now(trap))
