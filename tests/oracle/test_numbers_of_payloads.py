"""Numbers of payloads are compared by what they come to, on every engine.

The engines' own types compare whole numbers and doubles apart
(`findings/half-a-rupee-is-more-than-a-hundred.sh`, DuckDB 2.0.0 and ClickHouse 26.9).
"""

from support.payload_calls import call
from support.store import Store

AMOUNTS = (100, 9.5, -5, 0.5, 9, 1, 1.0, 9.0)


def test_whole_numbers_and_doubles_are_compared(store: Store) -> None:
    store.send("calls", [call(n, amount=amount) for n, amount in enumerate(AMOUNTS)])
    (found,) = store.rows("measure", measure="payload.amount")
    assert (found["min"], found["max"], found["sum"]) == (-5, 100, sum(AMOUNTS))
    above = {"payload_filters": {"amount": {"gt": 9}}}
    assert store.rows("call_count", filters=above) == [{"count": 2}]
    rows = store.rows("call_count", group_by=["payload.amount"])
    groups = {row["payload.amount"]: row["count"] for row in rows}
    assert groups == {"100": 1, "9.5": 1, "-5": 1, "0.5": 1, "9": 2, "1": 2}
