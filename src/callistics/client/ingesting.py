"""Records on their way: encoded, cut into batches, sent with a key each, counted."""

import gzip
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict, cast

from callistics.client.bodies import Kind, OnError
from callistics.client.encoding import encoded
from callistics.client.errors import ClientError, RecordError, StatusError
from callistics.client.options import is_loopback
from callistics.client.receipts import Missing, Receipt, Rejected, receipt_of
from callistics.client.requests import Flow, Request, read_with
from callistics.client.rows.records import is_table, rows_of
from callistics.model.field_error import FieldError

Lines = list[bytes]
Progress = Callable[[Receipt], None]
OnRejected = Callable[[Rejected], None]

BATCH_RECORDS = 10_000
BATCH_BYTES = 16 << 20


def records_of(source: Any) -> Iterable[Any]:
    """The records of whatever was given. Raises `RecordError`."""
    if isinstance(source, str | bytes):
        raise RecordError("records are mappings: give an iterable of them, a frame or a table")
    if isinstance(source, Mapping):
        return (cast("Mapping[str, object]", source),)
    return rows_of(source) if is_table(source) else source


class Terms(TypedDict, total=False):
    """How records are stored; what each says: `Client.ingest`."""

    on_error: OnError
    timezone: str | None
    batch_size: int
    idempotency_key: str | None
    progress: Progress | None
    on_rejected: OnRejected | None


_TERMS = frozenset(Terms.__annotations__)


class Batcher:
    """Gathers encoded records until there are enough for a request."""

    def __init__(self, records: int, size: int = BATCH_BYTES) -> None:
        if records < 1:
            raise ClientError("batch_size must be 1 or more")
        self._records, self._size = records, size
        self._lines: Lines = []
        self._bytes = self._seen = 0

    def add(self, record: object) -> Lines | None:
        """Take one more; a batch where that is full without it. Raises `RecordError`."""
        try:
            line = encoded(record)
        except RecordError as error:
            raise RecordError(f"record {self._seen:,}: {error}") from None
        self._seen += 1
        full = len(self._lines) >= self._records or self._bytes + len(line) > self._size
        taken = self.rest() if full and self._lines else None
        self._lines.append(line)
        self._bytes += len(line) + 1
        return taken

    def rest(self) -> Lines:
        """What was gathered."""
        lines, self._lines, self._bytes = self._lines, [], 0
        return lines


def batches(records: Iterable[object], batcher: Batcher) -> Iterator[Lines]:
    """The records in batches, read as they are wanted."""
    for record in records:
        if (full := batcher.add(record)) is not None:
            yield full
    if rest := batcher.rest():
        yield rest


class Ingestion:
    """Sends batches one after the other, and counts what becomes of their records."""

    def __init__(self, kind: Kind, terms: Terms, url: str) -> None:
        if unknown := terms.keys() - _TERMS:
            raise TypeError(f"ingest() got an unexpected keyword argument {min(unknown)!r}")
        self.receipt = Receipt()
        self._path = f"/{kind}"
        self._terms = terms
        self.batcher = Batcher(terms.get("batch_size", BATCH_RECORDS))
        given = {name: terms.get(name) for name in ("on_error", "timezone")}
        self._params = {name: str(value) for name, value in given.items() if value is not None}
        # On the way to this same machine, packing takes longer than it saves.
        self._packed = not is_loopback(url)
        self._sent = self._number = 0

    def batch(self, lines: Lines) -> Flow[None]:
        """Send one batch. Raises `StatusError` with the places of records among all of them."""
        given = self._terms.get("idempotency_key")
        name = uuid.uuid4().hex if given is None else f"{given}-{self._number}"
        self._number += 1
        try:
            yield from self._send(lines, name)
        except StatusError as error:
            error.receipt = self.receipt
            raise
        progress = self._terms.get("progress")
        if progress is not None:
            progress(self.receipt)

    def _send(self, lines: Lines, name: str) -> Flow[None]:
        try:
            receipt, rejected = yield self._request(lines, name)
        except StatusError as error:
            if len(lines) > 1 and self._is_too_much(error):
                half = len(lines) // 2
                yield from self._send(lines[:half], f"{name}.0")
                yield from self._send(lines[half:], f"{name}.1")
                return
            raise self._moved(error) from error
        self._count(receipt, rejected)
        self._sent += len(lines)

    def _is_too_much(self, error: StatusError) -> bool:
        """Whether less at once may be taken: where what is wrong is not about any record.

        Under a name that was given, it may be that the name stands for other records.
        """
        about_all = all(_moved(one, 0) is None for one in error.errors)
        named = self._terms.get("idempotency_key") is not None
        return error.status == 413 or (error.status == 422 and about_all and not named)

    def _request(self, lines: Lines, name: str) -> Request[tuple[Receipt, Sequence[Rejected]]]:
        body = b"\n".join(lines)
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": name}
        if self._packed:
            body = gzip.compress(body, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Request(
            method="POST",
            path=self._path,
            content=body,
            headers=headers,
            params=self._params,
            read=read_with(receipt_of),
        )

    def _count(self, receipt: Receipt, rejected: Iterable[Rejected]) -> None:
        moved = replace(
            receipt,
            first_rejected=tuple(self._placed(one) for one in receipt.first_rejected),
            first_pending=tuple(
                Missing(one.index + self._sent, one.id, one.fields) for one in receipt.first_pending
            ),
        )
        self.receipt += moved
        told = self._terms.get("on_rejected")
        if told is not None:
            for one in rejected:
                told(self._placed(one))

    def _placed(self, one: Rejected) -> Rejected:
        return Rejected(one.index + self._sent, one.errors)

    def _moved(self, error: StatusError) -> StatusError:
        """The error with the places of records counted from the first that was sent."""
        listed = [_moved(one, self._sent) for one in error.errors]
        if not self._sent or None in listed:
            return error
        items = [
            {"pointer": one.pointer, "message": one.message, "value": one.value}
            for one in listed
            if one is not None
        ]
        return type(error)(
            error.status, {**error.problem, "errors": items}, error.phrase, error.headers
        )


def _moved(error: FieldError, by: int) -> FieldError | None:
    """None where it is not about one of the records."""
    step = next(iter(error.steps), "")
    if not step.isdigit():
        return None
    return FieldError(f"/{int(step) + by}{error.below(1).pointer}", error.message, error.value)
