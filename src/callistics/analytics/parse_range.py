"""Reading the range of a query: its two dates, or the one name that stands for both."""

from collections.abc import Mapping
from typing import NamedTuple

from callistics.catalog.filters import FILTERS
from callistics.errors import Problem, did_you_mean, invalid, malformed, pointer
from callistics.model.instants import Written, parse_iso
from callistics.model.relative_range import FORMS, named_range
from callistics.model.zones import Zone

_NAMED = "date_range"


Holds = tuple[int, int] | None
"""The instants (µs, half open) between which something means the same; None: always."""


def common(first: Holds, second: Holds) -> Holds:
    """The instants between which both mean the same."""
    if first is None or second is None:
        return first or second
    return max(first[0], second[0]), min(first[1], second[1])


class Range(NamedTuple):
    """A half-open range, None where it is open, and the instants between which it means that.

    `holds` is None where it always does.
    """

    begin: int | None = None
    end: int | None = None
    holds: Holds = None


def parse_range(
    given: Mapping[str, object], zone: Zone, now: int, problems: list[Problem]
) -> Range:
    """The range of filters that are not null; what is wrong is added to `problems`."""
    if _NAMED not in given:
        return _between(given, zone, problems)
    besides = [name for name in FILTERS[_NAMED].instead_of if name in given]
    if besides:
        message = f"stands instead of {' and '.join(besides)}: give one or the other"
        problems.append(malformed(pointer("filters", _NAMED), message, given[_NAMED]))
        _between(given, zone, problems)
    return _named(given[_NAMED], zone, now, problems)


def _named(name: object, zone: Zone, now: int, problems: list[Problem]) -> Range:
    at = pointer("filters", _NAMED)
    if not isinstance(name, str):
        problems.append(malformed(at, "must be a string", name))
        return Range()
    try:
        found = named_range(name, zone, now)
    except ValueError as error:
        problems.append(invalid(at, f"{error}{did_you_mean(name, FORMS)}", name))
        return Range()
    return Range(found.begin, found.end, (found.since, found.until))


def _between(given: Mapping[str, object], zone: Zone, problems: list[Problem]) -> Range:
    first, last = (_date(given, name, problems) for name in ("date_from", "date_to"))
    begin = None if first is None else zone.dated(zone.begin_of(first))
    end = None if last is None else zone.dated(zone.end_of(last))
    if begin is not None and end is not None and last is not None and begin >= end:
        # A day that the zone skipped holds nothing, yet asking for it is no mistake.
        if begin > zone.dated(zone.begin_of(last)):
            message = "lies after date_to"
            problems.append(invalid("/filters/date_from", message, given.get("date_from")))
        end = begin
    return Range(begin, end)


def _date(given: Mapping[str, object], name: str, problems: list[Problem]) -> Written | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        problems.append(malformed(pointer("filters", name), "must be a string", value))
        return None
    try:
        return parse_iso(value)
    except ValueError as error:
        problems.append(invalid(pointer("filters", name), str(error), value))
        return None
