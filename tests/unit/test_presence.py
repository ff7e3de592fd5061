"""What the writer takes to be new is new."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from callistics.engines.common.rows import identity_table
from callistics.engines.duckdb import presence
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.presence import Presence, numbers
from callistics.engines.duckdb.statements import Statements
from support.store import Store, opened

CALLS, LEADS = "calls", "leads"


def call(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "call_id": f"c{number}",
        "lead_id": f"l{number % 5}",
        "merchant_id": "m",
        "reseller_id": "r",
        "started_at": "2025-01-15T09:30:00Z",
        **fields,
    }


def presence_of(store: Store) -> Presence:
    engine = store.engine
    assert isinstance(engine, DuckDBEngine)
    return engine._presence


def statements_of(store: Store) -> Statements:
    engine = store.engine
    assert isinstance(engine, DuckDBEngine)
    return engine._statements


def possible(store: Store, table: str, identities: list[tuple[str, str]]) -> list[tuple[str, str]]:
    (asked,) = numbers(statements_of(store), identity_table(identities, "id"))
    found = presence_of(store).possible(table, asked)
    return [one for one, there in zip(identities, found, strict=True) if there]


def test_what_was_stored_is_possible_and_little_else() -> None:
    with opened() as store:
        store.send("calls", [call(number) for number in range(1_000)])
        stored = [("m", f"c{number}") for number in range(1_000)]
        assert possible(store, CALLS, stored) == stored
        assert possible(store, LEADS, [("m", "l1"), ("m", "l4")]) == [("m", "l1"), ("m", "l4")]
        assert possible(store, CALLS, []) == []
        others = [("n", f"c{number}") for number in range(1_000)]
        assert len(possible(store, CALLS, others)) < 10


def test_a_filter_grows() -> None:
    with opened() as store:
        known = presence_of(store)
        store.send("calls", [call(1)])
        for first in range(0, 500_000, 100_000):
            many = [("m", str(number)) for number in range(first, first + 100_000)]
            known.add(CALLS, *numbers(statements_of(store), identity_table(many, "id")))
        assert possible(store, CALLS, [("m", "0"), ("m", "499999"), ("m", "c1")]) == [
            ("m", "0"),
            ("m", "499999"),
            ("m", "c1"),
        ]
        others = [("n", str(number)) for number in range(10_000)]
        assert len(possible(store, CALLS, others)) < 100


@pytest.mark.parametrize("few", [0, 200_000])
def test_what_a_file_has_is_known_when_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(presence, "_FEW", max(few, 1))
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        store.send("calls", [call(1), call(2, test=True), {"call_id": "c3", "merchant_id": "m"}])
        store.send("leads", [{"lead_id": "l9", "merchant_id": "m"}])
    with opened(path=path) as store:
        store.send("calls", [call(4, lead_id="l7")])
        known = presence_of(store)
        assert known._thread is not None
        known._thread.join()
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
    monkeypatch.setattr(presence, "_FEW", 0)
    go_on = Event()
    reading = Presence._read

    def slow(self: Presence) -> None:
        go_on.wait()
        reading(self)

    monkeypatch.setattr(Presence, "_read", slow)
    with opened(path=path) as store:
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
        known = presence_of(store)._known["calls"]
        room = known._added[-1].room
        store.send("calls", [{**record, "outcome": "CONFIRMED"} for record in records])
        assert known._added[-1].room == room
        store.send("calls", [call(50)])
        assert known._added[-1].room == room - 1


def test_few_and_many_have_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened() as store:
        identities = [("m", "c1"), ("", "é"), ("m/c", "1"), ("m", "x" * 40)]
        asked = identity_table(identities, "id")
        few = numbers(statements_of(store), asked, asked)
        monkeypatch.setattr(presence, "_BOUND", 0)
        many = numbers(statements_of(store), asked, asked)
        assert [one.tolist() for one in few] == [one.tolist() for one in many]
        assert len(set(few[0].tolist())) == len(identities)
