"""Merges the records of batches into the stored states, one batch after the other.

Works on a copy until a batch is known to be accepted whole, so that a refused one leaves no trace
for the next in the same commit.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, islice

from callistics.errors import Problem, gone, invalid, pointer
from callistics.ingest.batch import Batch
from callistics.ingest.load import Stored
from callistics.ingest.receipt import Receipt, Rejects, Waiting
from callistics.ingest.record_view import RecordView
from callistics.ingest.tenancy import (
    are_split,
    is_foreign,
    lead_problem,
    named_merchant,
    outside,
    scope_problem,
    seen_as,
)
from callistics.model.zones import FIRST_INSTANT
from callistics.records.columnar.call_batch import CallBatch
from callistics.records.columnar.changes import Changes
from callistics.records.decode import Change
from callistics.records.field import RecordKind
from callistics.records.identity import Identity
from callistics.records.merge import State, apply_fields, apply_status, is_live, lead_of, missing

_ERASED = "was erased: no record may name it for the days of erase_block_days"
# Of the records of a batch that wait, so many are named.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Merged:
    """What the batches change, and the receipt of each."""

    changes: Changes
    receipts: Sequence[Receipt]


def merge(stored: Stored, batches: Sequence[Batch], arrival: int) -> Merged:
    """Merge the batches of one commit, whose first record arrived at `arrival` (µs).

    Of a batch with a bad record nothing is taken unless it may be skipped.
    """
    calls, leads = RecordView(stored.calls), RecordView(stored.leads)
    judged_by = leads if are_split(batches) else None
    receipts: list[Receipt] = []
    first: list[tuple[CallBatch, int]] = []
    for batch in batches:
        is_calls = batch.kind is RecordKind.CALLS
        view = calls if is_calls else leads
        merging = _Merging(batch, arrival, view, judged_by, stored.blocked)
        receipt = merging.run()
        receipts.append(receipt)
        if not receipt.rejected or batch.skip:
            merging.accept()
            if batch.columns is not None:
                first.append((batch.columns, arrival))
        arrival += batch.received
    return Merged(Changes(calls.changed, leads.changed, first), receipts)


class _Merging:
    """Of one batch into a view. `leads` are what its calls must not reach into unseen."""

    def __init__(
        self,
        batch: Batch,
        arrival: int,
        view: RecordView,
        leads: RecordView | None,
        blocked: Mapping[RecordKind, Set[Identity]],
    ) -> None:
        self.batch, self.arrival = batch, arrival
        self.view, self.blocked = view, blocked
        self.leads = leads if batch.kind is RecordKind.CALLS else None
        self.is_limited = any(True for _ in batch.scope.limits())
        self.states: dict[Identity, State] = {}
        self.stored: dict[Identity, None] = {}
        # The index of each record that was taken, its id, and whether a reader sees what it did.
        self.taken: list[tuple[int, Identity, bool]] = []
        self.rejects = Rejects(batch.rejects.most, list(batch.rejects.named), batch.rejects.unnamed)
        self.own_merchants: dict[str, set[str]] = {}

    def run(self) -> Receipt:
        """Merge into states of its own."""
        for index, change in self.batch.changes:
            problem = self._take(index, change)
            if problem is not None:
                self.rejects.add(index, (problem,))
        pending = {
            identity: tuple(lacking)
            for identity, state in self.states.items()
            if (lacking := missing(self.batch.kind, state))
            and not self._completed_by_call(identity)
        }
        counted = [(identity in pending, visible) for _, identity, visible in self.taken]
        waiting = (
            Waiting(index, identity, pending[identity])
            for index, identity, _ in self.taken
            if identity in pending
        )
        first = 0 if self.batch.columns is None else len(self.batch.columns.received)
        return Receipt(
            received=self.batch.received,
            stored=first + sum(visible and not waits for waits, visible in counted),
            unchanged=sum(not visible and not waits for waits, visible in counted),
            pending=sum(waits for waits, _ in counted),
            rejected=tuple(sorted(self.rejects.named, key=lambda one: one.index)),
            unnamed=self.rejects.unnamed,
            waiting=tuple(islice(waiting, _NAMED)),
        )

    def accept(self) -> None:
        """Let the batches behind it see its states."""
        self.view.take(self.states, self.stored)
        if self.leads is not None:
            for identity, state in self.states.items():
                if is_live(state):
                    self.leads.bring(lead_of(identity, state), state)

    def _completed_by_call(self, identity: Identity) -> bool:
        """A lead exists through its calls even where its own records do not complete it."""
        known = self.view.known(identity)
        return self.batch.kind is RecordKind.LEADS and known.reseller_id is not None

    def _take(self, index: int, change: Change) -> Problem | None:
        merchant = self._merchant(change)
        if merchant is None:
            return self._no_merchant(index, change)
        identity = (merchant, change.identity)
        state = self.states.get(identity)
        after = self.view.known(identity).state.copy() if state is None else state.on_trial()
        time = self.arrival + index
        fields = apply_fields(self.batch.kind, after, change, time)
        defaulted = self._complete(after)
        problem = self._check(index, change, identity, after)
        if problem is None and self.blocked:
            problem = self._erased(index, identity, after)
        if problem is not None:
            return problem
        # A status has no part in that, and stays: the events of a state may be many to copy.
        status = apply_status(self.batch.kind, after, change, time)
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
        if self.batch.reseller is None or state.get("reseller_id") is not None:
            return False
        state.values["reseller_id"], state.times["reseller_id"] = self.batch.reseller, FIRST_INSTANT
        return True

    def _merchant(self, change: Change) -> str | None:
        """The record's merchant: as sent, the key's only one, or the one that knows the id."""
        found = named_merchant(self.batch.scope, change)
        if found:
            return found
        identity = change.identity
        known, own = self.view.merchants(identity), self.own_merchants.get(identity, set())
        named = chain(known, (merchant for merchant in own if merchant not in known))
        matches = (merchant for merchant in named if self._is_visible((merchant, identity)))
        # Of two it is neither, however many more there are.
        found = list(islice(matches, 2))
        return found[0] if len(found) == 1 else None

    def _is_visible(self, identity: Identity) -> bool:
        known = self.view.known(identity)
        state = self.states.get(identity)
        seen = known if state is None else seen_as(state, known)
        return outside(self.batch.scope, identity[0], seen) is None

    def _no_merchant(self, index: int, change: Change) -> Problem:
        message = f"required: {change.identity} is not known, or known to several merchants"
        return invalid(pointer(*self.batch.path(index), "merchant_id"), message)

    def _erased(self, index: int, identity: Identity, after: State) -> Problem | None:
        """What was erased must not come back; of a call neither it nor its lead."""
        named = {self.batch.kind: identity}
        if self.batch.kind is RecordKind.CALLS:
            named[RecordKind.LEADS] = lead_of(identity, after)
        for kind, one in named.items():
            if one in self.blocked[kind]:
                # The id itself is not repeated: answers are kept, and logged.
                return gone(pointer(*self.batch.path(index), kind.id_field), _ERASED)
        return None

    def _check(
        self, index: int, change: Change, identity: Identity, after: State
    ) -> Problem | None:
        """What the record names, what it becomes and what it was must all lie in the scope."""
        if not self.is_limited:
            return None
        known = self.view.known(identity)
        problem = scope_problem(self.batch, index, change, identity, after, known)
        if problem is None and self._reaches_outside(identity, known.state, after):
            return lead_problem(self.batch, index, change)
        return problem

    def _reaches_outside(self, identity: Identity, before: State, after: State) -> bool:
        """A call shows its lead's status and payload and changes them: the lead's tenant counts."""
        if self.leads is None:
            return False
        touched = [after, before] if is_live(before) else [after]
        leads = (lead_of(identity, state) for state in touched)
        return any(is_foreign(self.batch.scope, one, self.leads.known(one)) for one in leads)
