"""What is told of an alert: what changed and why, where to look, some of the calls behind it."""

import itertools
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from callistics.alerts.figures import Watched, over
from callistics.alerts.shown import shown_change, shown_condition
from callistics.catalog.filters import FILTERS
from callistics.dashboard.address import address
from callistics.looking.search import Searches
from callistics.model.alerts import (
    AlertChange,
    AlertState,
    AlertStatus,
    Delivery,
    GroupKey,
    StoredAlert,
    Window,
)
from callistics.model.bodies import Object
from callistics.model.instants import SECOND, utc_text
from callistics.model.json import as_object, encode
from callistics.model.time_range import instant_text
from callistics.model.zones import Zone
from callistics.sql.selection import Unit

CALLS_NAMED = 20
"""So many calls a notice names."""
CHANGES_TOLD = 100
"""So many changes one notice has; of more the newest."""
CHANGED, REPEATED, TEST = "alert.changed", "alert.repeated", "alert.test"
_PAYLOAD = "payload."
_MADE = itertools.count()
_log = structlog.get_logger("callistics")


@dataclass(frozen=True, slots=True)
class Notices:
    """Makes notices; links lead to the dashboard at `base`."""

    searches: Searches
    base: str

    def make(
        self,
        alert: StoredAlert,
        watched: Watched,
        status: AlertStatus,
        changes: Sequence[AlertChange],
        now: int,
        kind: str = CHANGED,
    ) -> list[Delivery]:
        """A notice for each place that an alert notifies."""
        if not alert.notify:
            return []
        told = changes[-CHANGES_TOLD:]
        data = {
            "alert": {"id": alert.id, "name": alert.name},
            "test": kind == TEST,
            "state": status.state,
            "field": alert.field,
            "condition": shown_condition(alert.condition),
            "changes": [self._change(watched, one) for one in told],
            "changes_left_out": len(changes) - len(told),
            "firing": [dict(one.group) for one in status.groups if one.state is AlertState.FIRING],
            "link": self._link(watched, told),
            "calls": self._calls(alert, watched, told, now),
        }
        body = encode({"type": kind, "timestamp": utc_text(now), "data": data}).decode()
        return [
            Delivery(_new_id(now), alert.id, target, now, body, next_at=now)
            for target in alert.notify
        ]

    def _change(self, watched: Watched, change: AlertChange) -> Mapping[str, object]:
        return {**shown_change(change, watched.zone), "link": self._link(watched, [change])}

    def _link(self, watched: Watched, changes: Sequence[AlertChange]) -> str:
        """The dashboard over what changed last: with fixed dates, and filtered by the group."""
        if not changes:
            return f"{self.base}/"
        asked = _dated(watched, changes[-1])
        return f"{self.base}/?{address(asked)}"

    def _calls(
        self, alert: StoredAlert, watched: Watched, changes: Sequence[AlertChange], now: int
    ) -> list[Mapping[str, object]]:
        """Some of the calls behind what changed, the newest first, by their ids alone."""
        found: dict[tuple[str, str], Mapping[str, object]] = {}
        if watched.kind.unit is not Unit.CALLS:
            return []
        for change in reversed(changes):
            if len(found) >= CALLS_NAMED:
                break
            for call in self._behind(alert, watched, change, now):
                found.setdefault((str(call["merchant_id"]), str(call["call_id"])), call)
        return list(found.values())[:CALLS_NAMED]

    def _behind(
        self, alert: StoredAlert, watched: Watched, change: AlertChange, now: int
    ) -> list[Mapping[str, object]]:
        asked = _within(watched, change.window, change.group)
        body = {name: asked[name] for name in ("filters", "timezone") if name in asked}
        try:
            wanted = encode({**body, "limit": CALLS_NAMED})
            calls = self.searches.page(self.searches.parse(wanted, alert.scope, now)).calls
        except Exception:  # noqa: BLE001 - that an alert fires is told, whatever its calls are
            _log.exception("the calls behind an alert could not be looked up", alert=alert.id)
            return []
        return [
            {
                "merchant_id": call["merchant_id"],
                "call_id": call["call_id"],
                "started_at": instant_text(watched.zone, int(call["started_at"] or 0)),
            }
            for call in calls
        ]


def _new_id(now: int) -> str:
    """Ids sort in the order in which notices are made, those of one instant too."""
    return f"msg_{now:015x}{next(_MADE):06x}{secrets.token_hex(8)}"


def _within(watched: Watched, window: Window, group: GroupKey) -> Object:
    """The query over a window, filtered by a group as far as there are filters of that."""
    query = over(watched.query, window)
    filters = dict(as_object(query.get("filters")) or {})
    payload = dict(as_object(filters.get("payload_filters")) or {})
    for name, value in group.items():
        # What is asked for already stays: the group lies within it.
        if name in FILTERS:
            filters[name] = [value]
        elif name.startswith(_PAYLOAD):
            payload.setdefault(name.removeprefix(_PAYLOAD), value)
    if payload:
        filters["payload_filters"] = payload
    return {**query, "filters": filters}


def _dated(watched: Watched, change: AlertChange) -> Object:
    """The same with dates that people can read, in the zone of the query."""
    asked = dict(_within(watched, change.window, change.group))
    filters = dict(as_object(asked["filters"]) or {})
    filters["date_from"] = _local(watched.zone, change.window.begin)
    filters["date_to"] = _local(watched.zone, change.window.end - 1)
    asked["filters"], asked["timezone"] = filters, watched.zone.name
    return asked


def _local(where: Zone, at: int) -> str:
    """An instant to the second, with its offset."""
    return instant_text(where, at // SECOND * SECOND)
