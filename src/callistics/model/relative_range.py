"""Ranges that are named from now on: `today`, `last_7_days`, `past_15_minutes`."""

import re
from typing import NamedTuple

from callistics.model import instants
from callistics.model.buckets import Granularity, period_begin, period_shifted
from callistics.model.zones import Zone

MAX_COUNT = 1_000

_CALENDAR = {
    name.value: name
    for name in (
        Granularity.DAY,
        Granularity.WEEK,
        Granularity.MONTH,
        Granularity.QUARTER,
        Granularity.YEAR,
    )
}
_LASTING = {"minute": instants.MINUTE, "hour": instants.HOUR}
_COUNT = "(?:[1-9][0-9]{0,2}|1000)"
_RUNNING = [name for name in _CALENDAR if name != Granularity.DAY]
FORMS = (
    "today",
    "yesterday",
    *(f"this_{name}" for name in _RUNNING),
    *(f"last_{name}" for name in _CALENDAR),
    *(f"last_N_{name}s" for name in _CALENDAR),
    *(f"past_N_{name}s" for name in (*_LASTING, "day")),
)
"""Every form of a name; N is a whole number from 1 to `MAX_COUNT`."""
PATTERN = "^(?:" + "|".join(form.replace("N", _COUNT) for form in FORMS) + ")$"
_PARTS = re.compile("(?P<word>[a-z]+)(?:_(?P<count>[0-9]+))?(?:_(?P<unit>[a-z]+?)s?)?")


class Named(NamedTuple):
    """The half-open range that a name means, and between which instants it means just that."""

    begin: int
    end: int
    since: int
    until: int


def named_range(name: str, zone: Zone, now: int) -> Named:
    """What a name means in a zone at an instant. Raises `ValueError` where there is no such."""
    parts = _PARTS.fullmatch(name)
    if parts is None or not re.fullmatch(PATTERN, name):
        raise ValueError(
            f"no such range; one of {', '.join(FORMS)}, with N from 1 to {MAX_COUNT:,}"
        )
    if parts["word"] == "past":
        return _past(int(parts["count"]), parts["unit"], zone, now)
    unit = _CALENDAR[parts["unit"] or Granularity.DAY]
    today = zone.day_at(now)
    first, last = _periods(parts["word"], int(parts["count"] or 1))
    running = period_begin(unit, today)
    begin, end, since, until = (
        zone.day_begin(day)
        for day in (
            period_shifted(unit, running, first),
            period_shifted(unit, running, last),
            today,
            today + 1,
        )
    )
    return Named(begin, end, since, until)


def _periods(word: str, count: int) -> tuple[int, int]:
    """The first period and the one after the last, counted from the running one."""
    if word in ("today", "this"):
        return 0, 1
    return -count, 0


def _past(count: int, unit: str, zone: Zone, now: int) -> Named:
    end = instants.to_millisecond(now)
    if unit in _LASTING:
        begin = end - count * _LASTING[unit]
    else:
        begin = zone.instant(zone.local(end) - count * instants.DAY)
    return Named(begin, end, end, end + 1000)
