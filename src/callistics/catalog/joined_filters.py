"""Two objects of filters, joined by AND into one: what a record must match to match both."""

from collections.abc import Callable, Mapping
from typing import Any

from callistics.catalog.filter_types import FLAG
from callistics.catalog.filters import FILTERS
from callistics.model.query import Filters, FilterValue, OneNumberOf, OneOf, cut

Joined = Callable[[Any, Any], FilterValue | None]
"""The value that asks for two at once; None where nothing has both."""


def joined(first: Filters, second: Filters) -> Filters:
    """The filters that let through what passes both; `nothing` where they exclude each other."""
    values = dict(first.values)
    excluded = first.nothing or second.nothing
    for name, value in second.values:
        found = _JOINED[name](values[name], value) if name in values else value
        if found is None:
            excluded = True
            del values[name]
        else:
            values[name] = found
    begin, end = cut(first.ends, second.ends)
    if begin is not None and end is not None and begin >= end:
        excluded, end = True, begin
    payload = (*first.payload, *second.payload)
    return Filters(tuple(values.items()), begin, end, payload, excluded)


def _both(first: OneOf | OneNumberOf, second: OneOf | OneNumberOf) -> FilterValue | None:
    if isinstance(first, OneNumberOf) and isinstance(second, OneNumberOf):
        numbers = tuple(number for number in first.numbers if number in second.numbers)
        return OneNumberOf(numbers) if numbers else None
    assert isinstance(first, OneOf)
    assert isinstance(second, OneOf)
    texts = tuple(text for text in first.texts if text in second.texts)
    null = first.null and second.null
    return OneOf(texts, null) if texts or null else None


def _same(first: bool, second: bool) -> bool | None:
    return first if first is second else None


def _ways() -> Mapping[str, Joined]:
    """How each filter with a value is joined with another of its name."""
    upper = {spec.upper for spec in FILTERS.values()}
    found: dict[str, Joined] = {}
    for name, spec in FILTERS.items():
        if spec.type.listed:
            found[name] = _both
        elif spec.type is FLAG:
            found[name] = _same
        elif spec.upper is not None:
            found[name] = max
        elif name in upper:
            found[name] = min
    return found


_JOINED = _ways()
