"""Which merchant a record belongs to, and what lies outside the scope of a key."""

from collections.abc import Iterable, Mapping, Set

from callistics.errors import NOTHING, Problem, forbidden, pointer
from callistics.ingest.batch import Batch
from callistics.model.scope import Scope
from callistics.records.decode import Change
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.records.merge import State

UNKNOWN = StoredRecord(State(), None, None)
"""What stands for a record that is not stored."""
_OUTSIDE = "outside the scope of this key"


def are_split(batches: Iterable[Batch]) -> bool:
    """Whether some key may hold a part of a merchant only.

    Such a key's calls must not reach into leads outside its scope.
    """
    return any(batch.scope.splits_merchants for batch in batches)


def named_merchant(scope: Scope, change: Change) -> str | None:
    """A record's merchant as sent, else the only one of the key."""
    return change.merchant_id or scope.only_merchant


def possible_merchants(
    scope: Scope, change: Change, merchants: Mapping[str, Set[str]]
) -> Iterable[str]:
    """The merchants that a record may belong to, given those that know each id.

    There is none where it names one and is refused for what it names, whatever is stored.
    """
    named = named_merchant(scope, change)
    if not named:
        return merchants.get(change.identity, set())
    return [named] if named_outside(scope, change, named) is None else ()


def named_outside(scope: Scope, change: Change, merchant: str | None) -> tuple[str, object] | None:
    """The first field in which a record of a merchant names what is outside a scope, and what."""
    for name, allowed in scope.limits():
        sent = merchant if name == "merchant_id" else change.values.get(name)
        if sent is not None and sent not in allowed:
            return name, sent
    return None


def seen_as(state: State, known: StoredRecord | None) -> StoredRecord:
    """A state with the tenant it is seen under: its own, else what was known before."""
    reseller, template = state.get("reseller_id"), state.get("template_id")
    if known is not None:
        reseller = known.reseller_id if reseller is None else reseller
        template = known.template_id if template is None else template
    return StoredRecord(state, _text(reseller), _text(template))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def outside(scope: Scope, merchant: str, known: StoredRecord) -> str | None:
    """The first field by which a record lies outside a scope; None if it is inside."""
    values = {
        "reseller_id": known.reseller_id,
        "merchant_id": merchant,
        "template_id": known.template_id,
    }
    return next((name for name, allowed in scope.limits() if values[name] not in allowed), None)


def is_foreign(scope: Scope, identity: Identity, known: StoredRecord) -> bool:
    """Whether a record is stored, and outside the scope."""
    return known is not UNKNOWN and outside(scope, identity[0], known) is not None


def scope_problem(
    batch: Batch, index: int, change: Change, identity: Identity, after: State, known: StoredRecord
) -> Problem | None:
    """What is wrong with a record whose names, state or state before lie outside the scope.

    `after` is the state that the record becomes, `known` what the batch has found.
    """
    at = batch.path(index)
    if (named := named_outside(batch.scope, change, identity[0])) is not None:
        return forbidden(pointer(*at, named[0]), _OUTSIDE, named[1])
    if is_foreign(batch.scope, identity, known):
        return forbidden(pointer(*at, batch.kind.id_field), _OUTSIDE, change.identity)
    name = outside(batch.scope, identity[0], seen_as(after, known))
    if name is None:
        return None
    message = f"required: this key writes only records of its own {name}"
    return forbidden(pointer(*at, name), message, change.values.get(name, NOTHING))


def lead_problem(batch: Batch, index: int, change: Change) -> Problem:
    """That a call belongs, or belonged, to a lead outside the scope."""
    sent = change.values.get("lead_id", NOTHING)
    return forbidden(pointer(*batch.path(index), "lead_id"), _OUTSIDE, sent)


def leads_of_calls(
    batches: Iterable[Batch], merchants: Mapping[str, Set[str]]
) -> Iterable[Identity]:
    """The leads that calls of the batches may belong to afterwards."""
    for batch in batches:
        for _, change in batch.changes if batch.kind is RecordKind.CALLS else ():
            named = change.values.get("lead_id")
            for merchant in possible_merchants(batch.scope, change, merchants):
                yield merchant, change.identity
                if named is not None:
                    yield merchant, str(named)
