"""Batches of lines on their way to the server, and what becomes of them."""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import zstandard

from callistics.cli.api_errors import ApiError, field_error
from callistics.cli.client import Client, Content
from callistics.cli.importing.turns import Turns
from callistics.client.options import is_loopback
from callistics.files.lines import BadLine, Batch, UnreadableError
from callistics.model.field_error import FieldError, by_record
from callistics.model.zones import Zone
from callistics.records.field import RecordKind

if TYPE_CHECKING:
    from callistics.ingest.batch import Batch as Checked
    from callistics.server.local_store import LocalStore

_NDJSON = {"Content-Type": "application/x-ndjson"}
_COMPRESSED = _NDJSON | {"Content-Encoding": "zstd"}
# One is read by the server while it stores another.
_AT_A_TIME = 3
# Records from which on it is worth it to look whether all is in order.
_MANY = 50_000


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

    `tally` counts what was answered, whether or not anyone waited for it. `at_a_time` batches at
    the most are under way.
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
        self.at_a_time = _AT_A_TIME
        self._turns = Turns()
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
    def _keeps_order(self) -> bool:
        """Whether batches are stored in their order, whatever comes of those before."""
        return self.takes_records and self._skip

    def prepare(self, records: int, size: int) -> None:
        """Get ready for batches of so many records, which have so many bytes together."""
        store = self._client.store
        if store is not None:
            self.at_a_time = store.at_a_time(records)
            store.expect(size)

    def put_in_order(self) -> None:
        """Do what a server does in the background after so many records; nothing beside one."""
        store = self._client.store
        if store is not None and self.tally.stored >= _MANY:
            store.put_in_order(self.tally.stored)

    def send_all(self, batches: Iterable[Batch]) -> Generator[Sent]:
        """Send the batches, and read on meanwhile; what became of each comes in their order.

        Where every record says what time it is as of, so that their order makes no difference, or
        it is kept and none is refused, several are under way at a time. A refused batch is the
        last but for those. Raises `ApiError` or `Failure` where a batch was not answered as it
        should be, and what reading the batches raises.
        """
        waiting: deque[tuple[Batch, Future[Sent]]] = deque()
        with ThreadPoolExecutor(self.at_a_time, thread_name_prefix="send") as pool:
            try:
                for batch in batches:
                    under_way = (batch, *(one for one, _ in waiting))
                    ordered = not self._keeps_order and not all(one.is_timed for one in under_way)
                    refused = False
                    while waiting and (ordered or refused or len(waiting) >= self.at_a_time):
                        sent = waiting.popleft()[1].result()
                        yield sent
                        refused |= sent.refused
                    if refused:
                        return
                    turn = self._turns.draw()
                    waiting.append((batch, pool.submit(self._send_in_turn, batch, turn)))
            except UnreadableError:
                # What was sent before it is answered, and counts.
                yield from (future.result() for _, future in waiting)
                raise
            yield from (future.result() for _, future in waiting)

    def _send_in_turn(self, batch: Batch, turn: int) -> Sent:
        try:
            return self.send(batch, turn)
        finally:
            self._turns.done(turn)

    def send(self, batch: Batch, turn: int) -> Sent:
        """Send one batch; in this process those of the turns before are stored before it."""
        if batch.bad and not self._skip:
            return Sent(batch, Tally(), batch.bad, refused=True)
        sent = self._send(batch, turn) if batch.numbers else Sent(batch, Tally())
        if batch.bad and not sent.refused:
            sent.tally.add(self._counted(Tally(received=len(batch.bad), rejected=len(batch.bad))))
        bad = sorted([*sent.bad, *batch.bad], key=lambda line: line.number)
        return Sent(sent.batch, sent.tally, bad, sent.refused)

    def _send(self, batch: Batch, turn: int) -> Sent:
        store, texts = self._client.store, batch.texts
        if store is None:
            return self._post(batch)
        if texts is None or _is_within(batch, store):
            return self._hand_over(batch, store, turn)
        self._turns.wait(turn)
        return self._post(batch)

    def _hand_over(self, batch: Batch, store: "LocalStore", turn: int) -> Sent:
        """Store records in this process."""
        with store.announced():
            checked = self._client.patiently(lambda: self._checked(batch, store))
            batch.let_go()
            self._turns.wait(turn)
            storing = self._client.patiently(lambda: store.submit(checked))
        self._turns.done(turn)
        receipt = self._client.patiently(storing)
        errors = ((bad.index, map(field_error, bad.problems)) for bad in receipt.rejected)
        bad = [_bad_line(batch, index, found) for index, found in errors]
        if bad and not self._skip:
            return Sent(batch, Tally(), bad, refused=True)
        counts = receipt.received, receipt.stored, receipt.unchanged, receipt.pending
        return Sent(batch, self._counted(Tally(*counts, len(bad))), bad)

    def _checked(self, batch: Batch, store: "LocalStore") -> "Checked":
        texts, skip, where = batch.texts, self._skip, self._zone
        if texts is None:
            return store.checked(self._kind, batch.records, skip=skip, where=where)
        return store.checked_texts(self._kind, texts, skip=skip, where=where)

    def _post(self, batch: Batch) -> Sent:
        try:
            found = sent = self._ask(batch)
        except ApiError as error:
            return self._refused(batch, error)
        self._counted(sent.tally)
        # A server names some bad lines at a time; it has all others, and has counted them.
        while found.tally.rejected > len(found.bad) > 0:
            found = self._ask(found.batch.without({bad.number for bad in found.bad}))
            sent.bad.extend(found.bad)
        return sent

    def _ask(self, batch: Batch) -> Sent:
        assert batch.texts is not None
        body = b"\n".join(batch.texts)
        response = self._client.request(
            "POST",
            self._path,
            expects="rejected",
            content=Content(body, _NDJSON)
            if self._is_near
            else Content(self._compress(body), _COMPRESSED),
            params=self._params,
            # Storing records twice is the same as storing them once.
            repeatable=True,
        )
        return _stored(batch, response.json())

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
            line = BadLine(batch.numbers[0], (FieldError("", error.detail or error.title),))
            return Sent(batch, self._counted(Tally(received=1, rejected=1)), [line])
        if not bad:
            raise error
        return Sent(batch, Tally(), bad, refused=True)

    def _in_halves(self, batch: Batch) -> Sent:
        tally, bad = Tally(), list[BadLine]()
        for half in batch.halves():
            sent = self._post(half)
            tally.add(sent.tally)
            bad += sent.bad
            if sent.refused:
                return Sent(half, tally, bad, refused=True)
        return Sent(batch, tally, bad)


def _is_within(batch: Batch, store: "LocalStore") -> bool:
    """Whether lines are no more than a request may bring; it is told of others how they are not."""
    return batch.size <= store.limits.body and len(batch.numbers) <= store.limits.records


def _stored(batch: Batch, answer: dict[str, Any]) -> Sent:
    rejected = cast("list[dict[str, Any]]", answer["rejected"])
    errors = ((int(one["index"]), map(FieldError.of, one["errors"])) for one in rejected)
    bad = [_bad_line(batch, index, found) for index, found in errors]
    tally = Tally(
        answer["received"],
        answer["stored"],
        answer["unchanged"],
        answer["pending"],
        answer.get("rejected_count", len(bad)),
    )
    return Sent(batch, tally, bad)


def _bad_line(batch: Batch, index: int, errors: Iterable[FieldError]) -> BadLine:
    return BadLine(batch.numbers[index], tuple(error.below(1) for error in errors))


def bad_lines(batch: Batch, errors: Iterable[FieldError]) -> list[BadLine]:
    """The lines that an answer's errors are about; none where they are not about lines."""
    found = by_record(errors)
    if any(index >= len(batch.numbers) for index in found):
        return []
    return [BadLine(batch.numbers[index], tuple(of)) for index, of in sorted(found.items())]
