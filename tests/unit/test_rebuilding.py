"""What is derived is put right from the records, whatever became of it."""

from collections.abc import Iterator

import pytest

from callistics.engines.duckdb.tuning import Tuning
from support import inside
from support.store import Store, opened

DAMAGES = (
    "DELETE FROM leads",
    "INSERT INTO leads FROM leads",
    "INSERT INTO leads SELECT * REPLACE ('gone' AS lead_id) FROM leads LIMIT 1",
    "UPDATE leads SET status = 'wrong', providers = []",
    "UPDATE calls SET attempt = 9, payload_base = NULL",
    "UPDATE leads SET lead_no = 1",
    "UPDATE calls SET lead_no = NULL",
)


def send(store: Store) -> None:
    store.send("leads", [{"lead_id": "l1", "merchant_id": "m", "payload": {"city": "Pune"}}])
    calls = [
        {
            "call_id": f"c{number}",
            "lead_id": f"l{number % 4}",
            "merchant_id": "m",
            "reseller_id": "r",
            "provider": "TWILIO",
            "status": "new",
            "started_at": f"2025-01-15T09:{number:02}:00Z",
            "payload": {"plan": "gold"},
        }
        for number in range(12)
    ]
    store.send("calls", calls)


def derived(store: Store) -> object:
    columns = ("call_id", "lead_no", "attempt", "payload_base", "payload")
    calls = [[row[name] for name in columns] for row in store.dump("calls")]
    return sorted(calls, key=repr), store.dump("leads"), store.dump("payload_keys")


@pytest.fixture(
    scope="module",
    params=[
        Tuning(),
        Tuning(leads_rebuilt_at_once=1),
        Tuning(payload_bytes_rebuilt_at_once=0),
        Tuning(payload_bytes_rebuilt_at_once=60),
    ],
    ids=["at once", "one lead", "one payload", "some payloads"],
)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with opened(tuning=request.param) as found:
        yield found


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_is_as_it_was(damage: str, store: Store) -> None:
    store.clear()
    send(store)
    before = derived(store)
    inside.execute(store.engine, damage)
    assert derived(store) != before
    store.engine.rebuild()
    assert derived(store) == before
    assert (
        store.rows("retry_analysis")
        == store.ask({"query_type": "retry_analysis"}, rollups=False)["data"]
    )
