"""Calls that are given whole: some at a time, whatever the engine can hold of one state."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

import pytest

from callistics.engines.base import Snapshot
from callistics.looking.search import Searches
from callistics.model.scope import EVERYTHING
from callistics.sql.dialect import SqlRow, Statement
from support.engines import ENGINES
from support.store import Store, lent

CALL = {"merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01T00:00:00Z"}
IDS = [f"c{n:03}" for n in range(30)]


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with lent(request.param) as found:
        # At one instant, so that only the ids tell where a page ends.
        found.send("calls", [CALL | {"call_id": one} for one in IDS])
        yield found


class Fleeting:
    """States that are lost as soon as they have been asked for a page."""

    data_version = None

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read = 0

    @contextmanager
    def reading(self) -> Generator[Snapshot]:
        self.read += 1
        with self._store.engine.reading() as snapshot:
            yield _Lost(snapshot)


class _Lost:
    version = None

    def __init__(self, inner: Snapshot) -> None:
        self._inner, self.lost = inner, False

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        self.lost = True
        return self._inner.run(statement)

    def keep(self, rows: Statement) -> tuple[str, int]:
        return self._inner.keep(rows)


class Counted(Fleeting):
    """States that count what is asked of them, `statements` of each in turn."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.statements: list[int] = []

    @contextmanager
    def reading(self) -> Generator[Snapshot]:
        with super().reading() as snapshot:
            self.statements.append(0)
            yield _Counting(snapshot, self.statements)


class _Counting(_Lost):
    def __init__(self, inner: Snapshot, counts: list[int]) -> None:
        super().__init__(inner)
        self._counts = counts

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        self._counts[-1] += 1
        return super().run(statement)


def ids(searches: Searches, at_once: int) -> list[list[str]]:
    asked = searches.parse(b'{"order": "started_at", "limit": 1}', EVERYTHING)
    return [[str(one["call_id"]) for one in some] for some in searches.rows(asked, at_once)]


def flat(pages: list[list[str]]) -> list[str]:
    return [one for some in pages for one in some]


def test_they_come_some_at_a_time(store: Store) -> None:
    found = ids(store.searches(), 7)
    assert [len(some) for some in found] == [7, 7, 7, 7, 2]
    assert flat(found) == IDS


def test_where_a_state_is_lost_the_next_one_goes_on(store: Store) -> None:
    states = Fleeting(store)
    found = ids(Searches(store.analytics(), states, "UTC"), 7)
    assert flat(found) == IDS
    assert states.read == 5


def test_every_page_is_found_at_the_first_go(store: Store) -> None:
    later = [f"e{n:03}" for n in range(40)]
    starts = [f"2025-01-02T00:00:{n:02}Z" for n in range(40)]
    calls = [
        CALL | {"call_id": one, "started_at": at} for one, at in zip(later, starts, strict=True)
    ]
    store.send("calls", calls)
    states = Counted(store)
    asked = Searches(store.analytics(), states, "UTC")
    assert flat(ids(asked, 9)) == [*IDS, *later]
    # Where the page ends, its calls, and the statuses of their leads.
    assert set(states.statements[-4:]) == {3}


def test_calls_that_were_replaced_do_not_shorten_a_page(store: Store) -> None:
    for cost in range(4):
        store.send("calls", [{"call_id": one, "merchant_id": "m", "cost": cost} for one in IDS])
    assert flat(ids(store.searches(), 3)) == IDS


def test_calls_with_transcripts_come_fewer_at_a_time(store: Store) -> None:
    said = {"payload": {"transcript": "word " * 100_000}}
    many = [f"d{n:03}" for n in range(60)]
    store.send("calls", [CALL | {"call_id": one} | said for one in many])
    pages = ids(store.searches(), 1_000)
    assert flat(pages) == [*IDS, *many]
    # Of the first it is not known how long they are.
    first, *rest = map(len, pages)
    assert first == 50
    assert max(rest) < 20
