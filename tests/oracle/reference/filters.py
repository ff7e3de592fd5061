"""Which calls or leads a request is about."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from .canonical import exact
from .grouping import group_value
from .moments import span
from .payloads import holds
from .ranges import named
from .settings import ReferenceSettings, Refused, Scope
from .state import Call, Lead, field_of
from .success import is_reached, is_success
from .under_way import end_of

Filters = dict[str, Any]

SCOPE_FIELDS = {
    "reseller_ids": "reseller_id",
    "merchant_ids": "merchant_id",
    "template_ids": "template_id",
}
OF_EITHER = ("template_id", "merchant_id", "reseller_id", "lead_id", "status")
CLOCK = ("weekday", "hour")
OF_NO_CALL = (*OF_EITHER, *CLOCK, "date_from", "date_to", "date_range", "payload_filters")
LIMITS = (
    "min_duration",
    "max_duration",
    "sentiment_min",
    "sentiment_max",
    "min_cost",
    "max_cost",
    "success",
    "reached",
)


@dataclass(frozen=True)
class Question:
    """What is asked of which records, by whose settings and when.

    `overlap` says that dates test all the time that a call takes. `locked` are filters that must
    hold beside the others. `side` is one of the ranges of a comparison, instead of that of the
    filters.
    """

    filters: Filters
    scope: Scope
    zone: str
    settings: ReferenceSettings
    now: int
    overlap: bool = False
    locked: Filters = field(default_factory=Filters)
    side: tuple[int, int] | None = None

    @property
    def each(self) -> tuple["Question", ...]:
        """The question by the filters alone, and by those that are locked."""
        return self, replace(self, filters=self.locked, side=None)

    @property
    def limits(self) -> tuple[int | None, int | None]:
        """The first instant inside and the first one after, where there are any."""
        return self.side or date_limits(self.filters, self.zone, self.now)


def given(filters: Filters) -> Filters:
    """Null is the same as leaving a filter out."""
    return {name: value for name, value in filters.items() if value is not None}


def refuse_crossed_dates(filters: Filters, zone: str) -> None:
    first, last = filters.get("date_from"), filters.get("date_to")
    if first is None or last is None:
        return
    begin, until = span(first, zone), span(last, zone)
    assert begin is not None
    assert until is not None
    if begin.start >= until.end and begin.start > until.start:
        raise Refused(422, "date_from after date_to")


def in_scope(unit: Call | Lead, scope: Scope) -> bool:
    return all(getattr(unit, SCOPE_FIELDS[kind]) in scope[kind] for kind in scope)


def date_limits(filters: Filters, zone: str, now: int) -> tuple[int | None, int | None]:
    """The first instant inside and the first one after, where they are given."""
    if "date_range" in filters:
        return named(filters["date_range"], zone, now)
    first, last = filters.get("date_from"), filters.get("date_to")
    begin = None if first is None else span(first, zone)
    until = None if last is None else span(last, zone)
    return begin and begin.start, until and until.end


def _in_dates(at: int, asked: Question) -> bool:
    begin, end = asked.limits
    return (begin is None or begin <= at) and (end is None or at < end)


def _dated(call: Call, asked: Question) -> bool:
    if not asked.overlap:
        return _in_dates(call.started_at, asked)
    begin, end = asked.limits
    before = end is None or call.started_at < end
    return bool(call.duration) and before and (begin is None or end_of(call) > begin)


def _in_numbers(value: Any, lowest: Any, highest: Any) -> bool:
    if lowest is None and highest is None:
        return True
    if value is None:
        return False
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def _times(number: float | None, factor: int) -> Fraction | None:
    return None if number is None else Fraction(exact(number)) * factor


def _listed(unit: Call | Lead, filters: Filters, names: Iterable[str]) -> bool:
    for name in names:
        if name in filters:
            wanted = filters[name] if isinstance(filters[name], list) else [filters[name]]
            if name == "currency":
                wanted = [value and value.upper() for value in wanted]
            if field_of(unit, name) not in wanted:
                return False
    return True


def _by_clock(unit: Call | Lead, asked: Question) -> bool:
    """The weekday and the hour of a call's start, or of a lead's creation, in the zone."""
    for name in CLOCK:
        if name in asked.filters:
            wanted = asked.filters[name]
            value = group_value(unit, name, asked.zone, "day")
            if value not in (wanted if isinstance(wanted, list) else [wanted]):
                return False
    return True


def _payload(unit: Call | Lead, asked: Question) -> bool:
    conditions = asked.filters.get("payload_filters", {})
    return all(holds(unit.payload, key, wanted, asked.zone) for key, wanted in conditions.items())


def _as_told(asked: Question, call: Call) -> bool:
    """Whether a success and a reach are there or not, as is asked."""
    success = is_success(asked.settings, call.outcome, call.success)
    reached = is_reached(asked.settings, call.outcome, call.answered_at, call.success)
    filters = asked.filters
    return filters.get("success", success) == success and filters.get("reached", reached) == reached


def _of_a_call(filters: Filters) -> list[str]:
    """What only calls have: every filter but the few that leads have as well."""
    return [name for name in filters if name not in OF_NO_CALL]


def _as_call(call: Call, asked: Question) -> bool:
    """The filters on what only a call has."""
    get = asked.filters.get
    lists = [name for name in _of_a_call(asked.filters) if name not in LIMITS]
    cost = None if call.price is None else call.price.cost
    return (
        _listed(call, asked.filters, lists)
        and _in_numbers(
            call.duration, _times(get("min_duration"), 1000), _times(get("max_duration"), 1000)
        )
        and _in_numbers(call.sentiment, get("sentiment_min"), get("sentiment_max"))
        and _in_numbers(cost, _times(get("min_cost"), 10**6), _times(get("max_cost"), 10**6))
        and _as_told(asked, call)
    )


def call_matches(call: Call, asked: Question) -> bool:
    return all(_call_matches(call, one) for one in asked.each)


def _call_matches(call: Call, asked: Question) -> bool:
    return (
        in_scope(call, asked.scope)
        and _listed(call, asked.filters, OF_EITHER)
        and _dated(call, asked)
        and _by_clock(call, asked)
        and _as_call(call, asked)
        and _payload(call, asked)
    )


def _some_call_matches(lead: Lead, asked: Question) -> bool:
    if not any(_of_a_call(one.filters) for one in asked.each):
        return True
    called = [call for call in lead.calls if in_scope(call, asked.scope)]
    return any(all(_as_call(call, one) for one in asked.each) for call in called)


def lead_matches(lead: Lead, asked: Question) -> bool:
    return _some_call_matches(lead, asked) and all(_lead_matches(lead, one) for one in asked.each)


def _lead_matches(lead: Lead, asked: Question) -> bool:
    return (
        in_scope(lead, asked.scope)
        and _listed(lead, asked.filters, OF_EITHER)
        and _in_dates(lead.created_at, asked)
        and _by_clock(lead, asked)
        and _payload(lead, asked)
    )
