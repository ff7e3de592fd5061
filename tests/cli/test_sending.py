"""Batches on their way: what is stored, what is refused, and what comes after."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest

from callistics.cli.api_errors import ApiError
from callistics.cli.client import Client
from callistics.cli.importing.sender import Sender, Tally
from callistics.files.lines import Batch, Line, UnreadableError, batched
from callistics.records.field import RecordKind

from .receiving import Store, lines, timed


def send(
    store: Store, found: Iterator[Line], *, skip: bool = False, batch_size: int = 2
) -> tuple[Tally, list[int], bool]:
    """What became of it, the bad lines, and whether it ended refused."""
    sender = Sender(Client("http://host", "k", transport=store), RecordKind.CALLS, skip=skip)
    tally, bad, refused = Tally(), list[int](), False
    for sent in sender.send_all(batched(found, batch_size, 1_000)):
        tally.add(sent.tally)
        bad += [line.number for line in sent.bad]
        refused = sent.refused
    assert sender.tally == tally
    return tally, bad, refused


def test_everything_arrives_in_order() -> None:
    store = Store()
    tally, bad, refused = send(store, lines(*range(101)), batch_size=10)
    assert store.stored == list(range(101))
    assert len(store.requests) == 11
    assert tally == Tally(received=101, stored=101)
    assert (bad, refused) == ([], False)


@pytest.mark.parametrize("local", [True, False])
def test_only_what_goes_far_is_packed(local: bool) -> None:
    store = Store()
    client = Client("http://host", "k", transport=store)
    client.is_local = local
    sender = Sender(client, RecordKind.CALLS, skip=False)
    assert [sent.tally.stored for sent in sender.send_all(batched(lines(1, 2), 9, 999))] == [2]
    assert ("Content-Encoding" in store.requests[0].headers) is not local


class Meeting(Store):
    """Answers a request once as many are under way as may be, or after a while without them."""

    def __init__(self, patience: float) -> None:
        super().__init__()
        self.patience = patience
        self.met = 0
        self.barrier = threading.Barrier(3)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait(self.patience)
            self.met += 1
        return super().handle_request(request)


def test_records_with_a_time_may_overtake_each_other() -> None:
    store = Meeting(60)
    tally, _, _ = send(store, timed(1, 2, 3, 4, 5, 6), batch_size=1)
    assert (tally.stored, store.met) == (6, 6)


def test_records_without_a_time_never_do() -> None:
    store = Meeting(0)
    mixed = [*timed(1, 2), *lines({"n": 3}, {"n": 4, "payload": {"updated_at": "x"}}), *timed(5)]
    send(store, iter(mixed), batch_size=1)
    assert [record["n"] for record in store.stored][2:] == [3, 4, 5]


def test_what_follows_a_refused_batch_is_told() -> None:
    store = Store()
    tally, bad, _ = send(store, timed(1, "bad", 2, 3, 4, 5, 6, 7), batch_size=1)
    assert bad == [3]
    assert tally.stored == len(store.stored) < 7


def test_nothing_is_sent_of_nothing() -> None:
    store = Store()
    assert send(store, lines()) == (Tally(), [], False)
    assert not store.requests


def test_a_bad_record_stops_at_its_batch() -> None:
    store = Store()
    tally, bad, refused = send(store, lines(0, 1, 2, "bad", 4, 5, 6, 7))
    assert store.stored == [0, 1]
    assert tally == Tally(received=2, stored=2)
    assert (bad, refused) == ([7], True)


def test_a_line_that_cannot_be_sent_stops_at_its_batch() -> None:
    store = Store()
    tally, bad, refused = send(store, lines(0, 1, 2, None, 4, 5))
    assert store.stored == [0, 1]
    assert (bad, refused) == ([7], True)
    assert tally.received == 2


def test_bad_records_are_skipped_on_demand() -> None:
    store = Store()
    tally, bad, refused = send(store, lines(0, "bad", None, 3, None, None, 6), skip=True)
    assert store.stored == [0, 3, 6]
    assert tally == Tally(received=7, stored=3, rejected=4)
    assert (bad, refused) == ([3, 5, 9, 11], False)


def test_too_large_a_batch_is_sent_in_parts() -> None:
    store = Store(limit=12)
    tally, bad, refused = send(store, lines(*range(10)), batch_size=10)
    assert store.stored == list(range(10))
    assert tally == Tally(received=10, stored=10)
    assert (bad, refused) == ([], False)


def test_too_many_records_are_sent_in_parts() -> None:
    store = Store(records=3)
    tally, bad, refused = send(store, lines(*range(10)), batch_size=10)
    assert store.stored == list(range(10))
    assert tally == Tally(received=10, stored=10)
    assert (bad, refused) == ([], False)


def test_a_bad_record_in_a_part_stops_there() -> None:
    store = Store(limit=12)
    tally, bad, refused = send(store, lines(0, 1, 2, 3, "bad", 5, 6, 7), batch_size=8)
    assert store.stored == [0, 1, 2, 3]
    assert tally == Tally(received=4, stored=4)
    assert (bad, refused) == ([9], True)


def test_too_large_a_record_is_an_error_or_skipped() -> None:
    records = (0, "x" * 50, 2)
    with pytest.raises(ApiError, match="413"):
        send(Store(limit=12), lines(*records))
    store = Store(limit=12)
    tally, bad, _ = send(store, lines(*records), skip=True)
    assert store.stored == [0, 2]
    assert tally == Tally(received=3, stored=2, rejected=1)
    assert bad == [3]


def test_too_large_a_record_beside_bad_lines_is_named_itself() -> None:
    store = Store(limit=12)
    tally, bad, _ = send(store, lines(None, "x" * 50, None), skip=True, batch_size=3)
    assert tally == Tally(received=3, rejected=3)
    assert bad == [1, 3, 5]


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(403, json={"title": "Forbidden", "detail": "no permission"}),
        lambda: httpx.Response(422, json={"errors": [{"pointer": "", "message": "no"}]}),
        lambda: httpx.Response(422, json={"errors": [{"pointer": "/99/x", "message": "no"}]}),
        lambda: httpx.Response(500),
    ],
)
def test_other_answers_are_errors(answer: Callable[[], httpx.Response]) -> None:
    transport = httpx.MockTransport(lambda _: answer())
    sender = Sender(Client("http://host", "k", transport=transport), RecordKind.LEADS, skip=False)
    with pytest.raises(ApiError):
        list(sender.send_all(batched(lines(1), 1, 1)))


def test_what_was_sent_before_a_file_breaks_off_counts() -> None:
    def breaking() -> Iterator[Line]:
        yield from lines(0, 1, 2)
        raise UnreadableError("cut off")

    store = Store()
    sender = Sender(Client("http://host", "k", transport=store), RecordKind.CALLS, skip=False)
    found = sender.send_all(batched(breaking(), 1, 1))
    assert [next(found).tally.stored for _ in range(3)] == [1, 1, 1]
    with pytest.raises(UnreadableError, match="cut off"):
        next(found)
    assert store.stored == [0, 1, 2]


class Slow(Store):
    """Answers once it is let go."""

    def __init__(self, limit: int = 1_000_000) -> None:
        super().__init__(limit)
        self.go = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert self.go.wait(60)
        return super().handle_request(request)


def test_what_is_under_way_at_an_interrupt_is_counted() -> None:
    store = Slow()
    sender = Sender(Client("http://host", "k", transport=store), RecordKind.CALLS, skip=False)

    def interrupted() -> Iterator[Batch]:
        yield from batched(timed(1, 2, 3), 1, 1_000)
        store.go.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(sender.send_all(interrupted()))
    assert sender.tally == Tally(received=3, stored=3) == Tally(len(store.stored), 3)


def test_what_was_stored_before_an_error_is_counted() -> None:
    class Failing(Store):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if self.stored:
                return httpx.Response(500, json={"title": "Internal error"})
            return super().handle_request(request)

    sender = Sender(
        Client("http://host", "k", transport=Failing(records=2)), RecordKind.CALLS, skip=False
    )
    with pytest.raises(ApiError):
        list(sender.send_all(batched(lines(1, 2, 3, 4), 4, 1_000)))
    assert sender.tally == Tally(received=2, stored=2)


def test_bad_lines_that_an_answer_does_not_name_are_asked_for() -> None:
    store = Store(named=2)
    found = lines(*("bad" if n % 2 else n for n in range(10)))
    tally, bad, refused = send(store, found, skip=True, batch_size=10)
    assert tally == Tally(received=10, stored=5, rejected=5)
    assert (sorted(bad), refused) == ([3, 7, 11, 15, 19], False)
    assert len(store.requests) == 3
