"""Merging the records of requests into the stored states, one request after the other.

Works on a copy until a request is known to be accepted whole, so that a refused one leaves no
trace for the next in the same commit.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice

from callistics.engines.base import Session
from callistics.errors import NOTHING, Problem, forbidden, invalid, pointer
from callistics.ingest.request import Write
from callistics.model.scope import Scope
from callistics.model.zones import FIRST_INSTANT
from callistics.records.columnar.call_batch import CallBatch
from callistics.records.decode import Change
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, Receipt, Rejected, StoredRecord, Waiting
from callistics.records.merge import State, apply_fields, apply_status, is_live, lead_of, missing

_UNKNOWN = StoredRecord(State(), None, None)
# Of the records of a request that wait, so many are named.
_NAMED = 10
_OUTSIDE = "outside the scope of this key"


def folds_of(session: Session, writes: Iterable[Write]) -> dict[RecordKind, "Fold"]:
    """The folds of the requests of one commit.

    Where a key may hold a part of a merchant only, that of the calls knows that of the leads: such
    a key's calls must not reach into leads outside its scope.
    """
    found: dict[RecordKind, list[Write]] = {kind: [] for kind in RecordKind}
    for write in writes:
        found[write.kind].append(write)
    calls = Fold(RecordKind.CALLS, session, found[RecordKind.CALLS])
    limited = any(write.scope.splits_merchants for kind in found.values() for write in kind)
    wanted = calls.leads_of(found[RecordKind.CALLS]) if limited else ()
    leads = Fold(RecordKind.LEADS, session, found[RecordKind.LEADS], wanted)
    if limited:
        calls.leads = leads
    return {RecordKind.CALLS: calls, RecordKind.LEADS: leads}


class Fold:
    """The states of one kind that the requests of one commit touch, and of others `also` wanted."""

    leads: "Fold | None" = None

    def __init__(
        self,
        kind: RecordKind,
        session: Session,
        writes: Sequence[Write],
        also: Iterable[Identity] = (),
    ) -> None:
        self.kind = kind
        changes = [(write.scope, change) for write in writes for _, change in write.changes]
        nameless = {change.identity for scope, change in changes if not _merchant(scope, change)}
        self._merchants = session.merchants_of(kind, nameless)
        wanted = {
            (named, change.identity)
            for scope, change in changes
            if (named := _merchant(scope, change))
        }
        wanted.update(
            (merchant, one) for one in nameless for merchant in self._merchants.get(one, ())
        )
        wanted.update(also)
        self._known = session.load(kind, wanted)
        self.changed: dict[Identity, State] = {}
        # Records that are the first of their ids, and when the first of their request arrived.
        self.blocks: list[tuple[CallBatch, int]] = []

    def accept(self, write: Write, arrival: int) -> Receipt:
        """Merge a request's records; nothing of it where one is bad and none may be skipped."""
        request = _Request(self, write, arrival)
        receipt = request.run()
        if not receipt.rejected or write.skip:
            for identity, state in request.states.items():
                self._known[identity] = _seen(state, self._known.get(identity))
                self._merchants.setdefault(identity[1], set()).add(identity[0])
                if self.leads is not None and is_live(state):
                    self.leads.bring(lead_of(identity, state), state)
            self.changed |= {identity: request.states[identity] for identity in request.stored}
            if write.block is not None:
                self.blocks.append((write.block, arrival))
        return receipt

    def known(self, identity: Identity) -> StoredRecord:
        """A stored record, or an empty one."""
        return self._known.get(identity, _UNKNOWN)

    def leads_of(self, writes: Iterable[Write]) -> set[Identity]:
        """Every lead that calls of the requests may belong to, before or afterwards."""
        found = {lead_of(identity, known.state) for identity, known in self._known.items()}
        for write in writes:
            for _, change in write.changes:
                named = change.values.get("lead_id")
                for merchant in _possible(write.scope, change, self._merchants):
                    found.add((merchant, change.identity))
                    if named is not None:
                        found.add((merchant, str(named)))
        return found

    def bring(self, lead: Identity, call: State) -> None:
        """Take note of a lead that a call brings about, or makes complete."""
        known = self.known(lead)
        if known.reseller_id is None:
            self._known[lead] = _seen(known.state, _seen(call, None))

    def merchants(self, record_id: str) -> set[str]:
        """The merchants known to have a record of the id."""
        return self._merchants.get(record_id, set())


class _Request:
    def __init__(self, fold: Fold, write: Write, arrival: int) -> None:
        self.fold = fold
        self.write = write
        self.arrival = arrival
        self.limits = tuple(write.scope.limits())
        self.states: dict[Identity, State] = {}
        self.stored: dict[Identity, None] = {}
        # The place of each record that was taken, its id, and whether a reader sees what it did.
        self.taken: list[tuple[int, Identity, bool]] = []
        self.rejected: list[Rejected] = list(write.rejected)
        self.own_merchants: dict[str, set[str]] = {}

    def run(self) -> Receipt:
        for index, change in self.write.changes:
            problem = self._take(index, change)
            if problem is not None:
                self.rejected.append(Rejected(index, (problem,)))
        pending = {
            identity: tuple(lacking)
            for identity, state in self.states.items()
            if (lacking := missing(self.fold.kind, state)) and not self._completed_by_call(identity)
        }
        counted = [(identity in pending, visible) for _, identity, visible in self.taken]
        waiting = (
            Waiting(index, identity, pending[identity])
            for index, identity, _ in self.taken
            if identity in pending
        )
        first = 0 if self.write.block is None else len(self.write.block)
        return Receipt(
            received=self.write.received,
            stored=first + sum(visible and not waits for waits, visible in counted),
            unchanged=sum(not visible and not waits for waits, visible in counted),
            pending=sum(waits for waits, _ in counted),
            rejected=tuple(sorted(self.rejected, key=lambda one: one.index)),
            waiting=tuple(islice(waiting, _NAMED)),
        )

    def _completed_by_call(self, identity: Identity) -> bool:
        """A lead exists through its calls even where its own records do not complete it."""
        known = self.fold.known(identity)
        return self.fold.kind is RecordKind.LEADS and known.reseller_id is not None

    def _take(self, index: int, change: Change) -> Problem | None:
        merchant = self._merchant(change)
        if merchant is None:
            return self._no_merchant(index, change)
        identity = (merchant, change.identity)
        state = self.states.get(identity)
        after = self.fold.known(identity).state.copy() if state is None else state.on_trial()
        time = self.arrival + index
        fields = apply_fields(self.fold.kind, after, change, time)
        defaulted = self._complete(after)
        problem = self._check(index, change, identity, after)
        if problem is not None:
            return problem
        # An event has no part in that, and stays: the events of a state may be many to copy.
        status = apply_status(self.fold.kind, after, change, time)
        self.states[identity] = after
        self.own_merchants.setdefault(change.identity, set()).add(merchant)
        visible = fields.visible or status.visible or defaulted
        self.taken.append((index, identity, visible))
        if fields.stored or status.stored or defaulted:
            self.stored[identity] = None
        return None

    def _complete(self, state: State) -> bool:
        """Give a record that names no reseller the default one; whether this was done.

        It is as of the earliest time there is, so that one that is named wins in any order.
        """
        if self.write.reseller is None or state.get("reseller_id") is not None:
            return False
        state.values["reseller_id"], state.times["reseller_id"] = self.write.reseller, FIRST_INSTANT
        return True

    def _merchant(self, change: Change) -> str | None:
        """The record's merchant: as sent, the key's only one, or the one that knows the id."""
        found = _merchant(self.write.scope, change)
        if found:
            return found
        identity = change.identity
        known, own = self.fold.merchants(identity), self.own_merchants.get(identity, set())
        named = chain(known, (merchant for merchant in own if merchant not in known))
        matches = (merchant for merchant in named if self._is_visible((merchant, identity)))
        # Of two it is neither, however many more there are.
        found = list(islice(matches, 2))
        return found[0] if len(found) == 1 else None

    def _is_visible(self, identity: Identity) -> bool:
        known = self.fold.known(identity)
        state = self.states.get(identity)
        seen = known if state is None else _seen(state, known)
        return _outside(self.write.scope, identity[0], seen) is None

    def _no_merchant(self, index: int, change: Change) -> Problem:
        message = f"required: {change.identity} is not known, or known to several merchants"
        return invalid(pointer(*self.write.path(index), "merchant_id"), message)

    def _check(
        self, index: int, change: Change, identity: Identity, after: State
    ) -> Problem | None:
        """What the record names, what it becomes and what it was must all lie in the scope."""
        if not self.limits:
            return None
        at = self.write.path(index)
        own = self._scope_problem(at, change, identity, after)
        return own or self._lead_problem(at, change, identity, after)

    def _scope_problem(
        self, at: tuple[int, ...], change: Change, identity: Identity, after: State
    ) -> Problem | None:
        for name, allowed in self.limits:
            sent = identity[0] if name == "merchant_id" else change.values.get(name)
            if sent is not None and sent not in allowed:
                return forbidden(pointer(*at, name), _OUTSIDE, sent)
        if self._is_foreign(self.fold, identity):
            return forbidden(pointer(*at, self.fold.kind.id_field), _OUTSIDE, change.identity)
        seen = _seen(after, self.fold.known(identity))
        name = _outside(self.write.scope, identity[0], seen)
        if name is None:
            return None
        message = f"required: this key writes only records of its own {name}"
        return forbidden(pointer(*at, name), message, change.values.get(name, NOTHING))

    def _lead_problem(
        self, at: tuple[int, ...], change: Change, identity: Identity, after: State
    ) -> Problem | None:
        """A call shows its lead's status and payload and changes them: the lead's tenant counts."""
        leads = self.fold.leads
        if leads is None:
            return None
        before = self.fold.known(identity).state
        touched = [after, before] if is_live(before) else [after]
        if not any(self._is_foreign(leads, lead_of(identity, state)) for state in touched):
            return None
        sent = change.values.get("lead_id", NOTHING)
        return forbidden(pointer(*at, "lead_id"), _OUTSIDE, sent)

    def _is_foreign(self, fold: Fold, identity: Identity) -> bool:
        """Whether a record is there, and outside the scope."""
        known = fold.known(identity)
        outside = _outside(self.write.scope, identity[0], known)
        return known is not _UNKNOWN and outside is not None


def _merchant(scope: Scope, change: Change) -> str | None:
    return change.merchant_id or scope.only_merchant


def _possible(scope: Scope, change: Change, merchants: Mapping[str, set[str]]) -> Iterable[str]:
    named = _merchant(scope, change)
    return [named] if named else merchants.get(change.identity, set())


def _seen(state: State, known: StoredRecord | None) -> StoredRecord:
    """A state with the tenant it is seen under: its own, else what was known before."""
    reseller, template = state.get("reseller_id"), state.get("template_id")
    if known is not None:
        reseller = known.reseller_id if reseller is None else reseller
        template = known.template_id if template is None else template
    return StoredRecord(state, _text(reseller), _text(template))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _outside(scope: Scope, merchant: str, known: StoredRecord) -> str | None:
    """The first field by which a record lies outside a scope; None if it is inside."""
    values = {
        "reseller_id": known.reseller_id,
        "merchant_id": merchant,
        "template_id": known.template_id,
    }
    return next((name for name, allowed in scope.limits() if values[name] not in allowed), None)
