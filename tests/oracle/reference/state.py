"""Calls and leads as all the records together make them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .merge import Price, Raw, StatusEvent, merged, merged_price, newest

Key = tuple[str, str]
Records = dict[Key, list[Raw]]


@dataclass(frozen=True)
class Call:
    """A live call: complete and no test. `duration` in milliseconds.

    `others` are the fields without a meaning of their own, and all the rest as merged.
    """

    merchant_id: str
    call_id: str
    lead_id: str
    reseller_id: str
    template_id: str | None
    started_at: int
    duration: int | None
    provider: str | None
    direction: str | None
    attempt: int
    outcome: str | None
    sentiment: float | None
    status: str | None
    payload: dict[str, Any]
    answered_at: int | None
    success: bool | None
    price: Price | None
    others: dict[str, Any]

    @property
    def currency(self) -> str | None:
        return None if self.price is None else self.price.currency


@dataclass(frozen=True)
class Lead:
    """A lead that exists, with its live calls."""

    merchant_id: str
    lead_id: str
    reseller_id: str
    template_id: str | None
    created_at: int
    status: str | None
    statuses: frozenset[str]
    payload: dict[str, Any]
    calls: tuple[Call, ...]


class MergedCall:
    """The fields of a call before anything is known of its lead."""

    def __init__(self, key: Key, raws: list[Raw]) -> None:
        self.raws = raws
        self.merchant_id, self.call_id = key
        self.lead_id: str = self.field("lead_id") or self.call_id
        self.started_at = self.field("started_at")
        self.ended_at = self.field("ended_at")
        self.sent_duration = self.field("duration")

    def field(self, name: str) -> Any:
        return merged(self.raws, name)

    @property
    def live(self) -> bool:
        complete = self.started_at is not None and self.field("reseller_id") is not None
        return complete and self.field("test") is not True

    @property
    def duration(self) -> int | None:
        """Milliseconds; an end counts only where no duration was sent and it follows the start.

        It does so within ten years of 366 days.
        """
        if self.sent_duration is not None:
            return int(self.sent_duration)
        if self.ended_at is None or self.ended_at < self.started_at:
            return None
        lasted = (self.ended_at - self.started_at + 500) // 1000
        return lasted if lasted <= 10 * 366 * 86_400_000 else None

    @property
    def end(self) -> int | None:
        if self.ended_at is not None:
            return self.ended_at
        return None if self.sent_duration is None else self.started_at + self.sent_duration * 1000

    def events(self) -> list[StatusEvent]:
        """A status without a time of its own is as old as the call's end, else its start."""
        fallback = self.started_at if self.end is None else self.end
        return [
            StatusEvent(e.status, fallback if e.time is None else e.time)
            for e in (
                StatusEvent(raw.record["status"], raw.updated_at)
                for raw in self.raws
                if "status" in raw.record
            )
        ]


class MergedLead:
    """A lead's own records and its live calls, earliest first."""

    def __init__(self, key: Key, raws: list[Raw], calls: list[MergedCall]) -> None:
        self.merchant_id, self.lead_id = key
        self.raws = raws
        self.calls = sorted(calls, key=lambda call: (call.started_at, call.call_id))

    @property
    def exists(self) -> bool:
        return bool(self.calls) or merged(self.raws, "reseller_id") is not None

    def field(self, name: str) -> Any:
        """What its own records say, else what its earliest call says."""
        own = merged(self.raws, name)
        return self.calls[0].field(name) if own is None and self.calls else own

    @property
    def payload(self) -> dict[str, Any]:
        return self.field("payload") or {}

    @property
    def created_at(self) -> int:
        own = merged(self.raws, "created_at")
        if own is not None:
            return int(own)
        return min([raw.time for raw in self.raws] + [int(c.started_at) for c in self.calls])

    def events(self) -> list[StatusEvent]:
        own = [StatusEvent(r.record["status"], r.time) for r in self.raws if "status" in r.record]
        return own + [event for call in self.calls for event in call.events()]

    @property
    def status(self) -> str | None:
        return newest((event.time, event.status) for event in self.events())

    @property
    def statuses(self) -> frozenset[str]:
        return frozenset(event.status for event in self.events() if event.status is not None)

    def attempt(self, call: MergedCall) -> int:
        """As recorded, else the call's place among all of the lead."""
        recorded = call.field("attempt")
        return self.calls.index(call) + 1 if recorded is None else recorded


def _call(call: MergedCall, lead: MergedLead) -> Call:
    return Call(
        merchant_id=call.merchant_id,
        call_id=call.call_id,
        lead_id=call.lead_id,
        reseller_id=call.field("reseller_id"),
        template_id=call.field("template_id"),
        started_at=int(call.started_at),
        duration=call.duration,
        provider=call.field("provider"),
        direction=call.field("direction"),
        attempt=lead.attempt(call),
        outcome=call.field("outcome"),
        sentiment=call.field("sentiment"),
        status=lead.status,
        payload={**lead.payload, **(call.field("payload") or {})},
        answered_at=call.field("answered_at"),
        success=call.field("success"),
        price=merged_price(call.raws),
        others={name: call.field(name) for raw in call.raws for name in raw.record},
    )


def _lead(lead: MergedLead) -> Lead:
    return Lead(
        merchant_id=lead.merchant_id,
        lead_id=lead.lead_id,
        reseller_id=lead.field("reseller_id"),
        template_id=lead.field("template_id"),
        created_at=lead.created_at,
        status=lead.status,
        statuses=lead.statuses,
        payload=lead.payload,
        calls=tuple(_call(call, lead) for call in lead.calls),
    )


def field_of(unit: Call | Lead, name: str) -> Any:
    """A field of a call or a lead; one that nobody sent is absent."""
    if isinstance(unit, Call) and not hasattr(unit, name):
        return unit.others.get(name)
    return getattr(unit, name)


def leads_of(call_records: Records, lead_records: Records) -> list[Lead]:
    """Every lead that exists; every live call is one of some lead's calls."""
    calls_by_lead: dict[Key, list[MergedCall]] = defaultdict(list)
    for key, raws in call_records.items():
        call = MergedCall(key, raws)
        if call.live:
            calls_by_lead[call.merchant_id, call.lead_id].append(call)
    keys = {**lead_records, **calls_by_lead}
    found = (MergedLead(k, lead_records.get(k, []), calls_by_lead.get(k, [])) for k in keys)
    return [_lead(lead) for lead in found if lead.exists]


def calls_of(leads: Iterable[Lead]) -> list[Call]:
    return [call for lead in leads for call in lead.calls]
