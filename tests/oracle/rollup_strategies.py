"""Scenes that roll-ups can mostly answer: plain questions about calls and leads of some months.

Calls lie all over the steps that roll-ups have, and ranges end on a step, beside one and within.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from . import pools
from .reference import Scope
from .strategies import GRANULARITIES, LEAD_TYPES, MEASURES, NOW, OWN_KEYS, History, Request, Scene
from .traps import DAY, FORMS, MICROSECOND, MINUTE, ZONES, Trap, exact_time, traps, written
from .weights import weighted

_PROVIDERS = st.sampled_from((None, *pools.PROVIDERS[:2]))
_FIELDS = {
    "reseller_id": st.sampled_from(pools.RESELLERS),
    "lead_id": st.sampled_from(pools.LEADS),
    "provider": _PROVIDERS,
    "outcome": st.sampled_from((None, "NO", "no answer", "NO_ANSWER", "YES")),
    "status": st.sampled_from((None, "new", "contacted", "converted")),
    "attempt": st.sampled_from((None, None, 1, 2)),
    "duration": st.sampled_from((None, 0, 0.4995, 0.5, 5, 5.2, 5.4995, 9.5, 300)),
    "sentiment": st.sampled_from((None, *pools.SCORES)),
    "success": st.sampled_from((None, None, True, False)),
    "answered_at": st.sampled_from((None, None, "2199-12-31T00:00:00Z")),
    "test": st.sampled_from((None, False, False, False, False, True)),
}
_CHANGES = st.fixed_dictionaries({}, optional=_FIELDS)
_FULL = st.fixed_dictionaries(_FIELDS)
_NAMES = {
    "reseller_id": st.sampled_from(("r1", "r2", ["r1", "r2"])),
    "provider": st.sampled_from(("TWILIO", ["PLIVO", None], [None])),
    "outcome": st.sampled_from(("YES", ["NO", None])),
    "status": st.sampled_from(("new", ["contacted", None])),
}
_SCOPES: tuple[Scope | None, ...] = (None, None, None, {"reseller_ids": ["r1"]})
_OFF = st.sampled_from((0 * MINUTE, 0 * MINUTE, MICROSECOND, -MICROSECOND, 7 * MINUTE))


@st.composite
def _near(draw: st.DrawFn, trap: Trap) -> datetime:
    """Within some months of the trap, on a quarter of an hour or beside one."""
    days = draw(st.sampled_from((0, 0, 0, 1, -1, 2, 5, -31, 32, 40, -64, 70)))
    quarters = draw(st.integers(-4 * 24, 4 * 24))
    return trap.at + days * DAY + quarters * 15 * MINUTE + draw(_OFF)


@st.composite
def _record(draw: st.DrawFn, trap: Trap) -> Any:
    """A call, or a correction of one; now and then of its lead."""
    call_id = draw(st.sampled_from(pools.CALLS))
    record: dict[str, Any] = {"call_id": call_id, "merchant_id": "m1"}
    if draw(st.integers(0, 3)) == 0:
        record |= draw(_CHANGES)
    else:
        record |= draw(_FULL)
        record["started_at"] = exact_time(draw(FORMS), draw(_near(trap)), naive=True)
    return "calls", record


@st.composite
def _range(draw: st.DrawFn, trap: Trap) -> dict[str, str]:
    ends = sorted(draw(st.tuples(_near(trap), _near(trap))))
    kept = draw(st.sampled_from((("date_from", "date_to"), ("date_from",), ("date_to",), ())))
    texts = [draw(written(trap, moment)) for moment in ends]
    return {
        name: text
        for name, text in zip(("date_from", "date_to"), texts, strict=True)
        if name in kept
    }


@st.composite
def rollup_history(draw: st.DrawFn, trap: Trap) -> History:
    """Few calls, each sent several times: whole, then in part, or whole again."""
    return draw(st.lists(_record(trap), min_size=draw(st.sampled_from((6, 1, 12))), max_size=20))


@st.composite
def rollup_requests(draw: st.DrawFn, query_type: str, trap: Trap) -> Request:
    """A body whose filters and groups roll-ups mostly have, in any zone."""
    names = ("reseller_id", "provider", "status" if query_type in LEAD_TYPES else "outcome")
    kept = draw(st.lists(st.sampled_from((*names[:2], *names)), max_size=2, unique=True))
    scope = draw(st.sampled_from(_SCOPES))
    filters = draw(_range(trap)) | {
        name: draw(_NAMES[name]) for name in kept if scope is None or name != "reseller_id"
    }
    own = OWN_KEYS.get(query_type)
    fields = ["reseller_id", "weekday"]
    fields += ["status"] if query_type == "status_distribution" else []
    fields += [] if query_type in LEAD_TYPES else ["provider", "outcome", "attempt"]
    groups = st.sampled_from([name for name in fields if name not in {own, "status"}])
    zone = weighted((4, st.just(trap.zone)), (2, st.just("UTC")), (1, st.sampled_from(ZONES)))
    measure = {"measure": draw(MEASURES)} if query_type == "measure" else {}
    return measure | {
        "query_type": query_type,
        "filters": filters,
        "granularity": draw(st.sampled_from(GRANULARITIES)),
        "timezone": draw(zone),
        "group_by": draw(
            st.lists(groups, max_size=draw(st.sampled_from((0, 0, 1, 2))), unique=True)
        ),
        "page_size": 10_000,
    }, scope


@st.composite
def rollup_scenes(draw: st.DrawFn, query_types: Sequence[str]) -> Scene:
    """A history and a request of each type about it."""
    trap = draw(traps())
    history = draw(rollup_history(trap))
    return history, [draw(rollup_requests(query_type, trap)) for query_type in query_types], NOW
