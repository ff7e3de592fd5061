"""Evaluates alerts as their buckets close, and makes the notices of what changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import structlog

from callistics.alerts.evaluate import (
    Evaluated,
    beginning,
    closes,
    due,
    evaluate,
    failed,
    set_back,
    zone_of,
)
from callistics.alerts.figures import Watched
from callistics.alerts.machine import is_told
from callistics.alerts.notices import CHANGED, REPEATED, Notices
from callistics.alerts.sender import Sender
from callistics.alerts.stored import StoredAlerts
from callistics.alerts.windows import end_of_hours, is_within, window_ending
from callistics.analytics.service import Analytics
from callistics.errors import CallisticsError, Refused
from callistics.ingest.job import OutdatedError
from callistics.model.alerts import (
    AlertChange,
    AlertChanges,
    AlertState,
    AlertStatus,
    Delivery,
    StoredAlert,
    Window,
)
from callistics.model.instants import MINUTE, SECOND

AT_A_TIME = 20
"""So many buckets of an alert are evaluated before it is another one's turn."""
MOST_HELD = 500
"""So many changes are held during quiet hours; of more the newest."""
_LATER = 5 * MINUTE
_log = structlog.get_logger("callistics")


@dataclass(frozen=True, slots=True)
class EvaluatorParts:
    """What it works with: `erasures` says how often the writer has erased so far.

    `why_not` says why an alert is not evaluated, if so.
    """

    stored: StoredAlerts
    analytics: Analytics
    notices: Notices
    sender: Sender
    save: Callable[[AlertChanges], None]
    erasures: Callable[[], int]
    why_not: Callable[[StoredAlert], str | None]


class Evaluator:
    """Where each alert stands is kept in memory, and stored with what it leads to."""

    def __init__(self, parts: EvaluatorParts) -> None:
        self._parts = parts
        self._statuses: dict[str, AlertStatus] | None = None
        # When an alert, as it was then, is to be looked at again.
        self._next: dict[str, tuple[StoredAlert, int]] = {}
        self._in_doubt = False
        self._erasures = 0
        self._last_round = 0

    @property
    def firing(self) -> int:
        """How many alerts fire, of those that are evaluated."""
        found = list((self._statuses or {}).items())
        return sum(own in self._next and one.state is AlertState.FIRING for own, one in found)

    def round(self, now: int) -> int | None:
        """Evaluate what is due at an instant (µs); when something is again, None if nothing is."""
        if now < self._last_round:
            # The clock was ahead: what was to be waited for is another time now.
            self._next.clear()
        self._last_round = now
        erasures = self._parts.erasures()
        alerts = self._parts.stored.alerts()
        if self._in_doubt or erasures != self._erasures:
            # What could not be stored may be there after all, and groups may be gone.
            self._statuses, self._in_doubt = None, False
            self._erasures = erasures
            self._parts.sender.read_anew()
        if self._statuses is None:
            self._statuses = self._parts.stored.statuses()
        self._forget({one.id for one in alerts})
        found = [self._looked_at(alert, now) for alert in alerts]
        return min((at for at in found if at is not None), default=None)

    def _forget(self, there: set[str]) -> None:
        assert self._statuses is not None
        for known in (self._statuses, self._next):
            for gone in known.keys() - there:
                del known[gone]

    def _looked_at(self, alert: StoredAlert, now: int) -> int | None:
        """Look at an alert if it is time; when it is again, None where it is not evaluated."""
        if self._parts.why_not(alert) is not None:
            self._next.pop(alert.id, None)
            return None
        before, at = self._next.get(alert.id, (alert, now))
        if before == alert and at > now:
            return at
        try:
            following = self._worked(alert, now)
        except OutdatedError:
            following = now
        except Exception:  # noqa: BLE001 - the other alerts go on
            _log.exception("an alert could not be evaluated", alert=alert.id)
            following, self._in_doubt = now + _LATER, True
        self._next[alert.id] = (alert, following)
        return following

    def _worked(self, alert: StoredAlert, now: int) -> int:
        assert self._statuses is not None
        watched = Watched(alert, self._parts.analytics, now)
        status = self._statuses.get(alert.id)
        if status is None or status.changed_at != alert.changed_at:
            status = beginning(alert, watched, now)
        elif status.until > now:
            status = set_back(status, alert, watched, now)
        stored = status
        for _ in range(AT_A_TIME):
            end = None if status.retry_at > now else due(alert, watched, status, now)
            if end is None:
                break
            after, changes = self._evaluated(alert, watched, status, end, now)
            status = after
            if changes:
                # Evaluations that changed nothing are stored together with what comes next.
                stored = status = self._noted(alert, watched, after, changes, now)
        if status is not stored:
            status = self._saved(alert, status, ())
        status = self._reminded(alert, watched, status, now)
        return min(self._times(alert, watched, status, now))

    def _evaluated(
        self, alert: StoredAlert, watched: Watched, status: AlertStatus, end: int, now: int
    ) -> Evaluated:
        window = window_ending(watched.zone, watched.granularity, end, alert.buckets)
        try:
            return evaluate(alert, watched, status, end, now)
        except Refused as error:
            return failed(status, window, error.detail, now, final=True)
        except CallisticsError as error:
            return failed(status, window, str(error), now, final=False)
        except Exception:  # noqa: BLE001 - whatever it is, somebody is to hear of it
            _log.exception("the query of an alert failed", alert=alert.id)
            return failed(status, window, "the server failed: see its log", now, final=False)

    def _noted(
        self,
        alert: StoredAlert,
        watched: Watched,
        status: AlertStatus,
        changes: Sequence[AlertChange],
        now: int,
    ) -> AlertStatus:
        """Store where an alert stands now, what changed, and what is to be told of it."""
        held = (*status.held, *(one for one in changes if is_told(one)))
        if is_within(alert.quiet_hours, zone_of(alert, watched), now):
            return self._saved(alert, replace(status, held=held[-MOST_HELD:]), changes)
        if not held:
            return self._saved(alert, status, changes)
        status = replace(status, held=(), told_at=now)
        made = self._parts.notices.make(alert, watched, status, held, now, CHANGED)
        return self._saved(alert, status, changes, made)

    def _reminded(
        self, alert: StoredAlert, watched: Watched, status: AlertStatus, now: int
    ) -> AlertStatus:
        """Tell what was held until quiet hours were over, or once more that an alert fires."""
        if is_within(alert.quiet_hours, zone_of(alert, watched), now):
            return status
        if status.held:
            return self._noted(alert, watched, status, (), now)
        again = _again(alert, status)
        if again is None or again > now:
            return status
        status = replace(status, told_at=now)
        still = list(_still(status))
        made = self._parts.notices.make(alert, watched, status, still, now, REPEATED)
        return self._saved(alert, status, (), made)

    def _saved(
        self,
        alert: StoredAlert,
        status: AlertStatus,
        changes: Sequence[AlertChange],
        made: Sequence[Delivery] = (),
    ) -> AlertStatus:
        """Store it all at once: what is told is neither forgotten nor told anew after a restart."""
        assert self._statuses is not None
        # In the order of time; other alerts change at the same instant.
        rows = [
            (f"chg_{one.at:015x}{one.window.end:015x}{place:04x}_{alert.id}", alert.id, one)
            for place, one in enumerate(changes)
        ]
        self._parts.save(
            AlertChanges(
                statuses={alert.id: status},
                changes=rows,
                deliveries=made,
                erasures=self._erasures,
            )
        )
        self._statuses[alert.id] = status
        self._parts.sender.add(made)
        return status

    def _times(
        self, alert: StoredAlert, watched: Watched, status: AlertStatus, now: int
    ) -> Iterator[int]:
        """When something of an alert may be due."""
        yield max(closes(alert, watched, status), status.retry_at)
        quiet = end_of_hours(alert.quiet_hours, zone_of(alert, watched), now)
        again = _again(alert, status)
        if status.held:
            yield quiet
        if again is not None:
            yield max(again, quiet)


def _again(alert: StoredAlert, status: AlertStatus) -> int | None:
    """When it is told once more that an alert fires."""
    if alert.renotify is None or status.state is not AlertState.FIRING or status.told_at is None:
        return None
    return status.told_at + alert.renotify * SECOND


def _still(status: AlertStatus) -> Iterator[AlertChange]:
    """The groups that fire, since when, and by which figure."""
    for one in status.groups:
        if one.state is AlertState.FIRING:
            window = status.window or Window(status.until, status.until)
            firing = AlertState.FIRING
            figures = (one.value, one.previous, one.count)
            yield AlertChange(one.since, one.group, firing, firing, window, *figures)
