"""The checked records of a request, and which of them need no merging."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from callistics.engines.base import Session
from callistics.model.scope import Scope
from callistics.records.columnar.call_batch import CallBatch, rows_again
from callistics.records.decode import Change, parse_text
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.records.identity import Rejected


@dataclass(frozen=True, slots=True)
class Write:
    """The valid records of one request, with their places in it, and the rejected ones.

    `block` has those that are stored as they are unless their ids are known, `changes` the others.
    `reseller` is that of records that name none.
    """

    kind: RecordKind
    scope: Scope
    reading: Reading
    received: int
    changes: list[tuple[int, Change]]
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    skip: bool = False
    single: bool = False
    block: CallBatch | None = None
    reseller: str | None = None

    def path(self, index: int) -> tuple[int, ...]:
        """Where a record stands in the body, as the beginning of a JSON pointer."""
        return () if self.single else (index,)


def separated(session: Session, writes: Sequence[Write]) -> list[Write]:
    """The writes of one commit, with only those records left in blocks that are first of their id.

    All others are to be merged, and so is everything where a key may hold a part of a merchant:
    then it takes one record after the other to know whose lead a call reaches into.
    """
    blocks = [write.block for write in writes if write.block is not None]
    if not blocks:
        return list(writes)
    if any(write.scope.splits_merchants for write in writes):
        again = [list(range(len(block))) for block in blocks]
    else:
        told = [change.identity for write in writes for _, change in write.changes]
        again = rows_again(blocks, session.known(blocks), told)
    parts = iter(again)
    return [write if write.block is None else _merging(write, next(parts)) for write in writes]


def _merging(write: Write, places: Sequence[int]) -> Write:
    """A write with the records at some places of its block taken out of it, to be merged."""
    block = write.block
    if block is None or not places:
        return write
    changes, rejected = list(write.changes), list(write.rejected)
    for place, text in block.part(places).sent():
        found = parse_text(write.kind, text, write.reading, write.path(place))
        if isinstance(found, Change):
            changes.append((place, found))
        else:
            rejected.append(Rejected(place, tuple(found)))
    changes.sort(key=lambda one: one[0])
    return replace(write, changes=changes, rejected=rejected, block=block.without(places))
