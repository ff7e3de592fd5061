"""Clustering puts rows in order while others write, and changes nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.engines.duckdb.clustering import Clustering
from callistics.engines.duckdb.transactions import Commits, size
from callistics.engines.duckdb.tuning import Tuning
from callistics.engines.duckdb.watermark import log_of
from callistics.sql.dialect import Statement
from support import inside
from support.engines import RECORDS
from support.examples import examples
from support.store import Store, opened

SMALL = Tuning(rows_out_of_order=10, rows_copied_at_once=20, rows_moved_at_once=7)
ALONE = replace(SMALL, shared=False)
MERCHANTS = ("m1", "m2", "m3")


@pytest.fixture(scope="module", params=[SMALL, ALONE], ids=["shared", "alone"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Others wait for the writer, or nobody does."""
    with opened(tuning=request.param) as found:
        yield found


@pytest.fixture(autouse=True)
def _empty(request: pytest.FixtureRequest) -> None:
    if "store" in request.fixturenames:
        request.getfixturevalue("store").clear()


def call(number: int, **fields: Any) -> dict[str, Any]:
    month, day = number % 2 + 1, number // 2 % 28 + 1
    return {
        "call_id": f"c{number}",
        "lead_id": f"l{number % 40}",
        "merchant_id": MERCHANTS[number % 3],
        "reseller_id": "r",
        "started_at": f"2025-{month:02}-{day:02}T{number % 24:02}:00:00Z",
        "payload": {"city": "Delhi", "number": number},
        "updated_at": "2025-06-01T00:00:00Z",
        **fields,
    }


def clustering_of(store: Store) -> Clustering:
    return inside.clustering_of(store.engine)


def lying(store: Store, table: str = "calls", time: str = "started_at") -> list[Any]:
    """Month and merchant of the stretches that the rows lie in."""
    rows = store.engine.run(
        Statement(f"SELECT month({time}), merchant_id FROM {table} ORDER BY rowid", ())  # noqa: S608
    )
    return [one for before, one in pairwise((None, *rows)) if before != one]


def runs(store: Store) -> int:
    return len(lying(store))


IN_ORDER = [(1, "m1"), (1, "m2"), (1, "m3"), (2, "m3"), (2, "m2"), (2, "m1")]


def everything(store: Store) -> list[Any]:
    return [store.dump(table) for table in RECORDS]


def out_of_order(store: Store) -> None:
    for first in range(0, 200, 20):
        store.send("calls", [call(number) for number in range(first, first + 20)])


def test_months_come_into_order_and_nothing_else_changes(
    store: Store, request: pytest.FixtureRequest
) -> None:
    out_of_order(store)
    before, version = everything(store), store.engine.data_version
    assert runs(store) == 200
    pieces = list(clustering_of(store).work())
    assert runs(store) == 6
    # Where months meet it is with the same merchant.
    assert lying(store) == IN_ORDER
    assert lying(store, "leads", "created_at") == IN_ORDER
    # A merchant's month is a part of its own; where others wait it is copied, and moved in pieces.
    months, parts = 4, 12
    assert (
        len(pieces) == months + parts if "alone" in request.node.callspec.id else len(pieces) > 30
    )
    assert everything(store) == before
    assert store.engine.data_version == version
    assert len(list(clustering_of(store).work())) == 4


def test_a_part_that_is_cut_short_is_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of its rows is missing, or there twice, and the next try takes it up again."""

    def fail(*_: object) -> None:
        raise InterruptedError

    with opened(tuning=ALONE) as store:
        out_of_order(store)
        kept, clustering = everything(store), clustering_of(store)
        work = clustering.work()
        for _ in range(2):
            next(work)
        before = lying(store)
        assert 6 < len(before) < 200
        with monkeypatch.context() as patch:
            patch.setattr(Commits, "commit", fail)
            with pytest.raises(InterruptedError):
                next(work)
        assert lying(store) == before
        assert everything(store) == kept
        list(clustering.work())
        assert lying(store) == IN_ORDER
        assert everything(store) == kept


def test_what_is_free_is_filled_again_where_nobody_waits(tmp_path: Path) -> None:
    """A checkpoint follows each part: until then no block is free that rows went from."""
    path = tmp_path / "calls.db"
    with opened(path=path, tuning=ALONE) as store:
        out_of_order(store)
        logged = [size(log_of(path)) > 0 for _ in clustering_of(store).work()]
        kept = everything(store)
    # As the month is begun, and after each of its parts.
    assert logged[:4] == [True, False, False, False]
    with opened(path=path) as store:
        assert lying(store) == IN_ORDER
        assert everything(store) == kept


def test_a_month_in_order_but_for_few_is_left_alone(store: Store) -> None:
    store.send("calls", [call(number) for number in range(200)])
    list(clustering_of(store).work())
    store.send("calls", [call(number) for number in range(200, 212)])
    before = runs(store)
    list(clustering_of(store).work())
    assert runs(store) == before


def sent_in_sets(store: Store, sets: int) -> None:
    """Each set is in order, as a large import writes it."""
    for number in range(sets):
        first = 40 * number
        for month in (0, 1):
            calls = [call(one) for one in range(first, first + 40) if one % 2 == month]
            down = month == 1
            store.send("calls", sorted(calls, key=lambda one: one["merchant_id"], reverse=down))


@pytest.mark.parametrize(("sets", "left"), [(1, True), (3, True), (4, False), (6, False)])
def test_a_month_in_a_few_sorted_sets_comes_into_order(sets: int, left: bool) -> None:
    tuning = Tuning(
        rows_out_of_order=10, rows_copied_at_once=20, rows_moved_at_once=7, rows_of_a_group=20
    )
    with opened(tuning=tuning) as store:
        sent_in_sets(store, sets)
        before, kept = lying(store), everything(store)
        list(clustering_of(store).work())
        assert (lying(store) == before) is left
        assert lying(store) == (before if left else IN_ORDER)
        assert everything(store) == kept


@pytest.mark.parametrize(
    ("sets", "fewest", "left"), [(5, 10, True), (16, 10, False), (16, 400, True)]
)
def test_a_month_that_sorted_sets_add_little_to_is_left_alone(
    sets: int, fewest: int, *, left: bool
) -> None:
    """Its merchants lie in many row groups more, but few of its rows do, or it has few."""

    def in_january() -> list[Any]:
        return [one for one in lying(store) if one[0] == 1]

    def send(*numbers: int, **fields: Any) -> None:
        # Calls of a lead that has others would be written again.
        calls = [call(number, lead_id=f"l{number}", **fields) for number in numbers]
        store.send("calls", sorted(calls, key=lambda one: one["merchant_id"]))

    tuning = Tuning(rows_out_of_order=fewest, rows_of_a_group=20)
    with opened(tuning=tuning) as store:
        send(*range(0, 600, 2))
        for first in range(1_000, 1_000 + 40 * sets, 40):
            send(first, first + 2, first + 4)
            send(*range(first + 6, first + 40, 2), started_at="2025-05-20T00:00:00Z")
        before, kept = in_january(), everything(store)
        list(clustering_of(store).work())
        assert len(in_january()) == (len(before) if left else 3)
        assert everything(store) == kept


def test_an_import_looks_through_no_months() -> None:
    with opened(tuning=replace(SMALL, clusters=False)) as store:
        out_of_order(store)
        before = lying(store)
        assert not list(clustering_of(store).work())
        assert lying(store) == before


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.sampled_from(
            (
                {"outcome": "CONFIRMED"},
                {"payload": {"city": "Pune"}},
                {"started_at": "2025-01-20T00:00:00Z"},
                {"started_at": "2025-05-20T00:00:00Z"},
                {"lead_id": "other"},
                {"status": "won"},
                {"test": True},
                {"attempt": 7},
            )
        ),
        st.integers(0, 3),
    ),
    max_size=30,
)


@examples(7)
@given(changes=CHANGES, rebuilt=st.booleans(), first=st.sampled_from((0, 0, 24, 28)))
def test_what_is_written_meanwhile_stays(
    store: Store, changes: list[tuple[int, dict[str, Any], int]], rebuilt: bool, first: int
) -> None:
    """The same writes, with and without rows being moved between them, end in the same rows.

    Leads come after calls: to be written to while these are moved, some pieces are moved first.
    """
    ends: list[list[Any]] = []
    for moving in (True, False):
        store.clear()
        store.send("calls", [call(number) for number in range(100)])
        work = clustering_of(store).work() if moving else iter(())
        for _ in range(first):
            next(work, None)
        for number, fields, pieces in changes:
            for _ in range(pieces):
                next(work, None)
            store.send("calls", [call(number, **fields)])
        if rebuilt:
            store.engine.rebuild()
        for _ in work:
            pass
        ends.append(everything(store))
    assert ends[0] == ends[1]


def test_the_engine_tidies_until_there_is_nothing_to_do(store: Store) -> None:
    enough = clustering_of(store).worthwhile
    store.send("calls", [call(number) for number in range(200)])
    while store.engine.maintain():
        pass
    assert runs(store) == 6
    assert not store.engine.maintain()
    # None is looked at for a row or two, which cannot have brought any month into disorder.
    store.send("calls", [call(200)])
    assert not store.engine.maintain()
    looked = False
    for number in range(201, 201 + enough):
        store.send("calls", [call(number)])
        looked = looked or store.engine.maintain()
    assert looked
    while store.engine.maintain():
        pass
    store.send("calls", [call(number) for number in range(300, 300 + enough)])
    assert store.engine.maintain()
