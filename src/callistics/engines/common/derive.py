"""What is derived from the records of touched leads: leads, inferred attempts, overlaid payloads.

The one definition for every engine. Everything is recomputed from the touched leads' records
alone, so that it equals what recomputing it for all leads would give; an engine's `rebuild` does
just that.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from callistics.model.merge import Event, State, event_order
from callistics.model.payload import overlaid
from callistics.model.providers import marked_provider
from callistics.model.writes import Identity


class Member(msgspec.Struct, gc=False):
    """A call as its lead sees it; times in µs.

    One that is stored has a `place` that names its row, and what was derived for it when that was
    written. `attempt` and `payload_base`, the lead's payload where it differs from the call's own,
    are what `derive` finds.
    """

    lead: Identity
    call_id: str
    started_at: int
    ended_at: int | None
    duration_sent_ms: int | None
    reseller_id: str | None
    template_id: str | None
    provider: str | None
    attempt_sent: int | None
    payload_own: str | None
    events: Sequence[Event]
    place: int | None = None
    attempt_stored: int | None = None
    base_stored: str | None = None
    attempt: int = 0
    payload_base: str | None = None

    @property
    def identity(self) -> Identity:
        """Its merchant_id and call_id."""
        return self.lead[0], self.call_id

    @property
    def closed_at(self) -> int:
        """When it ended, as far as is known: statuses that have no time are as of then."""
        if self.ended_at is not None:
            return self.ended_at
        return self.started_at + (self.duration_sent_ms or 0) * 1_000

    @property
    def moves(self) -> bool:
        """Whether what is stored of it is no longer right."""
        return (self.attempt, self.payload_base) != (self.attempt_stored, self.base_stored)

    @property
    def payload(self) -> str | None:
        """The payload that it is filtered by: its lead's, overlaid by its own."""
        return overlaid(self.payload_base, self.payload_own)


class Own(msgspec.Struct, gc=False):
    """What a lead's own records say of it; times in µs."""

    reseller_id: str | None
    template_id: str | None
    created_at: int | None
    first_seen: int
    payload_own: str | None
    events: Iterable[Event]


class Lead(msgspec.Struct, gc=False):
    """A lead that exists; times in µs, `history` and `statuses` without absent statuses."""

    merchant_id: str
    lead_id: str
    reseller_id: str | None = None
    template_id: str | None = None
    created_at: int = 0
    status: str | None = None
    statuses: list[str] = []
    providers: list[str] = []
    history: list[Event] = []
    payload_json: str | None = None


def own_of(state: State) -> Own:
    """A lead's own records from the state that they came to."""
    values: Any = state.values
    return Own(
        values.get("reseller_id"),
        values.get("template_id"),
        values.get("created_at"),
        state.first_seen or 0,
        values.get("payload"),
        state.events,
    )


# What of a call its lead, or the lead's other calls, depend on.
_SHAPING = (
    "reseller_id",
    "template_id",
    "lead_id",
    "started_at",
    "provider",
    "attempt",
    "payload",
)
_CLOSING = ("ended_at", "duration")


def shapes_lead(before: State, after: State) -> bool:
    """Whether a changed call, which counted before and does now, may change what is derived."""
    fields = (
        _SHAPING if all(since is not None for _, since in after.events) else (*_SHAPING, *_CLOSING)
    )
    same = all(before.get(name) == after.get(name) for name in fields)
    return not same or before.events != after.events


def derive(
    touched: Iterable[Identity], calls: Iterable[Member], own: Mapping[Identity, Own]
) -> dict[Identity, Lead]:
    """Those of the touched leads (merchant_id, lead_id) that exist; places their calls.

    `calls` are all calls of these leads that count, `own` what there is of their own records.
    """
    families: dict[Identity, list[Member]] = {lead: [] for lead in touched}
    for call in calls:
        families[call.lead].append(call)
    leads: dict[Identity, Lead] = {}
    for identity, family in families.items():
        if len(family) > 1:
            family.sort(key=_order)
        lead = _lead(identity, family, own.get(identity))
        if lead is None:
            continue
        leads[identity] = lead
        payload = lead.payload_json
        for place, call in enumerate(family, 1):
            call.attempt = call.attempt_sent or place
            # The lead's payload matters to a call only where it differs from the call's own.
            call.payload_base = None if payload == call.payload_own else payload
    return leads


def _order(call: Member) -> tuple[int, str]:
    return call.started_at, call.call_id


def _lead(identity: Identity, calls: Sequence[Member], own: Own | None) -> Lead | None:
    """A lead by its calls, in order, and its own records; None if neither brings it about."""
    if not calls:
        return None if own is None or own.reseller_id is None else _own_lead(identity, own)
    first = calls[0]
    events: set[Event] = {
        (status, call.closed_at if since is None else since)
        for call in calls
        for status, since in call.events
    }
    lead = Lead(
        *identity,
        reseller_id=first.reseller_id,
        template_id=first.template_id,
        created_at=first.started_at,
        payload_json=first.payload_own,
    )
    lead.providers = sorted({marked_provider(call.provider) for call in calls})
    if own is not None:
        events.update(own.events)
        _say(lead, own, min(first.started_at, own.first_seen))
    _remember(lead, events)
    return lead


def _own_lead(identity: Identity, own: Own) -> Lead:
    lead = Lead(*identity)
    _say(lead, own, own.first_seen)
    _remember(lead, set(own.events))
    return lead


def _say(lead: Lead, own: Own, seen: int) -> None:
    """Let a lead's own records say what they do, of one `seen` first at a time."""
    lead.reseller_id = lead.reseller_id if own.reseller_id is None else own.reseller_id
    lead.template_id = lead.template_id if own.template_id is None else own.template_id
    lead.created_at = seen if own.created_at is None else own.created_at
    lead.payload_json = lead.payload_json if own.payload_own is None else own.payload_own


def _remember(lead: Lead, events: set[Event]) -> None:
    """Give a lead its statuses."""
    if events:
        past = sorted(events, key=event_order)
        lead.status = past[-1][0]
        lead.history = [event for event in past if event[0] is not None]
        lead.statuses = sorted({status for status, _ in lead.history if status is not None})
