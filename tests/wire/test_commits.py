"""Commits cut short anywhere: each record counts once, and what failed can be sent again."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from callistics.engines.base import KeptAnswer
from callistics.errors import CallisticsError, EngineError, TimedOut, Unavailable
from callistics.ingest.commit import process
from callistics.ingest.job import Job, Retry
from callistics.ingest.receipt import Receipt
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import Scope
from support import inside
from support.engines import RECORDS
from support.faults import Fault
from support.store import Store, opened, receipt_of
from support.wired import Wire

from .impatience import impatient

INSERT = "^INSERT INTO `(?!wanted)"
SELECT = "^SELECT"
TRIES = 3
# A commit with every insert there is: a call that waited for its lead and time now counts, which
# makes the attempts of its lead's other calls different, one more waits, and a lead changes.
CALL = {"merchant_id": "m", "reseller_id": "r", "updated_at": "2021-02-01T00:00:00Z"}
BEFORE = [
    ("calls", [CALL | {"call_id": f"c{day}", "lead_id": "L", "started_at": f"2021-01-0{day}",
                       "outcome": "BUSY", "duration": day} for day in (2, 3)]),
    ("calls", [{"call_id": "held", "merchant_id": "m", "lead_id": "L", "outcome": "SALE",
                "updated_at": "2021-02-01T00:00:00Z"}]),
    ("leads", [{"lead_id": "L", "merchant_id": "m", "reseller_id": "r", "status": "new",
                "created_at": "2021-01-01", "payload": {"city": "Oslo"},
                "updated_at": "2021-01-01T00:00:00Z"}]),
]  # fmt: skip
CHANGE = [
    ("calls", [CALL | {"call_id": "held", "started_at": "2021-01-01"},
               CALL | {"call_id": "new", "started_at": "2021-01-04", "lead_id": "M"},
               {"call_id": "waits", "merchant_id": "m", "updated_at": "2021-02-01T00:00:00Z"}]),
    ("leads", [{"lead_id": "L", "merchant_id": "m", "status": "won", "payload": {"city": "Rome"},
                "updated_at": "2021-01-05T00:00:00Z"}]),
]  # fmt: skip
LATER = [("calls", [CALL | {"call_id": "later", "started_at": "2021-01-05", "lead_id": "L"}])]
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"query_type": "call_count"},
    {"query_type": "call_duration"},
    {"query_type": "outcome_distribution"},
    {"query_type": "status_distribution"},
    {"query_type": "retry_analysis"},
    {"query_type": "call_count", "filters": {"payload_filters": {"city": "Rome"}}},
)
# How the records of a commit arrive says nothing about them; how often one was sent may differ.
OF_ARRIVAL = ("first_seen", "field_times")


def state(store: Store) -> list[object]:
    """All that is stored, and what is answered from it."""
    dumps = [
        {name: value for name, value in row.items() if name not in OF_ARRIVAL}
        for table in RECORDS
        for row in store.dump(table)
    ]
    return [*dumps, *(store.rows(**question) for question in QUESTIONS)]


def commit(store: Store, requests: list[tuple[str, list[dict[str, Any]]]]) -> None:
    """A commit that, unlike the writer's, is not tried again request by request."""
    jobs = [Job(store.write(*request)) for request in requests]
    with store.engine.writing() as session:
        process(session, jobs)


def answer(receipt: Receipt) -> tuple[int, bytes]:
    return 200, b"%d" % receipt.stored


def begin(store: Store, wire: Wire) -> None:
    """A store with nothing but what was there before."""
    wire.reset()
    store.clear()
    commit(store, BEFORE)
    wire.reset()


def inserts_of(wire: Wire) -> list[str]:
    """The tables of the inserts so far."""
    return [sql.split("`")[1] for sql in wire.seen() if sql.startswith("INSERT INTO `")]


@pytest.fixture(scope="module")
def expected() -> Iterator[list[list[object]]]:
    """What comes of the change, and of the later one, where nothing goes wrong."""
    with opened("wire") as found:
        commit(found, BEFORE)
        commit(found, CHANGE)
        changed = state(found)
        commit(found, LATER)
        yield [changed, state(found)]


def test_the_change_makes_every_kind_of_insert(
    store: Store, wire: Wire, expected: list[list[object]]
) -> None:
    begin(store, wire)
    commit(store, CHANGE)
    tables = ["leads", "calls", "lead_records", "calls_held", "calls", "calls_held", "arrivals"]
    assert inserts_of(wire) == tables
    assert state(store) == expected[0]


PLACES = range(7)


@pytest.mark.parametrize(
    ("kind", "count"), [(Fault.CUT_BODY, 2), (Fault.CUT_EXECUTED, 2), (Fault.CUT_ANSWER, 1)]
)
def test_an_interrupted_insert_counts_once(
    store: Store, wire: Wire, kind: Fault, count: int, expected: list[list[object]]
) -> None:
    for place in PLACES:
        begin(store, wire)
        wire.order(kind, INSERT, skip=place, count=count)
        commit(store, CHANGE)
        assert len(inserts_of(wire)) == len(PLACES) + count
        assert state(store) == expected[0], place


FAILURES = [
    (Fault.CUT_BODY, TRIES, 0, Unavailable, PLACES),
    (Fault.CUT_EXECUTED, TRIES, 0, Unavailable, PLACES),
    (Fault.ERROR, 1, 241, Unavailable, PLACES),
    (Fault.STALL_ANSWER, 1, 0, TimedOut, PLACES),
    # These differ in the error alone.
    (Fault.UNAVAILABLE, TRIES, 0, Unavailable, [1]),
    (Fault.ERROR, 1, 252, Unavailable, [4]),
    (Fault.ERROR, 1, 159, TimedOut, [4]),
    (Fault.ERROR, 1, 60, EngineError, [4]),
    (Fault.STALL, 1, 0, TimedOut, [5]),
]


@pytest.mark.parametrize(("kind", "count", "code", "error", "places"), FAILURES)
def test_a_failed_commit_is_healed_by_sending_it_again(
    store: Store,
    wire: Wire,
    kind: Fault,
    count: int,
    code: int,
    error: type[CallisticsError],
    places: Sequence[int],
    expected: list[list[object]],
) -> None:
    for place in places:
        begin(store, wire)
        wire.order(kind, INSERT, skip=place, count=count, code=code)
        with impatient(store), pytest.raises(CallisticsError) as caught:
            commit(store, CHANGE)
        assert type(caught.value) is error
        wire.reset()
        commit(store, CHANGE)
        assert state(store) == expected[0], place
        commit(store, LATER)
        assert state(store) == expected[1], place


@pytest.mark.parametrize("place", PLACES)
def test_another_commit_may_come_between(
    store: Store, wire: Wire, place: int, expected: list[list[object]]
) -> None:
    begin(store, wire)
    wire.order(Fault.ERROR, INSERT, skip=place, code=241)
    with pytest.raises(Unavailable):
        commit(store, CHANGE)
    commit(store, LATER)
    commit(store, CHANGE)
    assert state(store) == expected[1]


# What the server refuses, or a proxy before it.
REFUSALS = [(Fault.ERROR, 241), (Fault.ERROR, 60), (Fault.UNAVAILABLE, 413)]


@pytest.mark.parametrize(("kind", "code"), REFUSALS)
def test_what_is_refused_again_does_not_stand_in_the_way(
    store: Store, wire: Wire, kind: Fault, code: int, expected: list[list[object]]
) -> None:
    begin(store, wire)
    wire.order(kind, INSERT, skip=2, count=2, code=code)
    with pytest.raises(CallisticsError):
        commit(store, CHANGE)
    commit(store, LATER)
    commit(store, CHANGE)
    assert state(store) == expected[1]


def test_what_is_not_answered_is_asked_until_it_is(
    store: Store, wire: Wire, expected: list[list[object]]
) -> None:
    begin(store, wire)
    wire.order(Fault.LATE, INSERT, skip=2, count=3 * TRIES)
    for requests in (CHANGE, LATER, LATER):
        with pytest.raises(Unavailable):
            commit(store, requests)
    commit(store, CHANGE)
    commit(store, LATER)
    wire.release()
    wire.settle()
    assert state(store) == expected[1]


@pytest.mark.parametrize("place", PLACES)
def test_an_insert_that_is_executed_long_after_counts_once(
    store: Store, wire: Wire, place: int, expected: list[list[object]]
) -> None:
    begin(store, wire)
    wire.order(Fault.LATE, INSERT, skip=place, count=TRIES)
    with pytest.raises(Unavailable):
        commit(store, CHANGE)
    commit(store, CHANGE)
    wire.release()
    wire.settle()
    assert state(store) == expected[0]
    commit(store, LATER)
    assert state(store) == expected[1]


READS = [
    (Fault.EMPTY, 0),
    (Fault.MIDWAY, 241),
]


@pytest.mark.parametrize(("kind", "code"), READS)
def test_a_commit_that_cannot_read_writes_nothing_wrong(
    store: Store, wire: Wire, kind: Fault, code: int, expected: list[list[object]]
) -> None:
    begin(store, wire)
    commit(store, CHANGE)
    reads = sum(sql.startswith("SELECT") for sql in wire.seen())
    assert reads > 5
    for place in range(reads):
        begin(store, wire)
        wire.order(kind, SELECT, skip=place, count=100, code=code)
        with pytest.raises(Unavailable):
            commit(store, CHANGE)
        wire.reset()
        commit(store, CHANGE)
        assert state(store) == expected[0], place


def test_a_stalled_read_ends_a_commit(
    store: Store, wire: Wire, expected: list[list[object]]
) -> None:
    begin(store, wire)
    wire.order(Fault.STALL, SELECT, skip=3, count=100)
    with impatient(store), pytest.raises(TimedOut):
        commit(store, CHANGE)
    wire.reset()
    commit(store, CHANGE)
    assert state(store) == expected[0]


def key(number: int, revoked: int | None = None) -> StoredKey:
    permissions = frozenset({Permission("query")})
    scope = Scope(merchants_of(number))
    return StoredKey(f"k{number}", "name", "hash", permissions, scope, number, None, revoked, None)


def merchants_of(number: int) -> frozenset[str]:
    return frozenset({f"m{number}", "it's\t\\"})


def saved(store: Store, *keys: StoredKey) -> None:
    job = Job(keys=keys)
    store.writer.commit([job])
    job.done.result()


@pytest.mark.parametrize("kind", [Fault.CUT_BODY, Fault.CUT_EXECUTED])
def test_keys_that_could_not_be_saved_are_saved_later(
    store: Store, wire: Wire, kind: Fault
) -> None:
    saved(store, key(1))
    wire.order(kind, INSERT, count=TRIES)
    with pytest.raises(Unavailable):
        saved(store, key(1, revoked=5), key(2))
    saved(store, key(1, revoked=5), key(2))
    assert store.engine.load_keys() == [key(1, revoked=5), key(2)]


@pytest.mark.parametrize("kind", [Fault.CUT_ANSWER, Fault.EMPTY, Fault.MIDWAY])
def test_keys_that_cannot_be_read_are_not_none(store: Store, wire: Wire, kind: Fault) -> None:
    saved(store, key(1))
    wire.order(kind, "access_keys", count=100, code=241)
    with pytest.raises(Unavailable):
        store.engine.load_keys()
    wire.reset()
    assert store.engine.load_keys() == [key(1)]


def test_the_last_change_of_a_key_counts_whatever_the_clock_says(store: Store) -> None:
    saved(store, key(1))
    store.now -= 3_600_000_000
    saved(store, key(1, revoked=5))
    assert store.engine.load_keys() == [key(1, revoked=5)]


def test_a_clock_that_stands_still_replaces_what_it_should(store: Store) -> None:
    start = store.now
    for duration in (1, 2, 3):
        store.now = start
        record = CALL | {"call_id": "c", "started_at": "2021-01-01", "duration": duration}
        del record["updated_at"]
        store.send("calls", [record])
    assert store.rows("call_duration")[0]["total"] == 3
    assert store.rows("call_count") == [{"count": 1}]


def idempotent(store: Store, name: str) -> bytes:
    write = store.write("calls", CHANGE[0][1][:1])
    job = Job(write, Retry("key", name, "hash", answer))
    store.writer.commit([job])
    result = job.done.result()
    return result.answer if isinstance(result, KeptAnswer) else answer(receipt_of(job))[1]


@pytest.mark.parametrize(("place", "stored"), [(0, b"1"), (1, b"0"), (2, b"1")])
def test_an_answer_is_kept_once(store: Store, wire: Wire, place: int, stored: bytes) -> None:
    wire.order(Fault.CUT_EXECUTED, INSERT, skip=place, count=TRIES)
    with pytest.raises(Unavailable):
        idempotent(store, "n\0'\\")
    wire.reset()
    assert idempotent(store, "n\0'\\") == idempotent(store, "n\0'\\") == stored
    rows = inside.server_writer(store.engine).query("SELECT count() FROM kept_answers").result_rows
    assert list(rows) == [(1,)]
