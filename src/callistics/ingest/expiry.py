"""Erases what is older than it is to be kept: calls by their start, leads once they have none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callistics.engines.base import Session
from callistics.ingest.erase import Erased, forgotten
from callistics.model.instants import DAY
from callistics.model.zones import FIRST_INSTANT
from callistics.records.field import RecordKind
from callistics.records.identity import Identity
from callistics.records.merge import State


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many days records are kept: of all merchants, and of single ones; 0 is for ever."""

    days: int = 0
    by_merchant: Mapping[str, int] | None = None

    def before(self, merchant_id: str, now: int) -> int:
        """The instant (µs) of before which records of a merchant are to go."""
        days = (self.by_merchant or {}).get(merchant_id, self.days)
        return now - days * DAY if days else 0


@dataclass(frozen=True, slots=True)
class Expiry:
    """Records that were found to be old at an instant (µs); what is not, or not any more, stays."""

    calls: Sequence[Identity]
    leads: Sequence[Identity]
    keeping: Keeping
    now: int


def expire(session: Session, expiry: Expiry) -> Erased:
    """Erase them in one commit, which writes no other records."""
    before = {
        merchant: expiry.keeping.before(merchant, expiry.now)
        for merchant, _ in (*expiry.calls, *expiry.leads)
    }
    calls = [
        call
        for call, stored in session.load(RecordKind.CALLS, expiry.calls).items()
        if _start(stored.state) < before[call[0]]
    ]
    called = session.calls_of(set(expiry.leads))
    leads = [
        lead
        for lead, stored in session.load(RecordKind.LEADS, expiry.leads).items()
        if not called.get(lead) and _newest(stored.state) < before[lead[0]]
    ]
    forgotten(session, calls, leads)
    return Erased(len(calls), len(leads))


def _start(call: State) -> int:
    start = call.get("started_at")
    return _newest(call) if start is None else int(start)


def _newest(state: State) -> int:
    """When the newest record is as of; a reseller that was given by default is of no record."""
    fields = (time for time in state.times.values() if time > FIRST_INSTANT)
    statuses = (since for _, since in state.events if since is not None)
    return max((*fields, *statuses), default=state.first_seen or 0)
