"""Records on their way: encoded, cut into batches, sent with a key each, counted."""

import gzip
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict, cast, get_args

from callistics.client.bodies import Kind, OnError
from callistics.client.encoding import encoded
from callistics.client.errors import ClientError, RecordError, StatusError
from callistics.client.options import is_loopback
from callistics.client.receipts import (
    MOST_KEPT,
    Missing,
    Receipt,
    Rejected,
    receipt_of,
    rejected_by,
)
from callistics.client.requests import Flow, Request, read_with
from callistics.client.rows.records import is_table, rows_of
from callistics.model.field_error import FieldError

Progress = Callable[[Receipt], None]
OnRejected = Callable[[Rejected], None]
Refuse = Callable[[int, RecordError], None]
"""What becomes of the record at a place that has no form in JSON; may raise."""

BATCH_RECORDS = 10_000
BATCH_BYTES = 16 << 20


def records_of(source: Any) -> Iterable[Any]:
    """The records of whatever was given. Raises `RecordError`."""
    known = is_table(source) or hasattr(source, "__iter__")
    if not known or isinstance(source, str | bytes):
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


@dataclass(frozen=True, slots=True)
class Lines:
    """Encoded records, and the place of each among all that were given."""

    texts: list[bytes] = field(default_factory=list[bytes])
    places: list[int] = field(default_factory=list[int])

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, begin: int, end: int) -> "Lines":
        """Those between two indexes."""
        return Lines(self.texts[begin:end], self.places[begin:end])

    def without(self, places: Collection[int]) -> "Lines":
        """Those at other places."""
        kept = [index for index, place in enumerate(self.places) if place not in places]
        return Lines([self.texts[index] for index in kept], [self.places[index] for index in kept])


def _raised(place: int, error: RecordError) -> None:
    raise RecordError(f"record {place:,}: {error}") from None


class Batcher:
    """Gathers encoded records until there are enough for a request."""

    def __init__(self, records: int, size: int = BATCH_BYTES, refuse: Refuse = _raised) -> None:
        if records < 1:
            raise ClientError("batch_size must be 1 or more")
        self._records, self._size, self._refuse = records, size, refuse
        self._lines = Lines()
        self._bytes = self._seen = 0

    def add(self, record: object) -> Lines | None:
        """Take one more; a batch where that is full without it. Raises what `refuse` does."""
        place = self._seen
        self._seen += 1
        try:
            line = encoded(record)
        except RecordError as error:
            self._refuse(place, error)
            return None
        full = len(self._lines) >= self._records or self._bytes + len(line) > self._size
        taken = self.rest() if full and self._lines else None
        self._lines.texts.append(line)
        self._lines.places.append(place)
        self._bytes += len(line) + 1
        return taken

    def rest(self) -> Lines:
        """What was gathered."""
        lines, self._lines, self._bytes = self._lines, Lines(), 0
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
        if kind not in get_args(Kind):
            raise ClientError(f'records are "calls" or "leads", not {kind!r}')
        self.receipt = Receipt()
        self._path = f"/{kind}"
        self._terms = terms
        self._skips = terms.get("on_error") == "skip"
        self.batcher = Batcher(terms.get("batch_size", BATCH_RECORDS), refuse=self._refuse)
        given = {name: terms.get(name) for name in ("on_error", "timezone")}
        self._params = {name: str(value) for name, value in given.items() if value is not None}
        # On the way to this same machine, packing takes longer than it saves.
        self._packed = not is_loopback(url)
        self._number = 0

    def batch(self, lines: Lines) -> Flow[None]:
        """Send one batch. Raises `ClientError` with the places of records among all of them."""
        given = self._terms.get("idempotency_key")
        name = uuid.uuid4().hex if given is None else f"{given}-{self._number}"
        self._number += 1
        try:
            yield from self._send(lines, name)
        except ClientError as error:
            error.receipt = self.receipt
            raise
        progress = self._terms.get("progress")
        if progress is not None:
            progress(self.receipt)

    def _refuse(self, place: int, error: RecordError) -> None:
        """Leave a record out that cannot be sent. Raises `RecordError` where none may be."""
        if not self._skips:
            refused = RecordError(f"record {place:,}: {error}")
            refused.receipt = self.receipt
            raise refused from None
        bad = Rejected(place, (FieldError("", str(error)),))
        self.receipt += Receipt(received=1, rejected=1, first_rejected=(bad,))
        self._tell([bad])

    def _send(self, lines: Lines, name: str) -> Flow[None]:
        receipt: Receipt
        rejected: Sequence[Rejected]
        try:
            receipt, rejected = yield self._request(lines, name)
        except StatusError as error:
            if len(lines) > 1 and self._is_too_much(error):
                half = len(lines) // 2
                yield from self._send(lines.part(0, half), f"{name}.0")
                yield from self._send(lines.part(half, len(lines)), f"{name}.1")
                return
            raise _moved(error, lines.places) from error
        placed = [Rejected(lines.places[one.index], one.errors) for one in rejected]
        waiting = tuple(
            Missing(lines.places[one.index], one.id, one.fields) for one in receipt.first_pending
        )
        self.receipt += replace(
            receipt, first_rejected=tuple(placed[:MOST_KEPT]), first_pending=waiting
        )
        self._tell(placed)
        if self._terms.get("on_rejected") is not None and receipt.rejected > len(placed):
            yield from self._name_others(lines, name, receipt.rejected, placed)

    def _name_others(
        self, lines: Lines, name: str, count: int, named: Sequence[Rejected]
    ) -> Flow[None]:
        """Tell of the `count` rejected records also those that the answer has not `named`.

        What is not named yet is sent again so that one bad record refuses all: nothing of it is
        stored a second time.
        """
        told = 0
        while named and (told := told + len(named)) < count:
            lines = lines.without({one.index for one in named})
            try:
                yield self._request(lines, f"{name}.{told}", on_error="fail")
            except StatusError as error:
                named = rejected_by(_moved(error, lines.places))
                if not named:
                    raise
                self._tell(named)
            else:
                return

    def _is_too_much(self, error: StatusError) -> bool:
        """Whether less at once may be taken: where what is wrong is not about any record.

        Under a name that was given, it may be that the name stands for other records.
        """
        about_all = all(one.index is None for one in error.errors)
        named = self._terms.get("idempotency_key") is not None
        return error.status == 413 or (error.status == 422 and about_all and not named)

    def _request(
        self, lines: Lines, name: str, **params: str
    ) -> Request[tuple[Receipt, Sequence[Rejected]]]:
        body = b"\n".join(lines.texts)
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": name}
        if self._packed:
            body = gzip.compress(body, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Request(
            method="POST",
            path=self._path,
            content=body,
            headers=headers,
            params={**self._params, **params},
            read=read_with(receipt_of),
        )

    def _tell(self, rejected: Iterable[Rejected]) -> None:
        told = self._terms.get("on_rejected")
        if told is not None:
            for one in rejected:
                told(one)


def _moved(error: StatusError, places: Sequence[int]) -> StatusError:
    """The error with the places of records among all that were given."""
    indexes = [one.index for one in error.errors]
    if None in indexes or not error.errors:
        return error
    items = [
        {
            "pointer": f"/{places[index]}{one.below(1).pointer}",
            "message": one.message,
            "value": one.value,
        }
        for index, one in zip(indexes, error.errors, strict=True)
        if index is not None
    ]
    return type(error)(
        error.status, {**error.problem, "errors": items}, error.phrase, error.headers
    )
