"""What is kept of alerts, without what tells of records that were erased meanwhile."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import Any, cast

from callistics.catalog.dimensions import PAYLOAD_PREFIX
from callistics.engines.base import Session
from callistics.model.alerts import (
    AlertChanges,
    AlertStatus,
    Delivery,
    DeliveryState,
    GroupKey,
    KeptAlerts,
)
from callistics.model.json import decode_canonical, encode
from callistics.records.identity import Identity

_NOTHING_LEFT = "what it told of was erased"


def without_erased(session: Session, calls: Set[Identity]) -> AlertChanges:
    """What is to be stored after an erasure was applied, of these calls among others.

    Groups go whose value of a payload no record has any more, and calls that notices name.
    """
    kept = session.kept_alerts()
    gone = _GoneGroups(session, _groups(kept))
    statuses = {own: _status(one, gone) for own, one in kept.statuses.items()}
    notices = {own: _notice(one, gone, calls) for own, one in kept.notices.items()}
    return AlertChanges(
        statuses={own: one for own, one in statuses.items() if one != kept.statuses[own]},
        deliveries=[one for own, one in notices.items() if one != kept.notices[own]],
        forgotten=[key for key, one in kept.changes.items() if gone(one.group)],
    )


def as_stored(session: Session, changes: AlertChanges) -> AlertChanges:
    """The changes, with notices that were made before telling what they are stored with by now."""
    if changes.erasures is not None or not any(one.body for one in changes.deliveries):
        return changes
    stored = {one.id: one.body for one in session.waiting_notices()}
    return replace(
        changes,
        deliveries=[
            replace(one, body=stored[one.id]) if one.body else one
            for one in changes.deliveries
            if not one.body or one.id in stored
        ],
    )


class _GoneGroups:
    """Whether no record has a group's values of payloads any more, of these groups."""

    def __init__(self, session: Session, groups: Iterable[GroupKey]) -> None:
        asked: dict[str, set[str]] = {}
        for key, text in (one for group in groups for one in _payload_texts(group)):
            asked.setdefault(key, set()).add(text)
        self._texts = {
            key: texts - session.payload_texts(key, texts) for key, texts in asked.items()
        }

    def __call__(self, group: GroupKey) -> bool:
        return any(text in self._texts[key] for key, text in _payload_texts(group))


def _payload_texts(group: GroupKey) -> Iterable[tuple[str, str]]:
    """The keys of payloads that a group is by, and its value of each."""
    for name, value in group.items():
        if name.startswith(PAYLOAD_PREFIX) and value is not None:
            yield name.removeprefix(PAYLOAD_PREFIX), str(value)


def _groups(kept: KeptAlerts) -> Iterable[GroupKey]:
    """Every group that is kept."""
    for status in kept.statuses.values():
        yield from (one.group for one in (*status.groups, *status.held))
    yield from (one.group for one in kept.changes.values())
    for notice in kept.notices.values():
        data = _told(notice)["data"]
        yield from (one["group"] for one in data["changes"])
        yield from data["firing"]


def _told(notice: Delivery) -> dict[str, Any]:
    return cast("dict[str, Any]", decode_canonical(notice.body))


def _status(status: AlertStatus, gone: _GoneGroups) -> AlertStatus:
    return replace(
        status,
        groups=tuple(one for one in status.groups if not gone(one.group)),
        held=tuple(one for one in status.held if not gone(one.group)),
    )


def _notice(notice: Delivery, gone: _GoneGroups, calls: Set[Identity]) -> Delivery:
    body = _told(notice)
    data = body["data"]
    named = [one for one in data["calls"] if _identity(one) not in calls]
    changes = [one for one in data["changes"] if not gone(one["group"])]
    firing = [one for one in data["firing"] if not gone(one)]
    told = {**data, "calls": named, "changes": changes, "firing": firing}
    if told == data:
        return notice
    if data["changes"] and not changes:
        return replace(notice, state=DeliveryState.GIVEN_UP, body="", error=_NOTHING_LEFT)
    if changes:
        told["link"] = changes[-1]["link"]
    return replace(notice, body=encode({**body, "data": told}).decode())


def _identity(call: Mapping[str, str]) -> Identity:
    return call["merchant_id"], call["call_id"]
