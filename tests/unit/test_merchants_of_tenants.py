"""Which merchants a key of resellers or templates may reach, and that it is told of no others."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.tuning import Tuning
from callistics.model.scope import EVERYTHING, Scope
from support import inside
from support.store import Store, lent, opened


def call(number: int, merchant: str, reseller: str, template: str | None, **more: Any) -> Any:
    return {
        "call_id": f"c{number}",
        "merchant_id": merchant,
        "reseller_id": reseller,
        "template_id": template,
        "started_at": "2025-01-15T09:30:00Z",
    } | more


CALLS = [
    call(1, "m1", "r1", "t1", payload={"own": 1}),
    call(2, "m2", "r1", "t2"),
    call(3, "m3", "r2", "t2", payload={"other": 1}),
    call(4, "m3", "r2", None),
]


def scope(resellers: str = "", templates: str = "", merchants: str = "") -> Scope:
    lists = (frozenset(one.split()) or None for one in (resellers, merchants, templates))
    return Scope(*lists)


def merchants(store: Store, within: Scope) -> set[str] | None:
    found = inside.duckdb_engine(store.engine).payload_keys.merchants(within)
    return None if found is None else set(found)


SCOPES: list[tuple[Scope, set[str] | None]] = [
    (EVERYTHING, None),
    (scope(merchants="m1 m9"), {"m1", "m9"}),
    (scope("r1"), {"m1", "m2"}),
    (scope("r2"), {"m3"}),
    (scope("r9"), set()),
    (scope("r1 r2"), {"m1", "m2", "m3"}),
    (scope(templates="t2"), {"m2", "m3"}),
    (scope("r1", "t2"), {"m2"}),
    (scope("r1", "t2", "m1 m3"), set()),
]


def check(store: Store) -> None:
    assert [merchants(store, within) for within, _ in SCOPES] == [found for _, found in SCOPES]


def test_they_are_those_that_records_were_sent_of(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with opened(path=path) as store:
        for one in CALLS:
            store.send("calls", [one])
        check(store)
    with opened(path=path) as store:
        check(store)
        store.engine.rebuild()
        check(store)
        store.send("calls", [call(5, "m4", "r9", None)])
        assert merchants(store, scope("r9")) == {"m4"}
    with opened(path=path) as store:
        assert merchants(store, scope("r9")) == {"m4"}


def test_what_is_written_by_many_is_known_as_well() -> None:
    with lent() as store:
        many = [
            call(100 + number, f"n{number % 7}", "r3", f"u{number % 3}") for number in range(3_000)
        ]
        store.send("calls", CALLS)
        store.send("calls", many)
        check(store)
        assert merchants(store, scope("r3")) == {f"n{number}" for number in range(7)}


def test_a_record_that_moves_is_reached_where_it_went() -> None:
    with lent() as store:
        store.send("calls", CALLS)
        store.send("calls", [call(1, "m1", "r7", "t7")])
        assert merchants(store, scope("r7")) == merchants(store, scope(templates="t7")) == {"m1"}
        lead = {"lead_id": "l", "merchant_id": "m8", "reseller_id": "r8"}
        store.send("leads", [lead])
        store.send("calls", [call(8, "m8", "r1", None, lead_id="l")])
        assert merchants(store, scope("r8")) in ({"m8"}, set())
        assert "m8" in (merchants(store, scope("r1")) or ())


def test_a_commit_that_failed_is_stored_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with opened(path=path) as store:
        engine = inside.duckdb_engine(store.engine)
        with pytest.raises(ZeroDivisionError):
            fail(engine)
        store.send("calls", CALLS)
        check(store)
    with opened(path=path) as store:
        check(store)


def test_a_rebuild_takes_nothing_for_stored_that_a_commit_brought_that_failed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    with opened(path=path) as store:
        with pytest.MonkeyPatch.context() as patch:
            inside.never_release(store.engine, patch)
            with pytest.raises(InterruptedError):
                store.send("calls", CALLS)
        store.engine.rebuild()
        store.send("calls", CALLS)
    with opened(path=path) as store:
        check(store)
        filters = {"payload_filters": {"own": 1}}
        assert store.rows("call_count", filters=filters) == [{"count": 1}]


def fail(engine: DuckDBEngine) -> None:
    """Bring the tenants of all calls in a commit that fails."""
    names = ("merchant_id", "reseller_id", "template_id")
    rows = pa.table({name: [one[name] for one in CALLS] for name in names})
    with engine.writing():
        engine.payload_keys.note(inside.writer_of(engine), {}, [rows])
        raise ZeroDivisionError


def test_a_merchant_with_more_than_are_listed_may_have_any(tmp_path: Path) -> None:
    path, tuning = tmp_path / "a.db", Tuning(tenants_listed=2)
    with opened(path=path, tuning=tuning) as store:
        store.send("calls", CALLS)
        store.send("calls", [call(10 + number, "m5", "r5", f"u{number}") for number in range(4)])
        assert merchants(store, scope(templates="t9")) == {"m5"}
        assert merchants(store, scope("r1", "t2")) == {"m2"}
        store.engine.rebuild()
        assert merchants(store, scope(templates="t9")) == {"m5"}
    with opened(path=path, tuning=tuning) as store:
        assert merchants(store, scope(templates="u3")) == {"m5"}
        assert merchants(store, scope(templates="t1")) == {"m1", "m5"}


def looked_for(store: Store, key: str, within: Scope) -> str:
    payloads = store.engine.dialect.payloads(within)
    return f"{payloads.text('c', key)} {payloads.is_list('c', key)}"


@pytest.mark.parametrize("within", [scope("r1"), scope(templates="t1"), scope("r1", "t1")])
def test_no_key_is_looked_for_that_only_others_have(within: Scope) -> None:
    """How long it takes would tell that they have it."""
    with lent() as store:
        store.send("calls", CALLS)
        nothing = looked_for(store, "nobody", within)
        assert looked_for(store, "other", within) == nothing
        assert looked_for(store, "own", within) == looked_for(store, "own", EVERYTHING) != nothing


def test_what_was_erased_is_known_no_longer() -> None:
    with lent() as store:
        store.send("calls", CALLS)
        store.erase(("calls", "m3", "c3"), ("calls", "m3", "c4"))
        connection = inside.writer_of(inside.duckdb_engine(store.engine))
        keys = inside.duckdb_engine(store.engine).payload_keys
        keys.forget_unused(connection)
        assert {row["merchant_id"] for row in store.dump("tenants")} == {"m1", "m2"}
        keys.reload(connection)
        store.send("calls", CALLS[2:])
        assert {row["merchant_id"] for row in store.dump("tenants")} == {"m1", "m2", "m3"}
