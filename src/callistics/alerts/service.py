"""The alerts of a server: making and changing them, what they would have done, who is told."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace

from callistics.access.keyring import Keyring, covers
from callistics.alerts.evaluator import Evaluator, EvaluatorParts
from callistics.alerts.figures import Watched
from callistics.alerts.notices import TEST, Notices
from callistics.alerts.parse import Terms
from callistics.alerts.sender import Sender, Ways
from callistics.alerts.simulate import Simulation, simulate
from callistics.alerts.stored import StoredAlerts
from callistics.alerts.targets import Reachable, as_notified
from callistics.alerts.worker import Worker
from callistics.analytics.service import Analytics
from callistics.engines.base import Readable
from callistics.errors import Refused, invalid
from callistics.ingest.job import Job, Result
from callistics.ingest.writer import Writer
from callistics.model.alerts import (
    AlertChanges,
    AlertStatus,
    Delivery,
    NotifyTarget,
    StoredAlert,
    Window,
)
from callistics.model.audit import Note
from callistics.model.instants import DAY, HOUR, is_within
from callistics.model.scope import Scope

MOST_ALERTS = 1_000
"""So many alerts a server has."""
KEPT = 90 * DAY
"""So long it is known what changed, and what was told."""


@dataclass(frozen=True, slots=True)
class AlertParts:
    """What alerts work with; `clock` gives µs."""

    engine: Readable
    writer: Writer
    analytics: Analytics
    notices: Notices
    keyring: Keyring
    ways: Ways
    default_zone: str
    clock: Callable[[], int]


class Alerts:
    """Alerts with what becomes of them. Safe to use from many threads."""

    def __init__(self, parts: AlertParts) -> None:
        self._parts, self.clock = parts, parts.clock
        self.stored = StoredAlerts(parts.engine)
        self.sender = Sender(self.stored, parts.ways, self._store, self._where)
        self.evaluator = Evaluator(
            EvaluatorParts(
                self.stored,
                parts.analytics,
                parts.notices,
                self.sender,
                self._store,
                lambda: parts.writer.erasures,
                self.paused,
            )
        )
        self._workers: list[Worker] = []
        self._purged: int | None = None

    def terms(self) -> Terms:
        """What bodies are read by, now."""
        parts = self._parts
        reachable = Reachable(parts.ways.mailer is not None, parts.ways.private)
        return Terms(parts.analytics.plan, parts.default_zone, self.clock(), reachable)

    def visible(self, scope: Scope) -> list[StoredAlert]:
        """The alerts that lie within a scope, oldest first."""
        return [one for one in self.stored.alerts() if covers(scope, one.scope)]

    def find(self, alert_id: str, scope: Scope) -> StoredAlert | None:
        """An alert by its id, if it lies within the scope."""
        return next((one for one in self.visible(scope) if one.id == alert_id), None)

    def check_number(self) -> None:
        """Raises `Refused` where there is no room for another one."""
        if len(self.stored.alerts()) >= MOST_ALERTS:
            raise Refused([invalid("", f"there are {MOST_ALERTS:,} alerts already")])

    def save(self, alert: StoredAlert, note: Note) -> "Future[Result]":
        """Have an alert stored, and noted; done once it is durable. Raises `Unavailable`."""
        job = Job(alerts=AlertChanges(alerts=[alert]), notes=(note,))
        done = self._parts.writer.submit(job)
        done.add_done_callback(lambda _: self._wake())
        return done

    def delete(self, alert: StoredAlert, note: Note) -> "Future[Result]":
        """Have an alert deleted, with its secrets."""
        now = self.clock()
        return self.save(replace(alert, notify=(), enabled=False, deleted_at=now), note)

    def paused(self, alert: StoredAlert) -> str | None:
        """Why an alert is not evaluated, None where it is."""
        if not alert.enabled:
            return "it is not enabled"
        if alert.key_id and self._parts.keyring.has_ended(alert.key_id, self.clock()):
            return "the key that it was made or last changed with was revoked or has expired"
        return None

    def overdue(self) -> Mapping[str, int]:
        """How many notices of each alert did not arrive yet, though they were sent."""
        return Counter(one.alert_id for one in self.stored.waiting() if one.overdue)

    def _where(self, notice: Delivery) -> NotifyTarget | str:
        """Where a notice is to go by now, or why nowhere."""
        found = next((one for one in self.stored.alerts() if one.id == notice.alert_id), None)
        if found is None:
            return "the alert was deleted"
        place = as_notified(notice.target, found.notify)
        return self.paused(found) or place or "the alert does not notify it any more"

    def handed_on(self, key_id: str, successor: str) -> AlertChanges:
        """What has the alerts that one key carries be carried by another."""
        carried = [one for one in self.stored.alerts() if one.key_id == key_id]
        return AlertChanges(alerts=[replace(one, key_id=successor) for one in carried])

    def simulate(self, alert: StoredAlert, span: Window) -> Simulation:
        """What an alert would have done in a range. Raises `RequestError`."""
        return simulate(alert, self._parts.analytics, span, self.clock())

    def watched(self, alert: StoredAlert) -> Watched:
        """The figures of an alert. Raises `RequestError`."""
        return Watched(alert, self._parts.analytics, self.clock())

    def test(self, alert: StoredAlert) -> list[Delivery]:
        """Send a notice that says that it is a test; what became of it at each place."""
        now = self.clock()
        status = self.stored.status(alert.id) or AlertStatus(alert.changed_at, now)
        watched = self.watched(alert)
        made = self._parts.notices.make(alert, watched, status, (), now, TEST)
        return [self._parts.ways.attempt(one, now) for one in made]

    def _store(self, changes: AlertChanges) -> None:
        self._parts.writer.submit(Job(alerts=changes, unlimited=True)).result()

    def _wake(self) -> None:
        for one in self._workers:
            one.wake()

    def start(self, *, evaluates: bool) -> None:
        """Evaluate and send in the background from now on, if that is this server's part."""
        if evaluates:
            sending = Worker("notices", self.sender.round, self.clock)
            self.sender.on_added = sending.wake
            self._workers = [Worker("alerts", self.evaluator.round, self.clock), sending]

    def stop(self) -> None:
        """Evaluate and send no more: the rest is done after the next start."""
        self.sender.stopping = True
        for one in self._workers:
            one.stop()

    def maintain(self) -> bool:
        """Delete, once an hour, what is kept no longer; whether that was done."""
        moment = self.clock()
        if self._purged is not None and is_within(moment, self._purged, HOUR):
            return False
        self._purged = moment
        self._store(AlertChanges(purge_before=moment - KEPT))
        return True
