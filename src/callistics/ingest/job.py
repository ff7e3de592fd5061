"""What the writer is asked for, and what becomes of it."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from callistics.engines.base import KeptAnswer
from callistics.errors import RequestError
from callistics.ingest.batch import Batch
from callistics.ingest.receipt import Receipt
from callistics.model.keys import StoredKey

Result = Receipt | KeptAnswer | None
"""What became of the records; or the answer from before, if the request is repeated; or nothing."""
Outcome = Result | RequestError


@dataclass(frozen=True, slots=True)
class Retry:
    """An `Idempotency-Key`, the key of access it came with, and the hash of its body.

    `encode` makes status and body of the answer that is kept. The commit it is part of may fail and
    be tried again: it must do nothing else.
    """

    key_id: str
    idempotency_key: str
    body_hash: str
    encode: Callable[[Receipt], tuple[int, bytes]]

    @property
    def name(self) -> tuple[str, str]:
        """What its answer is kept under."""
        return self.key_id, self.idempotency_key


@dataclass(slots=True)
class Job:
    """One request for the writer. `done` gives the result once durable.

    One that is `urgent` goes before all others, however many wait.
    """

    batch: Batch | None = None
    retry: Retry | None = None
    keys: tuple[StoredKey, ...] = ()
    uses: Mapping[str, int] = field(default_factory=dict[str, int])
    urgent: bool = False
    done: "Future[Result]" = field(default_factory=Future[Result])
