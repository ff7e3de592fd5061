"""Keys of payloads that are too many for columns are kept apart, and found as others are."""

from collections.abc import Mapping
from typing import Any

import pytest

from callistics.engines.duckdb.tuning import Tuning
from support import inside
from support.payload_calls import call
from support.store import Store, opened

NAMES = 8
FEW = Tuning(payload_names_listed=NAMES)
ODD = ("a.b", 'q"q', "'", "😀", " ", "x" * 128, "\n", "a\\b", "..", "0", "[0]", "$", "~1", "\0")


def keyed_by_ids(first: int, calls: int, merchant: str = "m") -> list[dict[str, Any]]:
    return [call(n, merchant, **{f"id{n}": n, "plan": "gold"}) for n in range(first, first + calls)]


def columns(store: Store, table: str = "calls") -> set[str]:
    """The keys of which the engine makes columns."""
    read = f"SELECT payload, payload_orders FROM {table}"  # noqa: S608
    found = inside.execute(store.engine, read)
    return {key for row in found for kept in row for key in kept or {}}


def count(store: Store, **filters: Any) -> int:
    return store.rows("call_count", filters={"payload_filters": filters})[0]["count"]


def values(store: Store, key: str) -> Mapping[str | None, int]:
    rows = store.rows("call_count", group_by=[f"payload.{key}"])
    return {row[f"payload.{key}"]: row["count"] for row in rows}


def test_few_keys_have_columns_however_many_there_are() -> None:
    with opened(tuning=FEW) as store:
        store.send("leads", [{"lead_id": "c3", "merchant_id": "m", "payload": {"of lead": 1}}])
        for first in range(0, 60, 20):
            store.send("calls", keyed_by_ids(first, 20))
        for table in ("calls", "leads"):
            assert len(columns(store, table)) <= NAMES
        for number in (0, 19, 20, 59):
            key = f"id{number}"
            assert count(store, **{key: number}) == 1
            assert count(store, **{key: {"gt": number - 1}}) == 1
            assert count(store, **{key: {"exists": True}}) == 1
            assert count(store, **{key: {"ne": number}}) == 59
            assert values(store, key) == {str(number): 1, None: 59}
        assert count(store, **{"of lead": 1}) == 1
        assert count(store, plan="gold") == 60
        (row,) = store.rows("measure", measure="payload.id59")
        assert (row["count"], row["sum"]) == (1, 59)


def test_no_merchant_takes_more_than_half_of_what_is_left() -> None:
    with opened(tuning=FEW) as store:
        for number, merchant in enumerate(("m", "n", "o")):
            store.send("calls", keyed_by_ids(100 * number, 10, merchant))
            store.send("calls", keyed_by_ids(100 * number + 10, 10, merchant))
        store.send("calls", [call(900, "modest", city="Delhi")])
        listed = [row["merchant_id"] for row in store.dump("payload_keys") if row["key"]]
        assert [listed.count(name) for name in ("m", "n", "o")] == [4, 2, 1]
        assert "city" in columns(store)
        assert count(store, city="Delhi") == 1


@pytest.mark.parametrize("key", ODD)
def test_keys_may_be_any_text(key: str) -> None:
    with opened(tuning=Tuning(payload_names_listed=0)) as store:
        store.send("calls", [call(1, **{key: "x"}), call(2, **{key: 7}), call(3, other="x")])
        assert columns(store) == set()
        assert count(store, **{key: "x"}) == 1
        assert count(store, **{key: {"lte": 7}}) == 1
        assert values(store, key) == {"7": 1, "x": 1, None: 1}


def test_a_call_has_its_own_once_it_is_changed() -> None:
    with opened(tuning=FEW) as store:
        store.send("calls", keyed_by_ids(0, 20))
        store.send("leads", [{"lead_id": "c19", "merchant_id": "m", "payload": {"new": "x"}}])
        assert count(store, id19=19, new="x") == 1
        store.send("calls", [{"call_id": "c19", "merchant_id": "m", "payload": {"late": "y"}}])
        assert (count(store, id19=19), count(store, late="y", new="x")) == (0, 1)
        assert store.erase(("calls", "m", "c19")) == [(1, 0)]
        assert count(store, late="y") == 0


def test_rebuilding_changes_no_answer() -> None:
    with opened(tuning=FEW) as store:
        store.send("calls", [*keyed_by_ids(0, 20), call(20, "other", id19="x")])
        store.engine.rebuild()
        assert len(columns(store)) <= 2 * NAMES
        assert values(store, "id19") == {"19": 1, "x": 1, None: 19}
        store.send("calls", keyed_by_ids(30, 5))
        assert [count(store, **{f"id{n}": n}) for n in (0, 19, 34)] == [1, 1, 1]


def test_a_key_that_is_forgotten_is_not_taken_for_listed_later() -> None:
    """Rows of before have it apart."""
    with opened(tuning=FEW) as store:
        store.send("calls", keyed_by_ids(0, 20))
        gone = [row["key"].removeprefix("id") for row in store.dump("payload_keys") if row["key"]]
        store.erase(*(("calls", "m", f"c{number}") for number in gone))
        engine = inside.duckdb_engine(store.engine)
        connection, keys = inside.writer_of(engine), engine.payload_keys
        keys.forget_unused(connection)
        keys.reload(connection)
        assert store.dump("payload_keys") == [{"merchant_id": "m", "key": None, "is_list": False}]
        store.send("calls", [call(50, id19="again")])
        assert values(store, "id19") == {"19": 1, "again": 1, None: 15}
