"""Alerts as people may see them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from callistics.alerts.figures import query_of
from callistics.alerts.hours import shown_hours
from callistics.alerts.targets import shown_target
from callistics.model.alerts import (
    AlertChange,
    AlertState,
    AlertStatus,
    Condition,
    Delivery,
    GroupState,
    NotifyTarget,
    StoredAlert,
    Window,
)
from callistics.model.instants import utc_text, utc_text_or_none
from callistics.model.time_range import instant_text
from callistics.model.zones import Zone

Shown = dict[str, object]


def shown_condition(condition: Condition) -> Shown:
    """A condition as it is written."""
    if condition.versus is None:
        return {"op": condition.test, "value": _number(condition.value)}
    return {
        "change": condition.test,
        "percent": _number(condition.percent),
        "versus": condition.versus,
    }


def _number(value: Decimal | None) -> int | Decimal | None:
    return int(value) if value is not None and value == value.to_integral_value() else value


def body_of(alert: StoredAlert) -> Shown:
    """The body that would make the alert, but for its secrets."""
    return {
        "name": alert.name,
        "query": query_of(alert),
        "field": alert.field,
        "condition": shown_condition(alert.condition),
        "buckets": alert.buckets,
        "delay": alert.delay,
        "for": alert.pending_for,
        "minimum": alert.minimum,
        "no_data": alert.no_data,
        "timezone": alert.timezone,
        "quiet_hours": [shown_hours(one) for one in alert.quiet_hours],
        "active_hours": [shown_hours(one) for one in alert.active_hours],
        "renotify": alert.renotify,
        "notify": [shown_target(one, secret=False) for one in alert.notify],
        "enabled": alert.enabled,
    }


def shown_alert(
    alert: StoredAlert,
    status: AlertStatus | None,
    *,
    paused: str | None,
    overdue: int,
    known: Sequence[NotifyTarget] | None = None,
) -> Shown:
    """An alert and its state; of what it notifies secrets are shown that are not `known` yet.

    So many of its notices are `overdue`.
    """
    there = status if status is not None and status.changed_at == alert.changed_at else None
    shown = {"id": alert.id, **body_of(alert)}
    if known is not None:
        secrets = {one.secret for one in known}
        shown["notify"] = [
            shown_target(one, secret=one.secret not in secrets) for one in alert.notify
        ]
    return {
        **shown,
        "scope": alert.scope.as_lists(),
        "created_at": utc_text(alert.created_at),
        "changed_at": utc_text(alert.changed_at),
        "paused": paused,
        **_standing(there),
        "notices_overdue": overdue,
    }


def _standing(status: AlertStatus | None) -> Shown:
    """Where an alert stands; with one group its figure too."""
    state = AlertState.OK if status is None else status.state
    groups = () if status is None else status.groups
    chosen = [one for one in groups if one.state is state]
    only = groups[0] if len(groups) == 1 else None
    since = min((one.since for one in chosen), default=None)
    error = None if status is None else status.error
    return {
        "state": state,
        "since": utc_text_or_none(status.error_since if status and error else since),
        "last_value": None if only is None else only.value,
        "last_evaluated_at": utc_text_or_none(None if status is None else status.evaluated_at),
        "error": error,
    }


def shown_groups(status: AlertStatus | None, where: Zone) -> Shown:
    """The buckets that were evaluated last, and each group."""
    if status is None:
        return {"last_buckets": None, "groups": []}
    window = status.window
    return {
        "last_buckets": None if window is None else shown_window(window, where),
        "groups": [shown_group(one) for one in status.groups],
    }


def shown_group(group: GroupState) -> Shown:
    """A group with its state and figures."""
    return {
        "group": dict(group.group),
        "state": group.state,
        "since": utc_text(group.since),
        "value": group.value,
        "previous": group.previous,
        "count": group.count,
    }


def shown_window(window: Window, where: Zone) -> Shown:
    """From when to when buckets are, half open, by the clocks of a zone."""
    return {"from": instant_text(where, window.begin), "to": instant_text(where, window.end)}


def shown_change(change: AlertChange, where: Zone) -> Shown:
    """What changed, and why."""
    return {
        "at": utc_text(change.at),
        "group": dict(change.group),
        "from": change.before,
        "to": change.after,
        "value": change.value,
        "previous": change.previous,
        "count": change.count,
        "buckets": shown_window(change.window, where),
        "error": change.error,
    }


def shown_delivery(delivery: Delivery) -> Mapping[str, object]:
    """What became of a notice."""
    return {
        "id": delivery.id,
        "to": delivery.target.text,
        "made_at": utc_text(delivery.made_at),
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_attempt_at": utc_text_or_none(None if delivery.over else delivery.next_at),
        "error": delivery.error,
    }
