"""When the ids that a file has are read, and what is known until then."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import duckdb
import pytest

from callistics.engines.duckdb.lookup import id_index
from callistics.engines.duckdb.tuning import Tuning
from support import inside
from support.known_ids import call, id_index_of, possible, wait_until_read
from support.store import opened

CALLS = "calls"
IN_BACKGROUND = Tuning(ids_read_at_opening=0)


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


def test_a_commit_without_records_reads_no_ids() -> None:
    with opened() as store:
        with store.engine.writing():
            pass
        assert not inside.has_begun(id_index_of(store))
        store.send("calls", [call(1)])
        assert inside.has_begun(id_index_of(store))
