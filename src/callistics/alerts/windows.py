"""Which buckets an alert looks at: the closed ones, and those that they are compared with."""

from callistics.model.alerts import Hours, Window
from callistics.model.buckets import Granularity, bucket_at, weekday
from callistics.model.instants import DAY, MINUTE
from callistics.model.zones import Zone

PREVIOUS_PERIOD, PREVIOUS_WEEK = "previous_period", "previous_week"
VERSUS = (PREVIOUS_PERIOD, PREVIOUS_WEEK)
"""What a change may be measured from."""
WITHIN_WEEK = (Granularity.MINUTE, Granularity.HOUR, Granularity.DAY)
"""The granularities that can be compared with a week before."""
_WEEK = 7
# A span that begins two days ago may still hold: it lasts a day at most.
_DAYS_BACK = 2


def window_ending(zone: Zone, granularity: Granularity, end: int, buckets: int) -> Window:
    """The last so many buckets before the end (µs) of one."""
    begin = end
    for _ in range(buckets):
        begin = bucket_at(zone, granularity, begin - 1).begin
    return Window(begin, end)


def next_end(zone: Zone, granularity: Granularity, until: int) -> int:
    """The end of the bucket that begins at an instant."""
    return bucket_at(zone, granularity, until).end


def last_closed(zone: Zone, granularity: Granularity, now: int) -> int:
    """The end of the last bucket that is over, which is where the running one begins."""
    return bucket_at(zone, granularity, now).begin


def before(zone: Zone, granularity: Granularity, window: Window, buckets: int, to: str) -> Window:
    """What a window of so many buckets is compared with."""
    if to == PREVIOUS_PERIOD:
        return window_ending(zone, granularity, window.begin, buckets)
    if granularity.is_clock:
        # By the clock, and as long: an hour that the clocks left out or repeated has no other.
        begin = zone.instant(zone.local(window.begin) - _WEEK * DAY)
        return Window(begin, begin + window.end - window.begin)
    begin, end = (zone.day_begin(zone.day_at(at) - _WEEK) for at in (window.begin, window.end))
    return Window(begin, end)


def is_within(hours: tuple[Hours, ...], zone: Zone, at: int) -> bool:
    """Whether an instant lies in one of the hours."""
    return any(begin <= at < end for one in hours for begin, end in _spans(one, zone, at))


def is_all_within(hours: tuple[Hours, ...], zone: Zone, window: Window) -> bool:
    """Whether all of a window lies in the hours, one after the other."""
    until = window.begin
    while until < window.end:
        after = end_of_hours(hours, zone, until)
        if after == until:
            return False
        until = after
    return True


def end_of_hours(hours: tuple[Hours, ...], zone: Zone, at: int) -> int:
    """When none of the hours holds any more; the instant itself if none does."""
    # Hours that follow on each other are one; a week of them has no end, and is looked at anew.
    until, limit = at, at + (_WEEK + 1) * DAY
    while until < limit:
        ends = [
            end for one in hours for begin, end in _spans(one, zone, until) if begin <= until < end
        ]
        if not ends:
            break
        until = max(ends)
    return until


def _spans(hours: Hours, zone: Zone, at: int) -> list[tuple[int, int]]:
    """When hours begin and end (µs) around an instant."""
    today = zone.day_at(at)
    found: list[tuple[int, int]] = []
    for day in range(today - _DAYS_BACK, today + 1):
        if weekday(day) in hours.days:
            last = day + (hours.end <= hours.begin)
            found.append((_clock(zone, day, hours.begin), _clock(zone, last, hours.end)))
    return found


def _clock(zone: Zone, day: int, minutes: int) -> int:
    """When a day's clocks show a time; midnight is where the day begins."""
    days, rest = divmod(minutes * MINUTE, DAY)
    return zone.instant((day + days) * DAY + rest) if rest else zone.day_begin(day + days)
