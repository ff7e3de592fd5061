"""Batches of lines on their way to the server, and what becomes of them."""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import zstandard

from callistics.cli.api_errors import ApiError, field_error
from callistics.cli.client import Client, is_loopback
from callistics.files.lines import BadLine, Batch, UnreadableError
from callistics.model.field_error import FieldError
from callistics.model.zones import Zone
from callistics.records.field import RecordKind

if TYPE_CHECKING:
    from callistics.server.local_store import LocalStore

_NDJSON = {"Content-Type": "application/x-ndjson"}
_COMPRESSED = _NDJSON | {"Content-Encoding": "zstd"}
# One is read by the server while it stores another.
_AT_A_TIME = 3


@dataclass(slots=True)
class Tally:
    """What became of the lines of an import: each is counted in exactly one of the last four."""

    received: int = 0
    stored: int = 0
    unchanged: int = 0
    pending: int = 0
    rejected: int = 0

    @property
    def kept(self) -> int:
        """How many the server has, pending ones among them."""
        return self.stored + self.unchanged + self.pending

    def add(self, other: "Tally") -> None:
        """Count another tally's lines as well."""
        self.received += other.received
        self.stored += other.stored
        self.unchanged += other.unchanged
        self.pending += other.pending
        self.rejected += other.rejected


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch that was answered. `refused`: nothing of it was stored, for the `bad` lines in it."""

    batch: Batch
    tally: Tally
    bad: list[BadLine] = field(default_factory=list[BadLine])
    refused: bool = False


class Sender:
    """Sends batches of one kind of record, with `zone` that of their times without an offset.

    `tally` counts what was answered, whether or not anyone waited for it.
    """

    def __init__(
        self, client: Client, kind: RecordKind, *, skip: bool, zone: Zone | None = None
    ) -> None:
        self._client = client
        self._path = f"/{kind.value}"
        self.tally = Tally()
        self._tallying = Lock()
        self._skip = skip
        self._kind, self._zone = kind, zone
        self._params = {"on_error": "skip"} if skip else {}
        if zone is not None:
            self._params["timezone"] = zone.name
        # On the way to this same machine, packing takes longer than it saves.
        self._is_near = client.is_local or is_loopback(client.url)
        self._compress = zstandard.ZstdCompressor(level=1).compress

    @property
    def takes_records(self) -> bool:
        """Whether records need not be sent as JSON."""
        return self._client.store is not None

    @property
    def is_alone(self) -> bool:
        """Whether nobody else can wait for what is sent: the server is in this process."""
        return self._client.is_local

    def send_all(self, batches: Iterable[Batch]) -> Generator[Sent]:
        """Send the batches, and read on meanwhile; what became of each comes in their order.

        Where every record says what time it is as of, so that their order makes no difference,
        several are under way at a time. A refused batch is the last but for those. Raises
        `ApiError` or `Failure` where a batch was not answered as it should be, and what reading
        the batches raises.
        """
        waiting: deque[tuple[Batch, Future[Sent]]] = deque()
        with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="send") as pool:
            try:
                for batch in batches:
                    ordered = not all(one.is_timed for one in (batch, *(b for b, _ in waiting)))
                    refused = False
                    while waiting and (ordered or refused or len(waiting) >= _AT_A_TIME):
                        sent = waiting.popleft()[1].result()
                        yield sent
                        refused |= sent.refused
                    if refused:
                        return
                    waiting.append((batch, pool.submit(self.send, batch)))
            except UnreadableError:
                # What was sent before it is answered, and counts.
                yield from (future.result() for _, future in waiting)
                raise
            yield from (future.result() for _, future in waiting)

    def send(self, batch: Batch) -> Sent:
        """Send one batch."""
        if batch.bad and not self._skip:
            return Sent(batch, Tally(), batch.bad, refused=True)
        sent = self._send(batch) if batch.numbers else Sent(batch, Tally())
        if batch.bad and not sent.refused:
            sent.tally.add(self._counted(Tally(received=len(batch.bad), rejected=len(batch.bad))))
        bad = sorted([*sent.bad, *batch.bad], key=lambda line: line.number)
        return Sent(sent.batch, sent.tally, bad, sent.refused)

    def _send(self, batch: Batch) -> Sent:
        store, texts = self._client.store, batch.texts
        if store is not None and texts is None:
            return self._hand_over(batch, store)
        assert texts is not None
        return self._post(batch, b"\n".join(texts))

    def _hand_over(self, batch: Batch, store: "LocalStore") -> Sent:
        """Store records in this process."""
        kind, skip, where = self._kind, self._skip, self._zone
        checked = self._client.patiently(
            lambda: store.checked(kind, batch.bodies, skip=skip, where=where)
        )
        receipt = self._client.patiently(lambda: store.store(checked))
        errors = ((bad.index, map(field_error, bad.problems)) for bad in receipt.rejected)
        bad = [_bad_line(batch, index, found) for index, found in errors]
        if bad and not skip:
            return Sent(batch, Tally(), bad, refused=True)
        counts = receipt.received, receipt.stored, receipt.unchanged, receipt.pending
        return Sent(batch, self._counted(Tally(*counts, len(bad))), bad)

    def _post(self, batch: Batch, body: bytes) -> Sent:
        try:
            response = self._client.request(
                "POST",
                self._path,
                content=body if self._is_near else self._compress(body),
                headers=_NDJSON if self._is_near else _COMPRESSED,
                params=self._params,
                # Storing records twice is the same as storing them once.
                repeatable=True,
            )
        except ApiError as error:
            return self._refused(batch, error)
        sent = _stored(batch, response.json())
        self._counted(sent.tally)
        return sent

    def _counted(self, tally: Tally) -> Tally:
        with self._tallying:
            self.tally.add(tally)
        return tally

    def _refused(self, batch: Batch, error: ApiError) -> Sent:
        bad = bad_lines(batch, error.errors)
        is_too_much = error.status == 413 or (error.status == 422 and not bad)
        if is_too_much and len(batch.numbers) > 1:
            return self._in_halves(batch)
        if error.status == 413 and self._skip:
            line = BadLine(batch.first, (FieldError("", error.detail or error.title),))
            return Sent(batch, self._counted(Tally(received=1, rejected=1)), [line])
        if not bad:
            raise error
        return Sent(batch, Tally(), bad, refused=True)

    def _in_halves(self, batch: Batch) -> Sent:
        tally, bad = Tally(), list[BadLine]()
        for half in batch.halves():
            sent = self._send(half)
            tally.add(sent.tally)
            bad += sent.bad
            if sent.refused:
                return Sent(half, tally, bad, refused=True)
        return Sent(batch, tally, bad)


def _stored(batch: Batch, answer: dict[str, Any]) -> Sent:
    rejected = cast("list[dict[str, Any]]", answer["rejected"])
    errors = ((int(one["index"]), map(FieldError.of, one["errors"])) for one in rejected)
    bad = [_bad_line(batch, index, found) for index, found in errors]
    tally = Tally(
        answer["received"], answer["stored"], answer["unchanged"], answer["pending"], len(bad)
    )
    return Sent(batch, tally, bad)


def _bad_line(batch: Batch, index: int, errors: Iterable[FieldError]) -> BadLine:
    return BadLine(batch.numbers[index], tuple(error.below(1) for error in errors))


def bad_lines(batch: Batch, errors: Iterable[FieldError]) -> list[BadLine]:
    """The lines that an answer's errors are about; none where they are not about lines."""
    found: dict[int, list[FieldError]] = {}
    for error in errors:
        step = next(iter(error.steps), "")
        if not step.isdigit() or int(step) >= len(batch.numbers):
            return []
        found.setdefault(batch.numbers[int(step)], []).append(error.below(1))
    return [BadLine(number, tuple(errors)) for number, errors in sorted(found.items())]
