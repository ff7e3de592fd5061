"""Storing records in this process: they are handed over without a request."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from callistics.http.services import Services
from callistics.ingest.batch import Batch
from callistics.ingest.decode import NDJSON_TYPES, Limits, Terms, batch_of_values
from callistics.ingest.job import Job
from callistics.ingest.receipt import Receipt
from callistics.model.json import encode
from callistics.model.keys import Permission
from callistics.model.scope import EVERYTHING
from callistics.model.zones import Zone
from callistics.records.field import RecordKind

# One is read by another process while the next is being put together for it.
_READ_AT_A_TIME = 2
_COUNT = encode({"query_type": "call_count"})
# One of so many calls was stored, at least, where sums and order are seen to at once.
_PART = 8
# Batches under way, each of which has a thread of its own.
_MOST_AT_A_TIME = 32


class LocalStore:
    """Stores with the rights of a key, as a request with that key would.

    Records that come from several threads are committed in sets of the setting `import_records`:
    who hands over a batch checks and submits it within `announced`.
    """

    def __init__(self, parts: Services, key: str) -> None:
        self._parts = parts
        self._authorization = f"Bearer {key}"
        self._reading = threading.Semaphore(_READ_AT_A_TIME)

    @property
    def limits(self) -> Limits:
        """The largest request that a server with these settings takes."""
        settings = self._parts.settings
        return Limits(settings.record_body_limit, settings.record_limit)

    def at_a_time(self, records: int) -> int:
        """How many batches of so many records may be under way: those of two sets."""
        settings = self._parts.settings
        sets = 2 * -(-settings.import_records // records)
        return min(sets, settings.ingest_queue, _MOST_AT_A_TIME)

    def expect(self, size: int) -> None:
        """Say that so many bytes of lines of JSON will come."""
        self._parts.decode_process.expect(size)

    def announced(self) -> AbstractContextManager[None]:
        """Say that a batch is to be stored in this context."""
        return self._parts.writer.announced()

    def checked_texts(
        self,
        kind: RecordKind,
        texts: Sequence[bytes],
        *,
        skip: bool = False,
        where: Zone | None = None,
    ) -> Batch:
        """The batch of records that are lines of JSON, for `submit`; raises as `checked`."""
        terms = self._terms(kind, where, skip=skip)
        decode = self._parts.decode_process.decode_batch
        with self._reading:
            return decode(b"\n".join(texts), NDJSON_TYPES[0], self.limits, terms)

    def checked(
        self,
        kind: RecordKind,
        records: Sequence[object],
        *,
        skip: bool = False,
        where: Zone | None = None,
    ) -> Batch:
        """The batch of records as of `batch_of_values`, for `submit`.

        Raises `Unauthorized`, `Forbidden`, `RateLimited`.
        """
        terms = self._terms(kind, where, skip=skip)
        with self._reading:
            return batch_of_values(records, terms)

    def _terms(self, kind: RecordKind, where: Zone | None, *, skip: bool) -> Terms:
        key = self._parts.keyring.authenticate(self._authorization, self._parts.clock())
        self._parts.admit(key, Permission.INGEST)
        return self._parts.terms(kind, key, where, skip=skip)

    def submit(self, batch: Batch) -> Callable[[], Receipt]:
        """Have a batch committed; what waits until it is durable and tells what became of it.

        Raises `Unavailable`.
        """
        done = self._parts.writer.submit(Job(batch))

        def receipt() -> Receipt:
            found = done.result()
            assert isinstance(found, Receipt)
            return found

        return receipt

    def put_in_order(self, stored: int) -> None:
        """Do the engine's maintenance where so many records that were stored are a part of all.

        What few add to many more is left to a server, which does it in the background, and to
        `callistics optimize`: sums of all days would be written for it.
        """
        (row,) = self._parts.analytics.answer(_COUNT, EVERYTHING).data
        if stored * _PART >= int(row["count"] or 0):
            while self.maintain():
                pass

    def maintain(self) -> bool:
        """Do a piece of the engine's maintenance; whether there is more to do."""
        return self._parts.maintain()
