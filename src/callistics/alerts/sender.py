"""Sends notices, again and again where they do not arrive, until it gives up."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import structlog

from callistics.alerts.mail import Mailer
from callistics.alerts.stored import StoredAlerts
from callistics.alerts.webhook import NotDeliveredError, send
from callistics.model.alerts import AlertChanges, Delivery, DeliveryState, NotifyTarget
from callistics.model.instants import HOUR, MINUTE, SECOND, is_within

PAUSES = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR)
"""How long a notice waits after each attempt that failed; after the last it is given up."""
_AT_ONCE = 100
"""So many notices one place may get in a round."""
_PATIENCE = 15.0
"""So long (s) a round goes on with one place: notices to all the others wait for it."""
_THREADS = 8
_log = structlog.get_logger("callistics")

Save = Callable[[AlertChanges], None]
Where = Callable[[Delivery], NotifyTarget | str]


@dataclass(frozen=True, slots=True)
class Ways:
    """How notices go out: by mail, where that is set; to private addresses, where allowed.

    `count` is told the channel of each attempt and what became of it.
    """

    mailer: Mailer | None
    private: bool
    count: Callable[[str, str], None]

    def send(self, delivery: Delivery, now: int) -> None:
        """Send a notice. Raises `NotDeliveredError`."""
        if delivery.target.url is not None:
            send(delivery, now, private=self.private)
        elif self.mailer is not None:
            self.mailer.send(delivery)
        else:
            raise NotDeliveredError("the server sends no mail: smtp_url or mail_from is not set")

    def attempt(self, delivery: Delivery, now: int) -> Delivery:
        """Try it once; the delivery as it is afterwards."""
        channel = "email" if delivery.target.url is None else "webhook"
        tried = replace(delivery, attempts=delivery.attempts + 1)
        try:
            self.send(delivery, now)
        except NotDeliveredError as error:
            after = _failed(tried, str(error), now, final=error.final)
        except Exception:  # noqa: BLE001 - one notice must not hold up the others
            _log.exception("a notice could not be sent", alert=delivery.alert_id)
            after = _failed(tried, "the server failed: see its log", now, final=False)
        else:
            after = replace(tried, state=DeliveryState.DELIVERED, body="", error=None)
        failed = "given_up" if after.over else "failed"
        self.count(channel, "sent" if after.error is None else failed)
        return after


def _failed(tried: Delivery, why: str, now: int, *, final: bool) -> Delivery:
    if final or tried.attempts > len(PAUSES):
        return replace(tried, state=DeliveryState.GIVEN_UP, body="", error=why)
    return replace(tried, next_at=now + PAUSES[tried.attempts - 1], error=why)


def _made(one: Delivery) -> tuple[int, str]:
    return one.made_at, one.id


def _nothing() -> None:
    pass


class Sender:
    """Notices on their way. What is added must be durable already.

    `where` says where a notice is to go by now, or why nowhere: alerts change while it waits.
    """

    def __init__(self, stored: StoredAlerts, ways: Ways, save: Save, where: Where) -> None:
        self._stored, self._ways, self._save, self._where = stored, ways, save, where
        self._lock = threading.Lock()
        self._waiting: dict[str, Delivery] | None = None
        # What became of notices as long as it cannot be stored: they are not sent again for that.
        self._unstored: dict[str, Delivery] = {}
        self.on_added: Callable[[], None] = _nothing
        self.stopping = False
        """Whether no further attempt is begun."""

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Take notices; before the first round all are read anyway."""
        with self._lock:
            if self._waiting is not None:
                self._waiting |= {one.id: one for one in deliveries}
        self.on_added()

    @property
    def overdue(self) -> int:
        """How many notices are on their way that did not arrive at once."""
        return sum(one.overdue for one in self._all())

    def read_anew(self) -> None:
        """Look up what is on its way: nobody knows what came to be stored."""
        with self._lock:
            self._waiting = None

    def round(self, now: int) -> int | None:
        """Send what is due at an instant (µs); when there is more to do, None where nothing is.

        Raises `Unavailable` where what became of them cannot be stored: the next round does it.
        """
        if self._due(now):
            # As they are stored by now: a call that one of them names may have been erased.
            self.read_anew()
            if due := self._due(now):
                self._note(self._sent(due, now))
        self._store()
        return min((one.next_at for one in self._all()), default=None)

    def _due(self, now: int) -> Sequence[Delivery]:
        longest = PAUSES[-1]
        due = (one for one in self._all() if not is_within(now, one.next_at - longest, longest))
        return sorted(due, key=_made)

    def _sent(self, due: Sequence[Delivery], now: int) -> list[Delivery]:
        """Send to several places at once, to each in the order in which notices were made."""
        places: dict[tuple[str, NotifyTarget], list[Delivery]] = {}
        for one in due:
            where = self._where(one)
            place = one.target if isinstance(where, str) else where
            places.setdefault((one.alert_id, place), []).append(one)
        with ThreadPoolExecutor(min(len(places), _THREADS), "notices") as pool:
            found = pool.map(partial(self._sent_to_one, now=now), places.values())
            return [one for after in found for one in after]

    def _sent_to_one(self, queue: Sequence[Delivery], now: int) -> list[Delivery]:
        """Send to one place until a notice does not arrive: those behind it wait with it."""
        after: list[Delivery] = []
        begun = time.monotonic()
        for one in queue[:_AT_ONCE]:
            if self.stopping or time.monotonic() > begun + _PATIENCE:
                break
            if after and not after[-1].over:
                after.append(replace(one, next_at=after[-1].next_at))
                continue
            where = self._where(one)
            if isinstance(where, str):
                after.append(replace(one, state=DeliveryState.GIVEN_UP, body="", error=where))
            else:
                after.append(self._ways.attempt(replace(one, target=where), now))
        return after

    def _all(self) -> list[Delivery]:
        with self._lock:
            if self._waiting is None:
                self._waiting = {one.id: one for one in self._stored.waiting()}
            found = [self._known(one) for one in self._waiting.values()]
        return [one for one in found if not one.over]

    def _known(self, stored: Delivery) -> Delivery:
        """A notice as it is by now, telling what is stored of it."""
        after = self._unstored.get(stored.id, stored)
        return after if after.over else replace(after, body=stored.body)

    def _note(self, after: Sequence[Delivery]) -> None:
        with self._lock:
            self._unstored |= {one.id: one for one in after}

    def _store(self) -> None:
        """Store what became of notices."""
        with self._lock:
            after = list(self._unstored.values())
        if not after:
            return
        self._save(AlertChanges(deliveries=after))
        with self._lock:
            self._unstored.clear()
            if self._waiting is not None:
                self._waiting |= {one.id: one for one in after if one.id in self._waiting}
