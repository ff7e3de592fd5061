"""Histories of plain calls that differ in one thing, so that each question tells a lot.

To store one takes longer than to ask about it: several questions are drawn about each.

Every call carries its number as `id` in its payload: grouped by it, an answer names the calls
that a filter keeps.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from hypothesis import strategies as st

from . import pools
from .payload_strategies import OPERATORS, conditions, payloads, relatives
from .reference import Scope
from .strategies import LEAD_TYPES, MEASURES, NOW, Body, History, Request, Scene, numbers
from .traps import ZONES, Trap, exact_times, instants, skipped_times, traps, written
from .weights import weighted

QUESTIONS = 12
IDENTITY = {"merchant_id": "m1", "reseller_id": "r1"}
GRANULARITIES = ("hour", "hour", "day", "day", "day", "week", "month", "quarter", "year")
# None of a set lies within another: each call has a value under every one of them.
KEY_SETS = (
    ("k", "a.b", "\U0001f600"),
    ("x y", "a.b.c", "k[0]"),
    ("q\"t's", "$.city", "k"),
)


def _call(number: int, started_at: str, payload: dict[str, Any], **fields: Any) -> Any:
    record = {"call_id": f"c{number}", "started_at": started_at, "payload": payload}
    return "calls", record | IDENTITY | fields


@st.composite
def _held(draw: st.DrawFn, place: int) -> Any:
    """A value of the cluster, often inside lists or an object."""
    value = draw(st.sampled_from((*pools.CLUSTERS[place], None)))
    other = draw(st.sampled_from((*pools.CLUSTERS[place], None, {}, "other")))
    shapes = (value, value, value, value, [value], [value, other], [[other], value], {"in": value})
    return draw(st.sampled_from((*shapes, [])))


@st.composite
def _condition(draw: st.DrawFn, place: int) -> Any:
    names = draw(st.lists(st.sampled_from(OPERATORS), min_size=1, max_size=2, unique=True))
    wanted = {name: draw(relatives(place, name)) for name in names}
    return wanted["eq"] if len(names) == 1 and "eq" in wanted else wanted


def _nested(key: str, value: Any, *, literal: bool) -> dict[str, Any]:
    first, dot, rest = key.partition(".")
    return {key: value} if literal or not (dot and first) else {first: {rest: value}}


def _under(draw: st.DrawFn, key: str, place: int) -> dict[str, Any]:
    """Values of a cluster where the key finds them: under its own name, or within an object."""
    literal = _nested(key, draw(_held(place)), literal=True)
    inner = _nested(key, draw(_held(place)), literal=False)
    return draw(st.sampled_from((literal, inner, literal | inner)))


def _payload_call(draw: st.DrawFn, number: int, clusters: dict[str, int]) -> Any:
    payload: dict[str, Any] = draw(payloads()) if draw(st.sampled_from(range(8))) == 7 else {}
    if not payload:
        for key, place in clusters.items():
            payload = payload | _under(draw, key, place)
    return _call(number, "2021-10-31T00:30:00Z", payload | {"id": number})


@st.composite
def payload_scenes(draw: st.DrawFn, questions: int = QUESTIONS) -> Scene:
    """Values that may be mistaken for each other under some keys, and conditions on these."""
    keys = draw(st.sampled_from(KEY_SETS))
    places = st.sampled_from(range(len(pools.CLUSTERS)))
    clusters = {key: draw(places) for key in keys}
    size = draw(st.sampled_from((6, 1, 3, 10, 14)))
    history: History = [_payload_call(draw, number, clusters) for number in range(size)]
    named = (draw(st.sampled_from(keys)) for _ in range(questions))
    asked: list[Request] = [(draw(_payload_request(key, clusters[key])), None) for key in named]
    return history, asked, NOW


@st.composite
def _payload_request(draw: st.DrawFn, key: str, place: int) -> Body:
    plain = draw(st.sampled_from(range(8))) == 7
    wanted = draw(conditions() if plain else _condition(place))
    return {
        "query_type": "call_count",
        "filters": {"payload_filters": {key: wanted}},
        "group_by": ["payload.id", f"payload.{key}"],
        "timezone": draw(st.sampled_from(ZONES)),
    }


@st.composite
def _range(draw: st.DrawFn, trap: Trap) -> dict[str, str]:
    found: dict[str, str] = {}
    at = instants(trap)
    for name, moment in zip(("date_from", "date_to"), sorted(draw(st.tuples(at, at))), strict=True):
        choice = draw(st.sampled_from(("written", "written", "clock", "open", "open")))
        if choice != "open":
            text = written(trap, moment) if choice == "written" else skipped_times(trap)
            found[name] = draw(text)
    return found


def clock_filters() -> st.SearchStrategy[Body]:
    """By hours or weekdays, few or many, of which some are of no call."""
    names = st.sampled_from(("weekday", "hour"))
    return names.flatmap(lambda name: st.fixed_dictionaries({name: numbers(name)}))


@st.composite
def time_scenes(draw: st.DrawFn, query_types: Sequence[str]) -> Scene:
    """Calls around an awkward instant, and a question of each type in its zone; for calls."""
    trap = draw(traps())
    least = draw(st.sampled_from((8, 1, 3, 12)))
    moments = draw(st.lists(instants(trap), min_size=least, max_size=18))
    history = [
        _call(number, draw(exact_times(at, naive=True)), {"id": number}, duration=number)
        for number, at in enumerate(moments)
    ]
    return (
        history,
        [(draw(_time_request(query_type, trap)), None) for query_type in query_types],
        NOW,
    )


@st.composite
def _time_request(draw: st.DrawFn, query_type: str, trap: Trap) -> Body:
    measure = {"measure": draw(MEASURES)} if query_type == "measure" else {}
    return measure | {
        "query_type": query_type,
        "filters": draw(_range(trap)) | draw(weighted((2, st.just({})), (1, clock_filters()))),
        "granularity": draw(st.sampled_from(GRANULARITIES)),
        "group_by": draw(st.sampled_from(([], ["weekday"], ["payload.id"]))),
        "timezone": trap.zone,
        "page_size": 10_000,
    }


ONE_LEAD_FIELDS = {
    "reseller_id": st.sampled_from(pools.RESELLERS),
    "template_id": st.sampled_from((None, None, *pools.TEMPLATES)),
    "lead_id": st.sampled_from(("l1", "l1", "l1", "l2")),
    "provider": st.sampled_from(pools.PROVIDERS[:2]),
    "outcome": st.sampled_from((None, "NO", "NO ANSWER", "NO_ANSWER", "YES")),
    "status": st.sampled_from((None, "new", "new +", "converted")),
    "attempt": st.sampled_from((None, None, None, 2)),
    "duration": st.sampled_from((None, 5, 50, 9.5)),
    "payload": st.sampled_from((None, None, {}, {"k": 1}, {"k": 2, "own": None})),
    "test": st.sampled_from((None, False, False, False, False, False, False, True)),
}
LEAD_GROUPS = ("template_id", "reseller_id", "payload.k")
# What each of them has is a history by itself, with the same ids.
LEAD_MERCHANTS = ("m1", "m2", "m3", "m4")
LEAD_FILTERS: tuple[Body, ...] = (
    {},
    {},
    {"provider": pools.PROVIDERS[0]},
    {"min_duration": 10},
    {"max_duration": 9, "provider": pools.PROVIDERS[1]},
    {"outcome": [None, "YES"]},
    {"provider": pools.PROVIDERS[1]},
    {"template_id": [None]},
    {"payload_filters": {"k": 1}},
)
LEAD_SCOPES: tuple[Scope | None, ...] = (
    None,
    None,
    {"reseller_ids": ["r1"]},
    {"reseller_ids": ["r2"], "merchant_ids": ["m1", "m3"]},
)


@st.composite
def _one_lead_record(draw: st.DrawFn, merchant: str) -> Any:
    """A complete record, at one of two times or at arrival, of one of few calls or their lead."""
    record = draw(st.fixed_dictionaries(ONE_LEAD_FIELDS)) | {"merchant_id": merchant}
    day = draw(st.sampled_from(("2021-01-04", "2021-01-05")))
    updated_at = draw(st.sampled_from((None, "2021-01-05T00:00:07Z", "2021-01-06")))
    record |= {} if updated_at is None else {"updated_at": updated_at}
    if draw(st.sampled_from(range(5))) == 4:
        names = ("merchant_id", "lead_id", "template_id", "status", "payload", "updated_at")
        return "leads", {name: record[name] for name in names if name in record}
    return "calls", record | {"call_id": draw(st.sampled_from(pools.CALLS[:4])), "started_at": day}


@st.composite
def _two_leads(draw: st.DrawFn, merchant: str) -> History:
    least = draw(st.sampled_from((7, 3, 10)))
    return draw(st.lists(_one_lead_record(merchant), min_size=least, max_size=14))


@st.composite
def lead_scenes(draw: st.DrawFn) -> Scene:
    """Two leads of each merchant and their calls, told in records that contradict each other."""
    told = [draw(_two_leads(merchant)) for merchant in LEAD_MERCHANTS]
    history = [one for several in zip_longest(*told) for one in several if one is not None]
    rounds = QUESTIONS // len(LEAD_TYPES)
    return history, [draw(_lead_request(name)) for name in LEAD_TYPES for _ in range(rounds)], NOW


@st.composite
def _lead_request(draw: st.DrawFn, query_type: str) -> tuple[Body, Scope | None]:
    """Mostly about each of the merchants, so that none hides what is wrong with another."""
    groups = draw(st.lists(st.sampled_from(LEAD_GROUPS), max_size=2, unique=True))
    body = {
        "query_type": query_type,
        "filters": draw(st.sampled_from(LEAD_FILTERS)),
        "group_by": [*draw(st.sampled_from((["merchant_id"], ["merchant_id"], []))), *groups],
        "page_size": 1_000,
    }
    return body, draw(st.sampled_from(LEAD_SCOPES))
