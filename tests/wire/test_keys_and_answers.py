"""Access keys and kept answers on a connection that fails."""

from collections.abc import Iterator

import pytest

from callistics.errors import Unavailable
from callistics.ingest.job import IdempotentRequest, Job
from callistics.ingest.receipt import Receipt, Repeated
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import Scope
from support import inside
from support.faults import Fault
from support.store import Store, opened, receipt_of
from support.wired import Wire

from .committing import INSERT, TRIES, change


@pytest.fixture
def store(wire: Wire) -> Iterator[Store]:
    """A store that has never had a key."""
    with opened("wire") as found:
        yield found
        wire.reset()


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


def idempotent(store: Store, name: str) -> Receipt:
    write = store.write("calls", change("m")[0][1][:1])
    job = Job(write, IdempotentRequest("key", name, "hash"))
    store.writer.commit([job])
    result = job.done.result()
    return result.before if isinstance(result, Repeated) else receipt_of(job)


@pytest.mark.parametrize(("place", "stored"), [(0, 1), (1, 0), (2, 1)])
def test_an_answer_is_kept_once(store: Store, wire: Wire, place: int, stored: int) -> None:
    wire.order(Fault.CUT_EXECUTED, INSERT, skip=place, count=TRIES)
    with pytest.raises(Unavailable):
        idempotent(store, "n\0'\\")
    wire.reset()
    first = idempotent(store, "n\0'\\")
    assert first.stored == stored
    assert idempotent(store, "n\0'\\") == first
    rows = inside.server_writer(store.engine).query("SELECT count() FROM kept_answers").result_rows
    assert list(rows) == [(1,)]
