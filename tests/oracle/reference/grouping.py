"""Groups, their order, and the keys that rows are counted by."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .buckets import MOST_BUCKETS, Bucket, bucket_at
from .payloads import payload_text
from .settings import Refused
from .state import Call, Lead, field_of
from .zones import local_at

WEEKDAYS = range(1, 8)
GroupKey = tuple[Any, ...]
Groups = dict[GroupKey, list[Any]]


def time_of(unit: Call | Lead) -> int:
    return unit.started_at if isinstance(unit, Call) else unit.created_at


def group_value(unit: Call | Lead, field: str, zone: str, granularity: str) -> Any:
    """A bucket of time stands for its date: labels do not sort as instants do."""
    if field == "date":
        return bucket_at(zone, granularity, time_of(unit))
    if field == "hour":
        return local_at(zone, time_of(unit)).hour
    if field == "weekday":
        return local_at(zone, time_of(unit)).isoweekday()
    if field.startswith("payload."):
        return payload_text(unit.payload, field.removeprefix("payload."))
    return field_of(unit, field)


def shown(value: Any) -> Any:
    return value.date if isinstance(value, Bucket) else value


def nulls_last(value: Any) -> tuple[Any, ...]:
    """Numbers by size and text by code point, as Python compares them."""
    return (True,) if value is None else (False, value)


def grouped(units: Iterable[Any], fields: Sequence[str], zone: str, granularity: str) -> Groups:
    """The combinations that occur, in order; without fields one group, be it empty."""
    groups: Groups = {} if fields else {(): []}
    for unit in units:
        key = tuple(group_value(unit, field, zone, granularity) for field in fields)
        groups.setdefault(key, []).append(unit)
    dates = {value for key in groups for value in key if isinstance(value, Bucket)}
    if len(dates) > MOST_BUCKETS:
        raise Refused(422, "too many buckets")
    return in_order(groups)


def in_order(groups: Groups) -> Groups:
    keys = sorted(groups, key=lambda key: [nulls_last(value) for value in key])
    return {key: groups[key] for key in keys}


def with_all_weekdays(groups: Groups, fields: Sequence[str]) -> Groups:
    """Every combination of the other fields gets seven groups; there is one without others."""
    at = fields.index("weekday")
    others = {(key[:at], key[at + 1 :]) for key in groups} or {((), ())}
    if len(fields) > 1 and not groups:
        return {}
    keys = [(*before, day, *after) for before, after in others for day in WEEKDAYS]
    return in_order({key: groups.get(key, []) for key in keys})


def by_count(values: Iterable[Any]) -> list[tuple[Any, int]]:
    """Each value with its count, most frequent first, ties by value with null last."""
    return sorted(Counter(values).items(), key=lambda pair: (-pair[1], nulls_last(pair[0])))
