"""Roll-ups always come to what summing up the records would give."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.catalog.rollups import CHANGES, ROLLUPS
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.rollups.aggregate_sql import of_records, of_rows
from support import inside
from support.engines import AS_IF_LARGE
from support.examples import examples
from support.store import Store, opened

from .record_strategies import Record
from .reference import Reference
from .rollup_strategies import rollup_history
from .strategies import History, histories
from .test_agreement import PIECES, batches, send
from .traps import traps

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with opened(tuning=AS_IF_LARGE) as store:
        yield store


def differences(engine: DuckDBEngine) -> dict[str, Any]:
    """By table, the sums that the roll-up has and those of the records, where they differ."""
    found: dict[str, Any] = {}
    for rollup in ROLLUPS:
        for step in rollup.steps:
            changes = of_records(rollup, step, CHANGES[rollup.unit], f"{rollup.unit.alias}.n")
            table = f"SELECT * EXCLUDE merged FROM {rollup.table(step)}"  # noqa: S608
            held = f"({table} UNION ALL BY NAME {changes})"
            kept = inside.execute(engine, of_rows(rollup, step, held))
            wanted = inside.execute(engine, of_records(rollup, step, rollup.unit, "1"))
            if sorted(kept, key=repr) != sorted(wanted, key=repr):
                found[rollup.table(step)] = kept, wanted
    return found


def check(store: Store, history: History, seed: int) -> None:
    """After commits, and after changes were folded and rows merged in between."""
    chance = random.Random(seed)
    store.clear()
    engine = store.engine
    assert isinstance(engine, DuckDBEngine)
    waiting: list[tuple[str, list[Record]]] = []
    for batch in batches(history, seed):
        waiting.append(batch)
        if chance.random() < 0.4:
            send([store], Reference(), waiting)
            waiting = []
            if chance.random() < 0.2:
                assert not differences(engine)
            if chance.random() < 0.6:
                store.maintain(chance.choice(PIECES))
    send([store], Reference(), waiting)
    assert not differences(engine)
    store.maintain()
    assert not differences(engine)
    engine.rebuild()
    assert not differences(engine)
    assert not any(store.dump(table) for table in CHANGES.values())


DAYS = ("2025-01-10", "2025-01-12")
SENT = {"merchant_id": "m", "reseller_id": "r", "provider": "p", "duration": 300}


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("days", [DAYS, DAYS[:1] * 2])
def test_what_makes_up_for_what_went_keeps_its_duration(
    store: Store, days: tuple[str, str], apart: bool
) -> None:
    """Whether it comes with the commit that takes the other away, or after it."""
    store.clear()
    engine = store.engine
    assert isinstance(engine, DuckDBEngine)
    first, last = (f"{day}T10:00:00Z" for day in days)
    store.send("calls", [{**SENT, "call_id": "a", "started_at": first}])
    store.maintain()
    if apart:
        assert store.erase(("calls", "m", "a")) == [(1, 0)]
        store.send("calls", [{**SENT, "call_id": "b", "started_at": last}])
    else:
        moved = {**SENT, "call_id": "a", "started_at": last, "updated_at": "2025-02-01T00:00:00Z"}
        store.send("calls", [{**moved, "sentiment": 0.5}])
    assert not differences(engine)
    store.maintain()
    assert not differences(engine)
    assert not any(store.dump(table) for table in CHANGES.values())


@examples(4)
@given(history=histories(), seed=st.integers(0, 9))
def test_after_any_records(store: Store, history: History, seed: int) -> None:
    check(store, history, seed)


@examples(4)
@given(data=st.data(), seed=st.integers(0, 9))
def test_after_corrections(store: Store, data: st.DataObject, seed: int) -> None:
    check(store, data.draw(rollup_history(data.draw(traps()))), seed)
