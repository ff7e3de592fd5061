"""One evaluation of an alert: from where it stands to where it stands after a bucket."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from callistics.alerts.figures import Watched, group_text
from callistics.alerts.machine import Reading, begun, is_told, step
from callistics.alerts.windows import is_all_within, last_closed, next_end, window_ending
from callistics.model.alerts import (
    AlertChange,
    AlertState,
    AlertStatus,
    GroupState,
    StoredAlert,
    Window,
)
from callistics.model.instants import DAY, SECOND
from callistics.model.zones import Zone, zone

MOST_BEHIND = 100
"""So many closed buckets are evaluated after a time without evaluations; older ones are not."""
FORGOTTEN_AFTER = 30 * DAY
"""A group that has not occurred for so long is one no more."""
# That in which a group no longer occurs, and one more for which it is known, beside those for which
# the condition has to hold.
_BUCKETS_TO_FIRE = 2
FAILURES = 3
"""So many failures on end are an error; what can never go well is one at once."""
_FIRST_PAUSE, _LONGEST_PAUSE = 30 * SECOND, 900 * SECOND


class Evaluated(NamedTuple):
    """Where an alert stands, and what changed."""

    status: AlertStatus
    changes: Sequence[AlertChange] = ()


def zone_of(alert: StoredAlert, watched: Watched) -> Zone:
    """The zone of an alert's hours: its own, else that of its query."""
    return watched.zone if alert.timezone is None else zone(alert.timezone)


def beginning(alert: StoredAlert, watched: Watched, now: int) -> AlertStatus:
    """Where an alert stands before its first evaluation, which is of the last closed bucket."""
    end = last_closed(watched.zone, watched.granularity, now - alert.delay * SECOND)
    until = window_ending(watched.zone, watched.granularity, end, 1).begin
    return AlertStatus(alert.changed_at, until)


def set_back(status: AlertStatus, alert: StoredAlert, watched: Watched, now: int) -> AlertStatus:
    """Where an alert stands that was evaluated by a clock that was ahead: it goes on from now."""
    told = None if status.told_at is None else min(status.told_at, now)
    until = beginning(alert, watched, now).until
    return replace(status, until=until, told_at=told, retry_at=0)


def closes(alert: StoredAlert, watched: Watched, status: AlertStatus) -> int:
    """When the next bucket counts as closed."""
    return next_end(watched.zone, watched.granularity, status.until) + alert.delay * SECOND


def due(alert: StoredAlert, watched: Watched, status: AlertStatus, now: int) -> int | None:
    """The end of the bucket that is to be evaluated, None where none is closed yet."""
    if closes(alert, watched, status) > now:
        return None
    where = watched.zone, watched.granularity
    last = last_closed(*where, now - alert.delay * SECOND)
    first = next_end(*where, status.until)
    if first == last or status.error is not None:
        return last
    return max(first, next_end(*where, window_ending(*where, last, MOST_BEHIND).begin))


def evaluate(
    alert: StoredAlert, watched: Watched, status: AlertStatus, end: int, now: int
) -> Evaluated:
    """Evaluate the bucket that ends at an instant. Raises `RequestError`."""
    where = watched.zone, watched.granularity
    begin = window_ending(*where, end, 1).begin
    status = replace(status, until=end, failures=0, retry_at=0)
    hours = alert.active_hours
    if hours and not is_all_within(hours, zone_of(alert, watched), Window(begin, end)):
        return Evaluated(status)
    window = window_ending(*where, end, alert.buckets)
    readings = watched.readings(window, [one.group for one in status.groups])
    known = {group_text(one.group): one for one in status.groups}
    groups: list[GroupState] = []
    changes: list[AlertChange] = []
    for reading in readings:
        group = known.get(group_text(reading.group)) or begun(reading, window, now)
        after, change = step(alert, group, reading, window, now)
        if _is_forgotten(alert, watched, after, end):
            change = _ended(group, reading, window, now)
        else:
            groups.append(after)
        changes += [] if change is None else [change]
    was_error = status.error is not None
    status = replace(
        status,
        evaluated_at=now,
        window=window,
        groups=tuple(groups),
        error=None,
        error_since=None,
    )
    if was_error:
        mended = AlertChange(now, {}, AlertState.ERROR, status.state, window)
        changes.insert(0, mended)
    return Evaluated(status, changes)


def _is_forgotten(alert: StoredAlert, watched: Watched, group: GroupState, end: int) -> bool:
    """Whether a group has not occurred for long, and for long enough to have fired."""
    if group.seen > end - FORGOTTEN_AFTER:
        return False
    buckets = alert.pending_for + _BUCKETS_TO_FIRE
    return group.seen < window_ending(watched.zone, watched.granularity, end, buckets).begin


def _ended(group: GroupState, reading: Reading, window: Window, now: int) -> AlertChange | None:
    """The end of a group that is known no more; None where nobody has heard of its state."""
    figures = (reading.value, reading.previous, reading.count)
    change = AlertChange(now, group.group, group.state, AlertState.OK, window, *figures)
    return change if is_told(change) else None


def failed(status: AlertStatus, window: Window, why: str, now: int, *, final: bool) -> Evaluated:
    """After an evaluation failed: it is tried again, unless it can never go well."""
    failures = status.failures + 1
    pause = min(_FIRST_PAUSE << min(failures - 1, 10), _LONGEST_PAUSE)
    after = replace(status, evaluated_at=now, failures=failures, retry_at=now + pause)
    if final:
        after = replace(after, until=window.end, retry_at=0)
    if not final and failures < FAILURES:
        return Evaluated(after)
    after = replace(after, error=why, error_since=status.error_since or now)
    if status.error is not None:
        return Evaluated(after)
    change = AlertChange(now, {}, status.state, AlertState.ERROR, window, error=why)
    return Evaluated(after, [change])
