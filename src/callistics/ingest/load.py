"""Loads what is stored of the records that batches may change, or be judged by."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from callistics.engines.base import Session
from callistics.ingest.batch import Batch
from callistics.ingest.blocks import Blocks
from callistics.ingest.tenancy import (
    are_split,
    leads_of_calls,
    named_merchant,
    possible_merchants,
)
from callistics.model.scope import Scope
from callistics.records.decode import Change
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.records.merge import lead_of


@dataclass(frozen=True, slots=True)
class StoredRecords:
    """Stored records of one kind, and the merchants of the ids that came without one."""

    records: Mapping[Identity, StoredRecord]
    merchants: Mapping[str, Set[str]]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of the records that the batches of one commit name.

    Where calls may not reach into every lead (`tenancy.are_split`), their leads are among these.
    `blocked` are the ids among them, by kind, that no record may name.
    """

    calls: StoredRecords
    leads: StoredRecords
    blocked: Mapping[RecordKind, Set[Identity]]


def load(session: Session, batches: Sequence[Batch], blocks: Blocks) -> Stored:
    """Load it."""
    calls = _load(session, RecordKind.CALLS, batches)
    also: set[Identity] = set()
    if are_split(batches):
        also.update(lead_of(identity, known.state) for identity, known in calls.records.items())
        also.update(leads_of_calls(batches, calls.merchants))
    leads = _load(session, RecordKind.LEADS, batches, also)
    return Stored(calls, leads, _blocked(blocks, batches, calls, leads))


def _blocked(
    blocks: Blocks, batches: Sequence[Batch], calls: StoredRecords, leads: StoredRecords
) -> Mapping[RecordKind, Set[Identity]]:
    if not blocks:
        return {}
    named = {
        RecordKind.CALLS: _named(RecordKind.CALLS, batches, calls.merchants),
        RecordKind.LEADS: _named(RecordKind.LEADS, batches, leads.merchants),
    }
    named[RecordKind.LEADS].update(leads_of_calls(batches, calls.merchants))
    return {kind: blocks.among(kind, identities) for kind, identities in named.items()}


def _named(
    kind: RecordKind, batches: Sequence[Batch], merchants: Mapping[str, Set[str]]
) -> set[Identity]:
    return {
        (merchant, change.identity)
        for batch in batches
        if batch.kind is kind
        for _, change in batch.changes
        for merchant in possible_merchants(batch.scope, change, merchants)
    }


def _load(
    session: Session, kind: RecordKind, batches: Sequence[Batch], also: Iterable[Identity] = ()
) -> StoredRecords:
    changes = [
        (batch.scope, change)
        for batch in batches
        if batch.kind is kind
        for _, change in batch.changes
    ]
    merchants = _merchants(session, kind, changes)
    wanted = {
        (merchant, change.identity)
        for scope, change in changes
        for merchant in possible_merchants(scope, change, merchants)
    }
    return StoredRecords(session.load(kind, wanted.union(also)), merchants)


def _merchants(
    session: Session, kind: RecordKind, changes: Iterable[tuple[Scope, Change]]
) -> dict[str, set[str]]:
    """The merchants of the ids that came without one, each looked up within its key's scope."""
    nameless: dict[Scope, set[str]] = {}
    for scope, change in changes:
        if not named_merchant(scope, change):
            nameless.setdefault(scope, set()).add(change.identity)
    merchants: dict[str, set[str]] = {}
    for scope, ids in nameless.items():
        for identity, found in session.merchants_of(kind, ids, scope).items():
            merchants.setdefault(identity, set()).update(found)
    return merchants
