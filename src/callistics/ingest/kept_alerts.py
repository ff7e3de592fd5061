"""What is kept of alerts, without what tells of records that were erased meanwhile."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
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
    gone = _Gone(session)
    statuses = {own: _status(one, gone) for own, one in kept.statuses.items()}
    notices = {own: _notice(one, gone, calls) for own, one in kept.notices.items()}
    return AlertChanges(
        statuses={own: one for own, one in statuses.items() if one != kept.statuses[own]},
        deliveries=[one for own, one in notices.items() if one != kept.notices[own]],
        forgotten=[own for own, one in kept.changes.items() if gone(one.group)],
    )


def as_stored(session: Session, changes: AlertChanges) -> AlertChanges:
    """The changes, with notices that were made before telling what they are stored with by now."""
    if changes.erasures is not None or not any(one.body for one in changes.deliveries):
        return changes
    kept = session.kept_alerts()
    return replace(changes, deliveries=list(_with_stored_bodies(changes.deliveries, kept)))


def _with_stored_bodies(sent: Iterable[Delivery], kept: KeptAlerts) -> Iterable[Delivery]:
    for one in sent:
        if not one.body:
            yield one
        elif one.id in kept.notices:
            yield replace(one, body=kept.notices[one.id].body)


class _Gone:
    """Whether no record has a group's values of payloads any more."""

    def __init__(self, session: Session) -> None:
        self._is_there = cache(session.has_payload_text)

    def __call__(self, group: GroupKey) -> bool:
        return any(
            not self._is_there(name.removeprefix(PAYLOAD_PREFIX), str(value))
            for name, value in group.items()
            if name.startswith(PAYLOAD_PREFIX) and value is not None
        )


def _status(status: AlertStatus, gone: _Gone) -> AlertStatus:
    return replace(
        status,
        groups=tuple(one for one in status.groups if not gone(one.group)),
        held=tuple(one for one in status.held if not gone(one.group)),
    )


def _notice(notice: Delivery, gone: _Gone, calls: Set[Identity]) -> Delivery:
    body = cast("dict[str, Any]", decode_canonical(notice.body))
    data = body["data"]
    named = [one for one in data["calls"] if _identity(one) not in calls]
    changes = [one for one in data["changes"] if not gone(one["group"])]
    firing = [one for one in data["firing"] if not gone(one)]
    if _same(data, calls=named, changes=changes, firing=firing):
        return notice
    if data["changes"] and not changes:
        return replace(notice, state=DeliveryState.GIVEN_UP, body="", error=_NOTHING_LEFT)
    link = changes[-1]["link"] if changes else data["link"]
    body["data"] = {**data, "calls": named, "changes": changes, "firing": firing, "link": link}
    return replace(notice, body=encode(body).decode())


def _same(data: Mapping[str, Sequence[object]], **left: Sequence[object]) -> bool:
    return all(len(data[name]) == len(some) for name, some in left.items())


def _identity(call: Mapping[str, str]) -> Identity:
    return call["merchant_id"], call["call_id"]
