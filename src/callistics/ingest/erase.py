"""Erases calls and leads: what is stored, and derived, becomes as if they had never come."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from callistics.engines.base import Session
from callistics.errors import Refused, RequestError, forbidden, pointer
from callistics.ingest import kept_alerts
from callistics.ingest.blocks import Blocks
from callistics.ingest.kept_receipts import naming
from callistics.ingest.tenancy import UNKNOWN, is_foreign, outside
from callistics.model.audit import SERVER, Action, Note, Who, note
from callistics.model.scope import Scope
from callistics.model.webhooks import BodyResult, BodyState, WebhookChanges
from callistics.records.columnar.changes import Changes
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord, only_merchant
from callistics.records.merge import is_live, lead_of

_CALLS, _LEADS = RecordKind.CALLS, RecordKind.LEADS
_BEYOND = "some of its calls lie outside the scope of this key: use one that reaches all of them"
_FOREIGN = "belongs to a lead outside the scope of this key"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A call, or a lead with all its calls, that is to be erased within the scope of a key.

    Their ids are blocked for `blocked_for` µs. `who` wanted it, at an instant (µs).
    """

    kind: RecordKind
    identity: str
    merchant_id: str | None
    scope: Scope
    blocked_for: int = 0
    who: Who = SERVER
    at: int = 0


@dataclass(frozen=True, slots=True)
class Erased:
    """How many calls and leads were erased."""

    calls: int
    leads: int


@dataclass(slots=True)
class _Gone:
    """What the erasures of a commit have come to so far."""

    calls: list[Identity] = field(default_factory=list[Identity])
    leads: list[Identity] = field(default_factory=list[Identity])


def erasure_note(erasure: Erasure, erased: Erased) -> Note:
    """What the audit log says of an erasure: who, when, and how much, never what."""
    action = Action.CALL_ERASED if erasure.kind is _CALLS else Action.LEAD_ERASED
    return note(action, erasure.who, erasure.at, calls=erased.calls, leads=erased.leads)


def erase(
    session: Session, erasures: Sequence[Erasure], blocks: Blocks
) -> list[Erased | RequestError]:
    """Erase in one commit, which writes no records; what became of each."""
    if not erasures:
        return []
    stored = _load(session, erasures)
    all_gone = _Gone()
    outcomes: list[Erased | RequestError] = []
    for erasure in erasures:
        try:
            gone = stored.found(erasure, all_gone)
        except RequestError as error:
            outcomes.append(error)
            continue
        all_gone.calls += gone.calls
        all_gone.leads += gone.leads
        if erasure.blocked_for:
            blocks.add(gone.calls, gone.leads, erasure.blocked_for)
        outcomes.append(Erased(len(gone.calls), len(gone.leads)))
    forgotten(session, all_gone.calls, all_gone.leads)
    return outcomes


def without_erased(changes: WebhookChanges, blocks: Blocks) -> WebhookChanges:
    """The changes, with bodies dropped that were mapped to calls which were erased meanwhile."""
    if not blocks or not changes.results:
        return changes
    named = (call for one in changes.results for call in one.calls)
    blocked = blocks.among(_CALLS, named)
    results = [
        BodyResult(one.body_id, one.at, BodyState.ERASED) if blocked & set(one.calls) else one
        for one in changes.results
    ]
    return replace(changes, results=results)


def forgotten(session: Session, calls: Sequence[Identity], leads: Sequence[Identity]) -> None:
    """Erase loaded calls, and the own records of loaded leads, and what is kept that names them."""
    if calls or leads:
        session.apply(Changes(erased_calls=calls, erased_leads=leads))
        session.forget_bodies(calls)
        session.forget_receipts(naming({*calls, *leads}))
        session.save_alerts(kept_alerts.without_erased(session, set(calls)))


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of all that may be meant; `of_leads` are the calls of each lead."""

    calls: Mapping[Identity, StoredRecord]
    leads: Mapping[Identity, StoredRecord]
    of_leads: Mapping[Identity, Set[Identity]]

    def found(self, erasure: Erasure, gone: _Gone) -> _Gone:
        """What an erasure means of what is there still. Raises `NotFound`, `Refused`."""
        return self._call(erasure, gone) if erasure.kind is _CALLS else self._lead(erasure, gone)

    def _call(self, erasure: Erasure, gone: _Gone) -> _Gone:
        visible = _visible(erasure, self.calls.keys() - set(gone.calls), self.calls)
        call = (only_merchant(visible, "call"), erasure.identity)
        lead = lead_of(call, self.calls[call].state)
        if is_foreign(erasure.scope, lead, self.leads.get(lead, UNKNOWN)):
            raise Refused([forbidden(pointer("call_id"), _FOREIGN, erasure.identity)])
        return _Gone([call])

    def _lead(self, erasure: Erasure, gone: _Gone) -> _Gone:
        before = set(gone.calls)
        calls = {lead: sorted(found - before) for lead, found in self.of_leads.items()}
        known = {lead: self.calls[some[0]] for lead, some in calls.items() if some}
        there = (known.keys() | self.leads.keys()) - set(gone.leads)
        visible = _visible(erasure, there, {**known, **self.leads})
        lead = (only_merchant(visible, "lead"), erasure.identity)
        theirs = [one for one in calls.get(lead, []) if not self._only_names(erasure, one)]
        for call in theirs:
            if outside(erasure.scope, call[0], self.calls[call]) is not None:
                raise Refused([forbidden(pointer("lead_id"), _BEYOND, erasure.identity)])
        return _Gone(theirs, [lead])

    def _only_names(self, erasure: Erasure, call: Identity) -> bool:
        """Whether a call outside the scope names the lead and is none of its calls yet.

        Anybody may send one, which must not keep a lead from being erased.
        """
        known = self.calls[call]
        return not is_live(known.state) and outside(erasure.scope, call[0], known) is not None


def _visible(
    erasure: Erasure, there: Iterable[Identity], known: Mapping[Identity, StoredRecord]
) -> list[str]:
    """The merchants of those records that an erasure may mean."""
    return [
        merchant
        for merchant, identity in there
        if identity == erasure.identity
        and erasure.merchant_id in (None, merchant)
        and outside(erasure.scope, merchant, known[merchant, identity]) is None
    ]


def _load(session: Session, erasures: Sequence[Erasure]) -> _Stored:
    calls, leads = (
        _meant(session, kind, [one for one in erasures if one.kind is kind])
        for kind in (_CALLS, _LEADS)
    )
    of_leads = session.calls_of(leads)
    calls.update(call for of in of_leads.values() for call in of)
    stored = session.load(_CALLS, calls)
    leads.update(lead_of(call, one.state) for call, one in stored.items())
    return _Stored(stored, session.load(_LEADS, leads), of_leads)


def _meant(session: Session, kind: RecordKind, erasures: Iterable[Erasure]) -> set[Identity]:
    """The records that erasures of a kind may mean: of none else is anything read."""
    ids: dict[Scope, set[str]] = {}
    for one in erasures:
        named = one.merchant_id
        within = one.scope if named is None else one.scope.of_merchant(named)
        ids.setdefault(within, set()).add(one.identity)
    return {
        (merchant, identity)
        for within, some in ids.items()
        for identity, found in session.merchants_of(kind, some, within, held=True).items()
        for merchant in found
    }
