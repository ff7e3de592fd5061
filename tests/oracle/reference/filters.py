"""Which calls or leads a request is about."""

from collections.abc import Iterable
from typing import Any

from .moments import span
from .payloads import holds
from .settings import Refused, Scope
from .state import Call, Lead
from .under_way import end_of

Filters = dict[str, Any]

SCOPE_FIELDS = {
    "reseller_ids": "reseller_id",
    "merchant_ids": "merchant_id",
    "template_ids": "template_id",
}
OF_A_CALL = (
    "provider",
    "outcome",
    "direction",
    "min_duration",
    "max_duration",
    "sentiment_min",
    "sentiment_max",
)
OF_EITHER = ("template_id", "merchant_id", "reseller_id", "lead_id", "status")


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


def date_limits(filters: Filters, zone: str) -> tuple[int | None, int | None]:
    """The first instant inside and the first one after, where they are given."""
    first, last = filters.get("date_from"), filters.get("date_to")
    begin = None if first is None else span(first, zone)
    until = None if last is None else span(last, zone)
    return begin and begin.start, until and until.end


def _in_dates(at: int, filters: Filters, zone: str) -> bool:
    begin, end = date_limits(filters, zone)
    return (begin is None or begin <= at) and (end is None or at < end)


def _under_way(call: Call, filters: Filters, zone: str) -> bool:
    begin, end = date_limits(filters, zone)
    before = end is None or call.started_at < end
    return bool(call.duration) and before and (begin is None or end_of(call) > begin)


def _dated(call: Call, filters: Filters, zone: str, *, overlap: bool) -> bool:
    if overlap:
        return _under_way(call, filters, zone)
    return _in_dates(call.started_at, filters, zone)


def _in_numbers(value: float | None, lowest: float | None, highest: float | None) -> bool:
    if lowest is None and highest is None:
        return True
    if value is None:
        return False
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def _thousandfold(number: float | None) -> float | None:
    return None if number is None else number * 1000


def _listed(unit: Call | Lead, filters: Filters, names: Iterable[str]) -> bool:
    for name in names:
        if name in filters:
            wanted = filters[name] if isinstance(filters[name], list) else [filters[name]]
            if getattr(unit, name) not in wanted:
                return False
    return True


def _payload(unit: Call | Lead, filters: Filters, zone: str) -> bool:
    conditions = filters.get("payload_filters", {})
    return all(holds(unit.payload, key, wanted, zone) for key, wanted in conditions.items())


def _as_call(call: Call, filters: Filters) -> bool:
    """The filters on what only a call has."""
    lowest, highest = (_thousandfold(filters.get(n)) for n in ("min_duration", "max_duration"))
    return (
        _listed(call, filters, ("provider", "outcome", "direction"))
        and _in_numbers(call.duration, lowest, highest)
        and _in_numbers(call.sentiment, filters.get("sentiment_min"), filters.get("sentiment_max"))
    )


def call_matches(
    call: Call, filters: Filters, scope: Scope, zone: str, *, overlap: bool = False
) -> bool:
    return (
        in_scope(call, scope)
        and _listed(call, filters, OF_EITHER)
        and _dated(call, filters, zone, overlap=overlap)
        and _as_call(call, filters)
        and _payload(call, filters, zone)
    )


def _some_call_matches(lead: Lead, filters: Filters, scope: Scope) -> bool:
    if not any(name in filters for name in OF_A_CALL):
        return True
    return any(_as_call(call, filters) for call in lead.calls if in_scope(call, scope))


def lead_matches(lead: Lead, filters: Filters, scope: Scope, zone: str) -> bool:
    return (
        in_scope(lead, scope)
        and _listed(lead, filters, OF_EITHER)
        and _in_dates(lead.created_at, filters, zone)
        and _some_call_matches(lead, filters, scope)
        and _payload(lead, filters, zone)
    )
