"""Storing records in this process: they are handed over as values, without a request."""

from collections.abc import Sequence

from callistics.http.services import Services
from callistics.ingest.batch import Batch
from callistics.ingest.decode import batch_of_values
from callistics.ingest.job import Job
from callistics.ingest.receipt import Receipt
from callistics.model.instants import now
from callistics.model.keys import Permission
from callistics.model.zones import Zone
from callistics.records.field import RecordKind


class LocalStore:
    """Stores with the rights of a key, as a request with that key would."""

    def __init__(self, parts: Services, key: str) -> None:
        self._parts = parts
        self._authorization = f"Bearer {key}"

    def checked(
        self,
        kind: RecordKind,
        records: Sequence[object],
        *,
        skip: bool = False,
        where: Zone | None = None,
    ) -> Batch:
        """The batch of records as of `batch_of_values`, for `store`.

        Raises `Unauthorized`, `Forbidden`, `RateLimited`.
        """
        key = self._parts.keyring.authenticate(self._authorization, now())
        self._parts.admit(key, Permission.INGEST)
        return batch_of_values(records, self._parts.terms(kind, key, where, skip=skip))

    def store(self, batch: Batch) -> Receipt:
        """Commit a batch, durably, and tell what became of it; it may be tried again.

        Raises `Unavailable`.
        """
        job = Job(batch)
        receipt = self._parts.writer.submit(job).result()
        assert isinstance(receipt, Receipt)
        return receipt
