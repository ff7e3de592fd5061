"""What is kept of alerts, without what tells of records that were erased meanwhile."""

from collections.abc import Iterable, Mapping, Sequence, Set
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
    gone = _Gone(session, _groups(kept))
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


def _status(status: AlertStatus, gone: _Gone) -> AlertStatus:
    return replace(
        status,
        groups=tuple(one for one in status.groups if not gone(one.group)),
        held=tuple(one for one in status.held if not gone(one.group)),
    )


def _notice(notice: Delivery, gone: _Gone, calls: Set[Identity]) -> Delivery:
    body = _told(notice)
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
