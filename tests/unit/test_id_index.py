"""The id index: an id that it takes for new is new, and a known one has its weeks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.lookup import id_index
from callistics.engines.duckdb.lookup.id_index import IdIndex, IndexEntries, numbers
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tuning import Tuning
from callistics.records.columnar.row_codec import identity_table
from support import inside
from support.store import Store, opened

CALLS, LEADS = "calls", "leads"
IN_BACKGROUND = Tuning(ids_read_at_opening=0)


def call(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "call_id": f"c{number}",
        "lead_id": f"l{number % 5}",
        "merchant_id": "m",
        "reseller_id": "r",
        "started_at": "2025-01-15T09:30:00Z",
        **fields,
    }


def id_index_of(store: Store) -> IdIndex:
    return inside.id_index_of(store.engine)


def wait_until_read(store: Store) -> None:
    inside.wait_until_read(id_index_of(store))


def statements_of(store: Store) -> StatementCache:
    return inside.statements_of(store.engine)


def possible(store: Store, table: str, identities: list[tuple[str, str]]) -> list[tuple[str, str]]:
    (asked,) = numbers(statements_of(store), identity_table(identities, "id"))
    found = id_index_of(store).possible(table, asked).there
    return [one for one, there in zip(identities, found, strict=True) if there]


def weeks(store: Store, table: str, *identities: tuple[str, str]) -> list[int] | None:
    (asked,) = numbers(statements_of(store), identity_table(identities, "id"))
    found = id_index_of(store).possible(table, asked).weeks
    return None if found is None else sorted(set(found.tolist()))


def week(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days // 7


def test_what_was_stored_is_possible_and_little_else() -> None:
    with opened() as store:
        store.send("calls", [call(number) for number in range(1_000)])
        stored = [("m", f"c{number}") for number in range(1_000)]
        assert possible(store, CALLS, stored) == stored
        assert possible(store, LEADS, [("m", "l1"), ("m", "l4")]) == [("m", "l1"), ("m", "l4")]
        assert possible(store, CALLS, []) == []
        others = [("n", f"c{number}") for number in range(1_000)]
        assert len(possible(store, CALLS, others)) <= 1


def test_there_is_room_for_more() -> None:
    with opened() as store:
        known = id_index_of(store)
        store.send("calls", [call(1)])
        for first in range(0, 900_000, 100_000):
            many = [("m", str(number)) for number in range(first, first + 100_000)]
            (those,) = numbers(statements_of(store), identity_table(many, "id"))
            known.add(IndexEntries(CALLS, those, np.full(len(those), 2_900, np.uint32)))
        assert possible(store, CALLS, [("m", "0"), ("m", "899999"), ("m", "c1")]) == [
            ("m", "0"),
            ("m", "899999"),
            ("m", "c1"),
        ]
        others = [("n", str(number)) for number in range(10_000)]
        assert len(possible(store, CALLS, others)) <= 3


@pytest.mark.parametrize("few", [1, 200_000])
def test_what_a_file_has_is_known_when_it_is_opened(tmp_path: Path, few: int) -> None:
    tuning = Tuning(ids_read_at_opening=few)
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        store.send("calls", [call(1), call(2, test=True), {"call_id": "c3", "merchant_id": "m"}])
        store.send("leads", [{"lead_id": "l9", "merchant_id": "m"}])
    with opened(path=path, tuning=tuning) as store:
        store.send("calls", [call(4, lead_id="l7")])
        wait_until_read(store)
        calls = [("m", f"c{number}") for number in range(1, 6)]
        assert possible(store, "calls", calls) == [("m", "c1"), ("m", "c4")]
        assert possible(store, "calls_held", calls) == [("m", "c2"), ("m", "c3")]
        leads = [("m", name) for name in ("l1", "l2", "l7", "l9", "c1")]
        assert possible(store, "leads", leads) == [("m", "l1"), ("m", "l7")]
        assert possible(store, "lead_records", leads) == [("m", "l9")]


def test_anything_is_possible_until_the_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        store.send("calls", [call(1)])
    go_on = Event()
    # What the thread that reads begins with.
    monkeypatch.setattr(id_index, "give_way", go_on.wait)
    with opened(path=path, tuning=IN_BACKGROUND) as store:
        try:
            store.send("calls", [{"call_id": "c1", "merchant_id": "m", "sentiment": 0.5}])
            assert store.rows("call_count") == [{"count": 1}]
            assert possible(store, CALLS, [("m", "c1"), ("m", "c2")]) == [
                ("m", "c1"),
                ("m", "c2"),
            ]
        finally:
            go_on.set()


def test_what_is_written_again_takes_no_more_room() -> None:
    with opened() as store:
        records = [call(number) for number in range(50)]
        store.send("calls", records)
        noted = inside.noted(id_index_of(store), CALLS)
        store.send("calls", [{**record, "outcome": "CONFIRMED"} for record in records])
        assert inside.noted(id_index_of(store), CALLS) == noted
        store.send("calls", [call(50)])
        assert inside.noted(id_index_of(store), CALLS) == noted + 1


def test_few_and_many_have_the_same_numbers() -> None:
    with opened() as store:
        identities = [("m", "c1"), ("", "é"), ("m/c", "1"), ("m", "x" * 40)]
        asked = identity_table(identities, "id")
        few = numbers(statements_of(store), asked, asked)
        many = numbers(statements_of(store), asked, asked, few=0)
        assert [one.tolist() for one in few] == [one.tolist() for one in many]
        assert len(set(few[0].tolist())) == len(identities)


def test_the_weeks_of_what_is_stored_are_known(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    days = {"c1": "2025-01-15", "c2": "2025-01-14", "c3": "2024-03-01", "c4": "1970-01-01"}
    with opened(path=path) as store:
        store.send("calls", [call(1)])
        store.send(
            "calls",
            [call(0, call_id=name, started_at=f"{day}T23:59:59Z") for name, day in days.items()],
        )
    with opened(path=path) as store:
        store.send("calls", [call(9, lead_id="l9", started_at="2025-06-01T00:00:00Z")])
        first, second = week("2024-03-01"), week("2025-01-15")
        assert weeks(store, CALLS, ("m", "c1"), ("m", "c2")) == [second]
        assert weeks(store, CALLS, ("m", "c1"), ("m", "c3"), ("m", "none")) == [first, second]
        assert weeks(store, CALLS, ("m", "c9")) == [week("2025-06-01")]
        assert weeks(store, CALLS, ("m", "none")) == []
        assert weeks(store, CALLS, ("m", "c1"), ("m", "c4")) is None


def test_a_call_that_moves_is_known_by_both_weeks() -> None:
    with opened() as store:
        for day in ("2025-01-15", "2025-03-15", "2025-01-15"):
            store.send("calls", [call(1, started_at=f"{day}T10:00:00Z")])
        assert weeks(store, CALLS, ("m", "c1")) == [week("2025-01-15"), week("2025-03-15")]
        assert store.rows("call_count") == [{"count": 1}]


@pytest.mark.parametrize("reopened", [False, True])
def test_calls_before_their_lead_was_created_are_found(tmp_path: Path, *, reopened: bool) -> None:
    path = tmp_path / "x.db"
    lead = {"lead_id": "l1", "merchant_id": "m", "reseller_id": "r"}
    with opened(path=path) as store:
        store.send("calls", [call(1, started_at="2024-02-01T10:00:00Z")])
        store.send("leads", [{**lead, "created_at": "2025-05-01T00:00:00Z"}])
        store.send("calls", [call(6, started_at="2025-06-01T10:00:00Z")])
        found = weeks(store, LEADS, ("m", "l1"))
        assert found == [week("2024-02-01"), week("2025-05-01")]
        if not reopened:
            _attempts(store)
    if reopened:
        with opened(path=path) as store:
            _attempts(store)


def _attempts(store: Store) -> None:
    store.send("calls", [call(11, started_at="2025-06-02T10:00:00Z")])
    rows = store.rows("retry_analysis")
    assert [(row["attempt"], row["calls"]) for row in rows] == [(1, 1), (2, 1), (3, 1)]


def test_what_is_written_while_the_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        store.send("calls", [call(1)])
    counted, go_on = Event(), Event()
    count = id_index.count_rows

    def slow(reader: duckdb.DuckDBPyConnection, table: str) -> int:
        found = count(reader, table)
        if "calls_held" in table and table.startswith("("):
            counted.set()
            go_on.wait()
        return found

    monkeypatch.setattr(id_index, "count_rows", slow)
    with opened(path=path, tuning=IN_BACKGROUND) as store:
        try:
            store.send("calls", [call(2)])
            counted.wait()
            pending = [{"call_id": f"p{number}", "merchant_id": "m"} for number in range(5)]
            store.send("calls", pending)
        finally:
            go_on.set()
        wait_until_read(store)
        held = [("m", f"p{number}") for number in range(5)]
        assert possible(store, "calls_held", [*held, ("m", "p5")]) == held
        store.send("calls", [call(9, call_id="p1", lead_id="l9")])
        assert store.rows("call_count") == [{"count": 3}]


@pytest.mark.parametrize("known_before", [False, True])
def test_a_commit_that_failed_takes_no_names_with_it(*, known_before: bool) -> None:
    with opened() as store:
        if known_before:
            store.send("calls", [call(1)])
        engine = inside.duckdb_engine(store.engine)
        with pytest.raises(ZeroDivisionError):
            _fail(engine)
        assert set(inside.given(engine)) <= {None}
        store.send("calls", [call(2)])
        assert store.rows("call_count") == [{"count": 1 + known_before}]


def _fail(engine: DuckDBEngine) -> None:
    with engine.writing():
        inside.statements_of(engine).give(incoming=pa.table({"a": [1]}), fresh=pa.table({"a": [1]}))
        raise ZeroDivisionError


def test_ids_are_read_once_records_are_expected(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        store.send("calls", [call(number) for number in range(9)])
    with opened(path=path, tuning=IN_BACKGROUND) as store:
        assert not inside.has_begun(id_index_of(store))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: store.engine.expect_records(), range(20)))
        wait_until_read(store)
        assert possible(store, CALLS, [("m", "c8"), ("m", "c9")]) == [("m", "c8")]
        store.send("calls", [call(9), call(3, outcome="CONFIRMED")])
        assert possible(store, CALLS, [("m", "c8"), ("m", "c9")]) == [("m", "c8"), ("m", "c9")]
        assert store.rows("call_count") == [{"count": 10}]


@pytest.mark.parametrize(("for_one", "waits"), [(2, False), (3, True)])
def test_many_records_wait_for_the_ids_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, for_one: int, waits: bool
) -> None:
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        # With their leads, ten ids.
        store.send("calls", [call(number) for number in range(5)])
    go_on, count = Event(), id_index.count_rows

    def counted(reader: duckdb.DuckDBPyConnection, table: str) -> int:
        found = count(reader, table)
        # Who asks has counted; there is nothing left but to wait, or not to.
        if waits and table == "lead_records":
            go_on.set()
        return found

    monkeypatch.setattr(id_index, "give_way", go_on.wait)
    monkeypatch.setattr(id_index, "count_rows", counted)
    tuning = Tuning(ids_read_at_opening=0, ids_read_for_one=for_one)
    with opened(path=path, tuning=tuning) as store:
        try:
            asked = [("m", name) for name in ("c1", "c8", "c9", "x")]
            assert possible(store, CALLS, asked) == (asked[:1] if waits else asked)
        finally:
            go_on.set()
