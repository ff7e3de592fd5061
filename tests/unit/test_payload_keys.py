"""No question looks for a key that no payload has, and none that one has is overlooked."""

from pathlib import Path
from typing import Any

import pytest

from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.engine import DuckDBEngine
from support import inside
from support.store import Store, opened


def call(number: int, **payload: Any) -> dict[str, Any]:
    return {
        "call_id": f"c{number}",
        "merchant_id": "m",
        "reseller_id": "r",
        "started_at": "2025-01-15T09:30:00Z",
        "payload": payload,
    }


def known(store: Store) -> set[tuple[str, bool]]:
    return {(row["key"], row["is_list"]) for row in store.dump("payload_keys")}


def count(store: Store, **filters: Any) -> int:
    return store.rows("call_count", filters={"payload_filters": filters})[0]["count"]


def test_keys_are_kept_as_they_come() -> None:
    with opened() as store:
        assert count(store, city="Delhi") == 0
        store.send("calls", [call(1, city="Delhi", at={"x": 1}, tags=["a"], none=None)])
        assert known(store) == {("city", False), ("at.x", False), ("at", True), ("tags", True)}
        store.send("calls", [call(2, city=["Delhi"], town="Pune")])
        assert count(store, city="Delhi") == 2
        assert count(store, town={"exists": False}) == 1
        assert count(store, village={"exists": False}) == 2
        store.send("leads", [{"lead_id": "c2", "merchant_id": "m", "payload": {"vip": True}}])
        assert count(store, vip=True) == 1


def test_keys_of_a_commit_that_failed_are_stored_with_the_next() -> None:
    with opened() as store:
        failed(store)
        assert known(store) == set()
        store.send("calls", [call(1, city="Delhi")])
        assert known(store) == {("city", False)}


def failed(store: Store) -> DuckDBEngine:
    """The engine, after a commit that brought a key and failed."""
    engine = inside.duckdb_engine(store.engine)
    with pytest.raises(ZeroDivisionError):
        _fail(engine)
    return engine


def _fail(engine: DuckDBEngine) -> None:
    with engine.writing():
        inside.note_payload_key(engine, "city")
        raise ZeroDivisionError


def test_rebuilding_drops_keys_that_are_gone() -> None:
    with opened() as store:
        store.send("calls", [call(1, city="Delhi", plan="gold")])
        store.send("calls", [call(1, city="Delhi")])
        assert known(store) == {("city", False), ("plan", False)}
        store.engine.rebuild()
        assert known(store) == {("city", False)}
        assert count(store, city="Delhi") == 1


def test_rebuilding_keeps_keys_that_only_calls_have() -> None:
    with opened() as store:
        store.send("leads", [{"lead_id": "c1", "merchant_id": "m", "payload": {"town": "Pune"}}])
        store.send("calls", [call(1, city="Delhi")])
        store.engine.rebuild()
        assert known(store) == {("city", False), ("town", False)}
        assert count(store, city="Delhi", town="Pune") == 1


def test_keys_of_a_commit_that_failed_are_not_taken_for_stored() -> None:
    with opened() as store:
        engine = failed(store)
        with engine.writing():
            pass
        store.send("calls", [call(1, city="Delhi")])
        assert known(store) == {("city", False)}


def test_they_are_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    engine = DuckDBEngine(path)
    with engine.writing():
        inside.note_payload_key(engine, "city")
    engine.close()
    engine = DuckDBEngine(path)
    try:
        assert inside.is_scalar(engine, "city")
        assert not inside.is_list(engine, "city")
    finally:
        engine.close()


def test_without_any_knowledge_every_key_is_looked_for() -> None:
    dialect = DuckDBDialect()
    assert "variant_extract" in str(dialect.payload_text("c", "city"))
    assert "payload_lists" in str(dialect.payload_is_list("c", "city"))
