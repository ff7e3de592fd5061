"""What the writer is asked for, and what becomes of it."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from callistics.errors import RequestError
from callistics.ingest.batch import Batch
from callistics.ingest.erase import Erased, Erasure
from callistics.ingest.expiry import Expiry
from callistics.ingest.receipt import Receipt, Repeated
from callistics.model.alerts import AlertChanges
from callistics.model.audit import Note
from callistics.model.keys import StoredKey
from callistics.model.webhooks import WebhookChanges
from callistics.tracing import origin

Result = Receipt | Repeated | Erased | None
"""What became of the records, now or when the request came before; what was erased; or nothing."""


class OutdatedError(Exception):
    """What was to be stored follows from records as they were before an erasure."""


JobResult = Result | RequestError | OutdatedError
"""The result, or why there is none."""


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """An `Idempotency-Key`, the key of access it came with, and the hash of its body."""

    key_id: str
    idempotency_key: str
    body_hash: str

    @property
    def name(self) -> tuple[str, str]:
        """What its receipt is kept under."""
        return self.key_id, self.idempotency_key


@dataclass(slots=True)
class Job:
    """One request for the writer. `done` gives the result once durable.

    `idempotency` is what it is known by where it is sent again.

    `notes` go into the audit log in the same commit.

    `origin` is what asked for it, where somebody traces.

    One that is `urgent` goes before all others; it, and one that is `unlimited`, is taken however
    many wait.
    """

    batch: Batch | None = None
    idempotency: IdempotentRequest | None = None
    keys: tuple[StoredKey, ...] = ()
    uses: Mapping[str, int] = field(default_factory=dict[str, int])
    token_secret: str | None = None
    webhooks: WebhookChanges | None = None
    alerts: AlertChanges | None = None
    erasure: Erasure | None = None
    expiry: Expiry | None = None
    notes: Sequence[Note] = ()
    urgent: bool = False
    unlimited: bool = False
    origin: object | None = field(default_factory=origin)
    done: "Future[Result]" = field(default_factory=Future[Result])
