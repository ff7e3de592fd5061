"""The checked records of a request."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from callistics.ingest.receipt import Rejected, Rejects
from callistics.model.scope import Scope
from callistics.records.columnar.call_batch import CallBatch
from callistics.records.decode import Change
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading


@dataclass(frozen=True, slots=True)
class Batch:
    """The valid records of one request, with their indices in it, and the rejected ones.

    `columns` has those that are stored as they are unless their ids are known, `changes` the
    others. `received` counts all. `single` is whether the body was one object. `reseller` is that
    of records that name none.
    """

    kind: RecordKind
    scope: Scope
    reading: Reading
    received: int
    changes: Sequence[tuple[int, Change]]
    rejects: Rejects = field(default_factory=Rejects)
    skip: bool = False
    single: bool = False
    columns: CallBatch | None = None
    reseller: str | None = None

    @property
    def rejected(self) -> Sequence[Rejected]:
        """The rejected records that are named."""
        return self.rejects.named

    def path(self, index: int) -> tuple[int, ...]:
        """Where a record stands in the body, as the beginning of a JSON pointer."""
        return () if self.single else (index,)
