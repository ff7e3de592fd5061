"""Commits cut short anywhere: each record counts once, and what failed can be sent again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import pytest

from callistics.errors import CallisticsError, EngineError, TimedOut, Unavailable
from support.faults import Fault
from support.store import Store, opened
from support.wired import Wire
from support.wired import wire as started

from .committing import CALL, INSERT, TRIES, begin, change, commit, later, state
from .impatience import impatient

SELECT = "^SELECT"
PLACES = range(7)
Expected = Callable[..., list[list[object]]]


def merchants_for(places: Sequence[int]) -> list[str]:
    """A merchant for each place where a commit of its own is cut short."""
    return [f"m{number}" for number in range(len(places))]


def inserts_of(wire: Wire) -> list[str]:
    """The tables of the inserts so far."""
    return [sql.split("`")[1] for sql in wire.seen() if sql.startswith("INSERT INTO `")]


@pytest.fixture(scope="module")
def expected() -> Iterator[Expected]:
    """What comes of the change of merchants, and of the later one, where nothing goes wrong."""
    with opened("wire") as found:

        @cache
        def states(*merchants: str) -> list[list[object]]:
            begin(found, started(), *merchants)
            for one in merchants:
                commit(found, change(one))
            changed = state(found)
            commit(found, later(*merchants))
            return [changed, state(found)]

        yield states


def test_the_change_makes_every_kind_of_insert(
    store: Store, wire: Wire, expected: Expected
) -> None:
    wanted = expected("m0")[0]
    begin(store, wire, "m0")
    commit(store, change("m0"))
    tables = ["leads", "calls", "lead_records", "calls_held", "calls", "calls_held", "arrivals"]
    assert inserts_of(wire) == tables
    assert state(store) == wanted


@pytest.mark.parametrize(
    ("kind", "count"), [(Fault.CUT_BODY, 2), (Fault.CUT_EXECUTED, 2), (Fault.CUT_ANSWER, 1)]
)
def test_an_interrupted_insert_counts_once(
    store: Store, wire: Wire, kind: Fault, count: int, expected: Expected
) -> None:
    merchants = merchants_for(PLACES)
    wanted = expected(*merchants)[0]
    begin(store, wire, *merchants)
    for place, one in enumerate(merchants):
        wire.reset()
        wire.order(kind, INSERT, skip=place, count=count)
        commit(store, change(one))
        assert len(inserts_of(wire)) == len(PLACES) + count
    assert state(store) == wanted


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
    expected: Expected,
) -> None:
    merchants = merchants_for(places)
    changed, ended = expected(*merchants)
    begin(store, wire, *merchants)
    for place, one in zip(places, merchants, strict=True):
        wire.order(kind, INSERT, skip=place, count=count, code=code)
        # Where nothing stalls, a slow machine is waited for.
        waiting = impatient(store) if error is TimedOut else nullcontext()
        with waiting, pytest.raises(CallisticsError) as caught:
            commit(store, change(one))
        assert type(caught.value) is error, place
        wire.reset()
        commit(store, change(one))
    assert state(store) == changed
    commit(store, later(*merchants))
    assert state(store) == ended


def test_another_commit_may_come_between(store: Store, wire: Wire, expected: Expected) -> None:
    merchants = merchants_for(PLACES)
    wanted = expected(*merchants)[1]
    begin(store, wire, *merchants)
    for place, one in enumerate(merchants):
        wire.order(Fault.ERROR, INSERT, skip=place, code=241)
        with pytest.raises(Unavailable):
            commit(store, change(one))
        wire.reset()
        commit(store, later(one))
        commit(store, change(one))
    assert state(store) == wanted


def test_an_erasure_that_was_cut_off_is_done_by_asking_again(store: Store, wire: Wire) -> None:
    """Also what is not of the records themselves: their ids are blocked from then on."""
    lead = {"lead_id": "L", "reseller_id": "r"}
    calls = [{"call_id": f"c{day}", "started_at": "2021-01-01", "lead_id": "L"} for day in (1, 2)]

    def send(merchant: str) -> None:
        store.send("calls", [CALL | one | {"merchant_id": merchant} for one in calls])
        store.send("leads", [lead | {"merchant_id": merchant}])
        wire.reset()

    # The first one stores the secret of blocked ids, too.
    for merchant in ("first", "second"):
        send(merchant)
        assert store.erase(("leads", merchant, "L"), days=30) == [(2, 1)]
    inserts = inserts_of(wire)
    assert {"blocked_ids", "calls", "leads", "lead_records"} <= set(inserts)
    for place, table in enumerate(inserts):
        merchant = f"erased{place}"
        send(merchant)
        wire.order(Fault.ERROR, INSERT, skip=place, code=241)
        assert store.erase(("leads", merchant, "L"), days=30) == [503], table
        wire.reset()
        # What failed last is done by now, after which there may be nothing left to erase.
        (again,) = store.erase(("leads", merchant, "L"), days=30)
        assert again in (404, (2, 1), (0, 1)), table
        assert not store.send("calls", [CALL | calls[0] | {"merchant_id": merchant}]).stored, table
    assert store.rows("call_count") == [{"count": 0}]


# What the server refuses, or a proxy before it.
REFUSALS = [(Fault.ERROR, 241), (Fault.ERROR, 60), (Fault.UNAVAILABLE, 413)]


@pytest.mark.parametrize(("kind", "code"), REFUSALS)
def test_what_is_refused_again_does_not_stand_in_the_way(
    store: Store, wire: Wire, kind: Fault, code: int, expected: Expected
) -> None:
    wanted = expected("m0")
    begin(store, wire, "m0")
    wire.order(kind, INSERT, skip=2, count=2, code=code)
    with pytest.raises(CallisticsError):
        commit(store, change("m0"))
    commit(store, later("m0"))
    commit(store, change("m0"))
    assert state(store) == wanted[1]


def test_what_is_not_answered_is_asked_until_it_is(
    store: Store, wire: Wire, expected: Expected
) -> None:
    wanted = expected("m0")
    begin(store, wire, "m0")
    wire.order(Fault.LATE, INSERT, skip=2, count=3 * TRIES)
    for requests in (change("m0"), later("m0"), later("m0")):
        with pytest.raises(Unavailable):
            commit(store, requests)
    commit(store, change("m0"))
    commit(store, later("m0"))
    wire.release()
    wire.settle()
    assert state(store) == wanted[1]


def test_an_insert_that_is_executed_long_after_counts_once(
    store: Store, wire: Wire, expected: Expected
) -> None:
    merchants = merchants_for(PLACES)
    changed, ended = expected(*merchants)
    begin(store, wire, *merchants)
    for place, one in enumerate(merchants):
        wire.order(Fault.LATE, INSERT, skip=place, count=TRIES)
        with pytest.raises(Unavailable):
            commit(store, change(one))
        commit(store, change(one))
        wire.release()
        wire.settle()
        wire.reset()
    assert state(store) == changed
    commit(store, later(*merchants))
    assert state(store) == ended


READS = [
    (Fault.EMPTY, 0),
    (Fault.MIDWAY, 241),
]


@pytest.mark.parametrize(("kind", "code"), READS)
def test_a_commit_that_cannot_read_writes_nothing_wrong(
    store: Store, wire: Wire, kind: Fault, code: int, expected: Expected
) -> None:
    begin(store, wire, "m0")
    commit(store, change("m0"))
    reads = sum(sql.startswith("SELECT") for sql in wire.seen())
    assert reads > 5
    merchants = merchants_for(range(reads))
    wanted = expected(*merchants)[0]
    begin(store, wire, *merchants)
    for place, one in enumerate(merchants):
        wire.order(kind, SELECT, skip=place, count=100, code=code)
        with pytest.raises(Unavailable):
            commit(store, change(one))
        wire.reset()
        commit(store, change(one))
    assert state(store) == wanted


def test_a_stalled_read_ends_a_commit(store: Store, wire: Wire, expected: Expected) -> None:
    wanted = expected("m0")
    begin(store, wire, "m0")
    # Connections that no test before has used are opened for it, which asks the server as well.
    with impatient(store):
        wire.order(Fault.STALL, SELECT, skip=3, count=100)
        with pytest.raises(TimedOut):
            commit(store, change("m0"))
    wire.reset()
    commit(store, change("m0"))
    assert state(store) == wanted[0]


def test_a_clock_that_stands_still_replaces_what_it_should(store: Store) -> None:
    start = store.now
    for duration in (1, 2, 3):
        store.now = start
        record = CALL | {"call_id": "c", "started_at": "2021-01-01", "duration": duration}
        del record["updated_at"]
        store.send("calls", [record])
    assert store.rows("call_duration")[0]["total"] == 3
    assert store.rows("call_count") == [{"count": 1}]


@pytest.mark.parametrize("place", [1, 2])
def test_nothing_stays_of_a_commit_that_was_killed(wire: Wire, tmp_path: Path, place: int) -> None:
    """Its call is of no lead, and of one by the time that it comes again."""
    alone = CALL | {"call_id": "c", "started_at": "2021-02-08", "status": "new"}
    of_a_lead = CALL | {"call_id": "c", "started_at": "2021-02-08", "lead_id": "L"}
    of_a_lead["updated_at"] = "2021-02-17T00:00:00Z"
    with opened("wire", path=tmp_path / "killed") as killed:
        wire.order(Fault.ERROR, INSERT, skip=place, code=241)
        with pytest.raises(Unavailable):
            commit(killed, [("calls", [alone])])
        wire.reset()
    states: list[list[object]] = []
    for name in ("killed", "other"):
        with opened("wire", path=tmp_path / name) as after:
            commit(after, [("calls", [of_a_lead])])
            commit(after, [("calls", [alone])])
            states.append(state(after))
    assert states[0] == states[1]
