"""No question looks for a key that no payload has, and none that one has is overlooked."""

from pathlib import Path
from typing import Any

import pytest

from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.tuning import Tuning
from callistics.model.scope import EVERYTHING, Scope
from support import inside
from support.payload_calls import call
from support.store import Store, lent, opened


def known(store: Store) -> set[tuple[str, bool]]:
    return {(row["key"], row["is_list"]) for row in store.dump("payload_keys")}


def count(store: Store, **filters: Any) -> int:
    return store.rows("call_count", filters={"payload_filters": filters})[0]["count"]


def test_keys_are_kept_as_they_come() -> None:
    with lent() as store:
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
    with lent() as store:
        store.send("calls", [call(1, city="Delhi", plan="gold")])
        store.send("calls", [call(1, city="Delhi")])
        assert known(store) == {("city", False), ("plan", False)}
        store.engine.rebuild()
        assert known(store) == {("city", False)}
        assert count(store, city="Delhi") == 1


def test_rebuilding_keeps_keys_that_only_calls_have() -> None:
    with lent() as store:
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
    payloads = DuckDBDialect().payloads(EVERYTHING)
    assert "variant_extract" in str(payloads.text("c", "city"))
    assert "payload_lists" in str(payloads.is_list("c", "city"))


def looked_for(store: Store, key: str, *merchants: str) -> str:
    """What is looked at for a key, and for a list under it, in the scope of merchants or of all."""
    scope = Scope(merchant_ids=frozenset(merchants) or None)
    payloads = store.engine.dialect.payloads(scope)
    return f"{payloads.text('c', key)} {payloads.is_list('c', key)}"


def test_no_key_is_looked_for_that_only_other_merchants_have() -> None:
    """How long it takes would tell that they have it."""
    with opened(tuning=LIMITED) as store:
        nothing = looked_for(store, "nobody")
        store.send("calls", [call(1, a=1, list=["x"]), call(2, "other", b=1)])
        assert looked_for(store, "a", "other") == looked_for(store, "list", "other") == nothing
        assert looked_for(store, "a", "other", "m") == looked_for(store, "a", "m") != nothing
        assert looked_for(store, "a") == looked_for(store, "a", "m")
        # One that has more than are listed may have any.
        store.send("calls", [call(3, "many", c=1, d=1, e=1)])
        assert looked_for(store, "e", "other") == nothing
        assert looked_for(store, "e", "many") == looked_for(store, "e") != nothing
        assert looked_for(store, "a", "m") != looked_for(store, "a")


LIMITED = Tuning(payload_keys_listed=2)
MANY = {f"id{number:03}": "x" for number in range(200)}


def listed(store: Store) -> set[tuple[str | None, str | None, bool]]:
    rows = store.dump("payload_keys")
    return {(row["merchant_id"], row["key"], row["is_list"]) for row in rows}


def test_keys_are_stored_by_one_statement_however_many_come() -> None:
    def statements(store: Store, number: int, **payload: Any) -> int:
        before = counting.statements
        store.send("calls", [call(number, **payload)])
        return counting.statements - before

    with opened(tuning=Tuning(payload_names_listed=500)) as store:
        store.send("calls", [call(0, a="x"), call(1, b="x")])
        counting = inside.counted(store.engine)
        known = statements(store, 2, a="x")
        assert statements(store, 3, c="x") == known + 1
        assert statements(store, 4, **MANY) == known + 1
        assert len(listed(store)) == 203


def test_each_merchant_has_a_limit_of_its_own() -> None:
    with opened(tuning=LIMITED) as store:
        store.send("calls", [call(1, a=1, b=[1], c=1), call(2, "other", c=1, d=1)])
        mine = {("m", "a", False), ("m", "b", True), ("m", None, False)}
        assert listed(store) == mine | {("other", "c", False), ("other", "d", False)}
        # A key that is listed is so with all that is under it.
        store.send("calls", [call(3, a=[1], b=1, e=1)])
        assert {("m", "a", True), ("m", "b", False)} | mine <= listed(store)
        assert not any(key == "e" for _, key, _ in listed(store))


def test_keys_beyond_the_limit_are_found_as_others_are() -> None:
    with opened(tuning=LIMITED) as store:
        store.send("calls", [call(1, "other", a="x", z="x")])
        store.send("calls", [call(2, a="x", b="x", y="x", z=["x"]), call(3, a=1)])
        assert not {key for _, key, _ in listed(store)} & {"y"}
        assert count(store, y="x") == 1
        assert count(store, y={"exists": False}) == 2
        assert count(store, z="x") == 2
        assert count(store, z={"ne": "x"}) == 1
        assert count(store, nowhere={"exists": False}) == 3
        store.send("calls", [call(4, z={"in": "x"}, new=["x"])])
        assert count(store, **{"z.in": "x"}) == count(store, new="x") == 1


def test_a_key_that_all_such_merchants_have_listed_is_still_known() -> None:
    with opened(tuning=LIMITED) as store:
        store.send("calls", [call(1, a=1, b=1, c=1), call(2, "other", a=1, b=1, d=1)])
        store.send("calls", [call(3, "small", e=[1])])
        assert inside.is_scalar(store.engine, "a")
        assert not inside.is_list(store.engine, "a")
        assert inside.is_scalar(store.engine, "e")
        assert inside.is_list(store.engine, "nowhere")


def test_the_limit_holds_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with opened(path=path, tuning=LIMITED) as store:
        store.send("calls", [call(1, a=1, b=1, c=1)])
        before = listed(store)
    with opened(path=path, tuning=LIMITED) as store:
        assert count(store, c=1) == 1
        store.send("calls", [call(2, d=1)])
        assert listed(store) == before
        assert count(store, d=1) == 1


def test_a_commit_beyond_the_limit_that_failed_leaves_no_trace() -> None:
    with opened(tuning=Tuning(payload_keys_listed=1)) as store:
        store.send("calls", [call(1, a=1)])
        failed(store)
        assert listed(store) == {("m", "a", False)}
        store.send("calls", [call(2, city="Delhi")])
        assert listed(store) == {("m", "a", False), ("m", None, False)}
        assert count(store, city="Delhi") == 1


def test_rebuilding_lists_what_a_higher_limit_has_room_for(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with opened(path=path, tuning=LIMITED) as store:
        store.send("calls", [call(1, a=1, b=1, c=1), call(2, "other", a=1)])
    with opened(path=path) as store:
        store.engine.rebuild()
        everything = {("m", key, False) for key in "abc"} | {("other", "a", False)}
        assert listed(store) == everything
        assert not inside.is_scalar(store.engine, "d")
        assert count(store, c=1) == 1


@pytest.mark.parametrize(("first", "later"), [("x", ["y"]), (["x"], "y")])
def test_a_key_that_finds_room_in_another_form_hides_nothing(
    first: object, later: object, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"
    with opened(path=path, tuning=Tuning(payload_keys_listed=1)) as store:
        store.send("calls", [call(1, a=1, b=first)])
        assert listed(store) == {("m", "a", False), ("m", None, False)}
    with opened(path=path, tuning=Tuning(payload_keys_listed=5)) as store:
        store.send("calls", [call(2, b=later)])
        assert (count(store, b="x"), count(store, b="y")) == (1, 1)
        assert (count(store, b={"ne": "y"}), count(store, b={"exists": True})) == (1, 2)
        assert count(store, b={"exists": False}) == 0


def test_keys_of_before_there_were_merchants_are_known(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with opened(path=path) as store:
        store.send("calls", [call(1, a=1)])
        inside.execute(store.engine, "UPDATE payload_keys SET merchant_id = NULL")
    with opened(path=path) as store:
        assert count(store, a=1) == 1
        store.send("calls", [call(2, a=1)])
        assert listed(store) == {(None, "a", False), ("m", "a", False)}
