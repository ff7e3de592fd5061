"""Notices of alerts that are on their way, without the calls that were erased meanwhile."""

from collections.abc import Iterable, Set
from dataclasses import replace
from typing import Any, cast

from callistics.ingest.blocks import Blocks
from callistics.model.alerts import AlertChanges, Delivery
from callistics.model.json import decode_canonical, encode
from callistics.records.field import RecordKind
from callistics.records.identity import Identity


def naming_none(notices: Iterable[Delivery], calls: Set[Identity]) -> list[Delivery]:
    """The notices that name one of the calls, as they are without these."""
    return [_without(one, calls) for one in notices if _named(one) & calls]


def without_erased(changes: AlertChanges, blocks: Blocks) -> AlertChanges:
    """The changes, with notices that name no call which was erased after they were made."""
    if not blocks or not changes.deliveries:
        return changes
    named = {call for one in changes.deliveries for call in _named(one)}
    blocked = blocks.among(RecordKind.CALLS, named)
    return replace(changes, deliveries=[_without(one, blocked) for one in changes.deliveries])


def _named(notice: Delivery) -> Set[Identity]:
    return set(map(_identity, _calls(decode_canonical(notice.body)))) if notice.body else set()


def _without(notice: Delivery, calls: Set[Identity]) -> Delivery:
    if not _named(notice) & calls:
        return notice
    body = cast("dict[str, Any]", decode_canonical(notice.body))
    body["data"]["calls"] = [one for one in _calls(body) if _identity(one) not in calls]
    return replace(notice, body=encode(body).decode())


def _calls(body: object) -> list[dict[str, str]]:
    return cast("dict[str, Any]", body)["data"]["calls"]


def _identity(call: dict[str, str]) -> Identity:
    return call["merchant_id"], call["call_id"]
