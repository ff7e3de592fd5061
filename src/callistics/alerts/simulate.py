"""What an alert would have done in the past, by the records as they are now."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from callistics.alerts.evaluate import evaluate, zone_of
from callistics.alerts.figures import Watched
from callistics.alerts.machine import is_told
from callistics.alerts.windows import end_of_hours, next_end
from callistics.analytics.body_reader import BodyReader
from callistics.analytics.service import Analytics
from callistics.errors import NOTHING, Refused, invalid, malformed, pointer
from callistics.model.alerts import AlertChange, AlertStatus, GroupState, StoredAlert, Window
from callistics.model.bodies import Object
from callistics.model.instants import SECOND, parse_iso, utc_text
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT, Zone, zone

SPAN_FIELDS = ("from", "to")
MOST_BUCKETS, MOST_ROWS = 1_000, 10_000
"""So many buckets are gone through, and so many figures of groups answered."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change, and when it would have been told (µs); None: it would not."""

    change: AlertChange
    told_at: int | None


@dataclass(slots=True)
class Simulation:
    """What would have changed, and each group after each bucket that was evaluated."""

    zone: Zone
    changes: list[Told] = field(default_factory=list[Told])
    figures: list[tuple[Window, GroupState]] = field(
        default_factory=list[tuple[Window, GroupState]]
    )


def parse_span(given: Object, alert: StoredAlert, default_zone: str, now: int) -> Window:
    """From when to when; `to` is now where it is not given. Raises `Refused`."""
    return _Reader(given, alert.scope, default_zone, now).span()


class _Reader(BodyReader):
    """Reads the ends of a simulation, in the zone that its body or the server names."""

    def span(self) -> Window:
        """The range. Raises `Refused`."""
        begin, end = self._at("from"), self._at("to")
        if begin is None and not self.problems:
            message = "required: a date or a time"
            self.problems.append(malformed("/from", message, self.body.get("from", NOTHING)))
        if begin is not None and (self.now if end is None else end) <= begin:
            self.problems.append(invalid("/from", "does not lie before the end"))
        if self.problems:
            raise Refused(self.problems)
        assert begin is not None
        return Window(begin, self.now if end is None else min(end, self.now))

    def _at(self, name: str) -> int | None:
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.problems.append(malformed(pointer(name), "must be a string", value))
            return None
        try:
            written = parse_iso(value)
        except ValueError as error:
            self.problems.append(invalid(pointer(name), str(error), value))
            return None
        found = self.zone.begin_of(written) if name == "from" else self.zone.end_of(written)
        if not FIRST_INSTANT <= found <= LAST_INSTANT:
            self.problems.append(invalid(pointer(name), "lies too far away", value))
            return None
        return found


def simulate(alert: StoredAlert, analytics: Analytics, span: Window, now: int) -> Simulation:
    """Evaluate every bucket that lies in a range and is closed now. Raises `RequestError`."""
    watched = Watched(alert, analytics, now)
    found = Simulation(watched.zone)
    ends = list(_ends(alert, watched, span, now))
    status = AlertStatus(alert.changed_at, span.begin)
    for end in ends:
        at = end + alert.delay * SECOND
        status = replace(status, window=None)
        status, changes = evaluate(alert, watched, status, end, at)
        found.changes += [Told(one, _told_at(alert, watched, one)) for one in changes]
        if status.window is not None:
            found.figures += [(status.window, one) for one in status.groups]
        if len(found.figures) > MOST_ROWS:
            message = f"more than {MOST_ROWS:,} figures: choose a shorter range, or filter more"
            raise Refused([invalid("/from", message)])
    return found


def _ends(alert: StoredAlert, watched: Watched, span: Window, now: int) -> Iterator[int]:
    """The ends of the whole buckets in a range, up to the last closed one."""
    last = min(span.end, now - alert.delay * SECOND)
    where = watched.zone, watched.granularity
    first = next_end(*where, span.begin - 1)
    end, number, before = next_end(*where, first), 0, first
    while end <= last:
        number += 1
        if number > MOST_BUCKETS:
            message = (
                f"more than {MOST_BUCKETS:,} buckets: so many from here end at {utc_text(before)};"
                " give that as `to`, or a later `from`"
            )
            raise Refused([invalid("/from", message)])
        yield end
        before, end = end, next_end(*where, end)


def _told_at(alert: StoredAlert, watched: Watched, change: AlertChange) -> int | None:
    if not is_told(change):
        return None
    return end_of_hours(alert.quiet_hours, zone_of(alert, watched), change.at)


def zone_of_query(query: Object, default: str) -> str:
    """The zone that a query names, if it is one."""
    name = query.get("timezone")
    try:
        return zone(name).name if isinstance(name, str) else default
    except ValueError:
        return default
