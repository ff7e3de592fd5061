"""What every engine offers to the layers above it."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from callistics.catalog.rollups import Rollup
from callistics.engines.dump import Dump
from callistics.model.alerts import AlertChanges, Delivery, KeptAlerts
from callistics.model.audit_chain import Entry, Head
from callistics.model.keys import StoredKey
from callistics.model.scope import Scope
from callistics.model.webhooks import KeptBody, WebhookChanges
from callistics.records.columnar.arrow import Mask
from callistics.records.columnar.call_batch import CallBatch
from callistics.records.columnar.changes import Changes
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.sql.dialect import Dialect, SqlRow, Statement


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """What became of a request with an `Idempotency-Key`, as text, and the hash of its body."""

    body_hash: str
    receipt: bytes


TAKEN = 200
"""The status beside every receipt that is kept; others are refusals that older versions kept."""


class Session(Protocol):
    """One transaction of the one writer. Leaving its context without error commits durably."""

    def known(self, batches: Sequence[CallBatch]) -> Mask:
        """Whether each of the batches' calls, one batch after the other, is stored."""
        ...

    def merchants_of(
        self, kind: RecordKind, ids: Iterable[str], within: Scope, *, held: bool = False
    ) -> dict[str, set[str]]:
        """The merchants that have a record of each id.

        What lies outside a scope is not looked up, so that it takes as long as what is not there.
        With `held` a lead is one also where only calls tell of it that do not count.
        """
        ...

    def load(
        self, kind: RecordKind, identities: Iterable[Identity]
    ) -> dict[Identity, StoredRecord]:
        """The stored records among the identities."""
        ...

    def calls_of(self, leads: Set[Identity]) -> dict[Identity, set[Identity]]:
        """The calls of leads, also those that do not count."""
        ...

    def apply(self, changes: Changes) -> None:
        """Write changes of loaded records, and what is derived from them; once in a transaction."""
        ...

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        ...

    def kept_receipt(self, key_id: str, idempotency_key: str) -> KeptReceipt | None:
        """The receipt kept under an idempotency key in the last 24 hours."""
        ...

    def keep_receipt(self, key_id: str, idempotency_key: str, receipt: KeptReceipt) -> None:
        """Keep a receipt, in this same transaction."""
        ...

    def save_keys(self, keys: Iterable[StoredKey]) -> None:
        """Insert or replace access keys by id; one that is revoked stays so."""
        ...

    def save_uses(self, uses: Mapping[str, int]) -> None:
        """Store when keys were last used (µs), by their ids; nothing else of them changes."""
        ...

    def save_token_secret(self, secret: str) -> None:
        """Store the secret that tokens are signed with, instead of the one before."""
        ...

    def save_webhooks(self, changes: WebhookChanges) -> None:
        """Store what there is of webhooks."""
        ...

    def save_alerts(self, changes: AlertChanges) -> None:
        """Store what there is of alerts, all or nothing."""
        ...

    def kept_alerts(self) -> KeptAlerts:
        """What is kept of alerts that may tell of single records."""
        ...

    def waiting_notices(self) -> Sequence[Delivery]:
        """The notices of alerts that are on their way."""
        ...

    def payload_texts(self, key: str, among: Set[str]) -> Set[str]:
        """Those of the texts that payloads have under a key, of what the transaction leaves."""
        ...

    def forget_bodies(self, calls: Iterable[Identity]) -> None:
        """Delete the kept bodies that were mapped to one of the calls."""
        ...

    def forget_receipts(self, names: Callable[[bytes], bool]) -> None:
        """Delete the kept receipts of which this says that they name what is to be forgotten."""
        ...

    def block_secret(self) -> bytes | None:
        """What ids are hashed with that are blocked; None where none is."""
        ...

    def save_block_secret(self, secret: bytes) -> None:
        """Store it."""
        ...

    def blocked(self, digests: Set[bytes]) -> Set[bytes]:
        """Those of the digests that are blocked now."""
        ...

    def block(self, digests: Set[bytes], duration: int) -> None:
        """Block digests for so many µs; of those of before the ones that have ended go."""
        ...

    def audit_head(self) -> Head:
        """The last entry of the audit log."""
        ...

    def append_audit(self, entries: Sequence[Entry]) -> None:
        """Add entries to the audit log; once in a transaction."""
        ...


@dataclass(frozen=True, slots=True)
class SharingLimits:
    """From how many queries on that match the same records these are kept apart for them.

    Up to so many `rows` are, of more there may be counts; 0 is never.
    """

    queries: int
    rows: int


@dataclass(frozen=True, slots=True)
class StorageState:
    """Why nothing can be stored now, None where it can; bytes free for it; how often it failed.

    `free` is None where nobody knows, as the data lies on another machine.
    """

    problem: str | None = None
    free: int | None = None
    failures: int = 0


class Snapshot(Protocol):
    """One state of the records, for one thread, while the context is open that gave it."""

    @property
    def version(self) -> int | None:
        """The `data_version` of the state; None where nobody knows."""
        ...

    @property
    def lost(self) -> bool:
        """Whether the state is seen no more, as may be after a statement failed."""
        ...

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut` past the time limit."""
        ...

    def keep(self, rows: Statement) -> tuple[str, int]:
        """Keep the rows of a SELECT apart: the table that has them until the end, how many."""
        ...


class SnapshotSource(Protocol):
    """Gives snapshots of the records, one state after the other."""

    @property
    def data_version(self) -> int | None:
        """A number that commits of records change; None where others may write, or just now."""
        ...

    def reading(self) -> AbstractContextManager[Snapshot]:
        """The state as it is now, for several statements."""
        ...


class Readable(SnapshotSource, Protocol):
    """What answers statements, from many threads at once."""

    @property
    def dialect(self) -> Dialect:
        """How statements for this engine are written."""
        ...

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut` past the time limit."""
        ...


class Engine(Readable, Protocol):
    """A store of calls and leads. Reading is safe from many threads, writing from one."""

    @property
    def rollups(self) -> Sequence[Rollup]:
        """The roll-ups it keeps, always in step with the records."""
        ...

    @property
    def version(self) -> str:
        """Name and version, for people."""
        ...

    def run_many(self, statement: Statement) -> Sequence[SqlRow]:
        """As `run`, for many rows: they are kept as columns, which takes less memory."""
        ...

    @property
    def sharing(self) -> SharingLimits:
        """When it pays to keep rows apart for several queries."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction."""
        ...

    def keep_bodies(self, bodies: Sequence[KeptBody]) -> None:
        """Keep bodies of webhooks durably; they wait for no commit where the engine can do so."""
        ...

    def load_keys(self) -> list[StoredKey]:
        """Every access key."""
        ...

    def load_token_secret(self) -> str | None:
        """The secret that tokens are signed with, None where none was made yet."""
        ...

    def newest_arrival(self) -> int:
        """The newest time (µs) that was given out for a record that came; later ones are later."""
        ...

    def rebuild(self) -> None:
        """Recompute everything that is derived from the records."""
        ...

    def expect_records(self) -> None:
        """Get ready for many records that will come soon."""
        ...

    def maintain(self) -> bool:
        """Do a bounded piece of maintenance, which shows in no answer; whether there is more to do.

        One thread may do this while others work.
        """
        ...

    def dumping(self) -> AbstractContextManager[Dump]:
        """One state of all that is stored, while others go on writing. Raises `EngineError`."""
        ...

    def close(self) -> None:
        """Close the store, everything written to disk."""
        ...


class ServedEngine(Engine, Protocol):
    """An engine as a server has it: one that says whether records can be stored."""

    @property
    def storage(self) -> StorageState:
        """Whether records can be stored."""
        ...

    def when_reopened(self, act: Callable[[], None]) -> None:
        """Have something done each time the store was opened again after it failed.

        What is kept in memory of it may be behind: a commit that failed may have been stored.
        """
        ...

    def when_failed(self, let_go: Callable[[], None]) -> None:
        """Have those who hold a state of the store let go of it where it failed.

        It is not opened again before they have.
        """
        ...
