"""No two leads have the same surrogate key, and calls have that of their lead."""

from pathlib import Path
from typing import Any

import pytest

from callistics.records.columnar.changes import Changes
from support import inside
from support.store import Store, opened


def call(number: int, lead: str, merchant: str = "m", **fields: Any) -> dict[str, Any]:
    return {
        "call_id": f"c{number}",
        "lead_id": lead,
        "merchant_id": merchant,
        "reseller_id": "r",
        "started_at": f"2025-01-{number % 28 + 1:02}T09:00:00Z",
        **fields,
    }


def numbers(store: Store) -> dict[tuple[str, str], int]:
    """Those of all leads, after a look at the calls'."""
    rows = inside.execute(store.engine, "SELECT merchant_id, lead_id, lead_no FROM leads")
    found = {(merchant, lead): number for merchant, lead, number in rows}
    assert len(set(found.values())) == len(rows)
    calls = "SELECT merchant_id, lead_id, lead_no FROM calls"
    for merchant, lead, number in inside.execute(store.engine, calls):
        assert found[merchant, lead] == number
    return found


def test_leads_keep_their_numbers_and_new_ones_get_others(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with opened(path=path) as store:
        store.send("calls", [call(1, "l1"), call(2, "l2"), call(3, "l1", "n")])
        store.send("leads", [{"lead_id": "l3", "merchant_id": "m", "reseller_id": "r"}])
        before = numbers(store)
        assert len(before) == 4
    with opened(path=path) as store:
        store.send("calls", [call(4, "l1"), call(5, "l4"), call(6, "l3")])
        store.send("calls", [{"call_id": "c2", "merchant_id": "m", "sentiment": 0.5}])
        after = numbers(store)
        assert len(after) == 5
        assert before.items() <= after.items()


def test_a_call_that_moves_has_the_number_of_its_new_lead() -> None:
    with opened() as store:
        store.send("calls", [call(1, "l1"), call(2, "l2")])
        before = numbers(store)
        store.send("calls", [{"call_id": "c1", "merchant_id": "m", "lead_id": "l2"}])
        after = numbers(store)
        assert after == {("m", "l2"): before["m", "l2"]}
        store.send("calls", [call(3, "l1")])
        assert numbers(store)["m", "l2"] == before["m", "l2"]
        # It does not count, and then counts again.
        for test in (True, False):
            store.send("calls", [{"call_id": "c1", "merchant_id": "m", "test": test}])
            numbers(store)


def test_what_came_to_nothing_takes_no_number_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened() as store:
        store.send("calls", [call(1, "l1")])
        engine = inside.duckdb_engine(store.engine)
        with monkeypatch.context() as patch:
            # All is written by then, but for the commit.
            inside.never_release(engine, patch)
            with pytest.raises(InterruptedError), engine.writing() as session:
                session.apply(Changes(rebuilt=[("m", "l1"), ("m", "l2")]))
        store.send("calls", [call(2, "l2")])
        assert len(numbers(store)) == 2
