"""Worked cases of measures: exact to the last digit, whatever engine adds them up."""

import json
from fractions import Fraction
from math import nextafter
from typing import Any

import pytest

from callistics.analytics.envelope import envelope
from callistics.analytics.service import Analytics
from callistics.errors import Refused
from callistics.model.scope import EVERYTHING
from support.store import Store, opened

from .cases import calls
from .reference.measures import nearest

START = "2021-01-01T00:00:00Z"
NOTHING = {"count": 0, "sum": 0} | dict.fromkeys(("avg", "min", "max", "p50", "p90", "p95", "p99"))


def send(store: Store, count: int, **fields: Any) -> None:
    store.send("calls", calls(*[START] * count, **fields))


def text(store: Store, **body: Any) -> str:
    """The rows as they are written."""
    analytics = Analytics(store.engine, store.policy, "UTC")
    sent = json.dumps({"query_type": "measure", **body}).encode()
    found = envelope(analytics.answer(sent, EVERYTHING)).decode()
    return found.partition('"data":')[2].partition(',"total"')[0]


@pytest.mark.parametrize("measure", ["duration", "ring", "sentiment", "payload.x"])
def test_nothing_measured_is_one_row(store: Store, measure: str) -> None:
    send(store, 2, payload=({"x": [1]}, {"x": "one"}))
    assert store.rows("measure", measure=measure) == [NOTHING]
    assert store.rows("measure", measure=measure, group_by=["provider"]) == []


def test_costs_are_apart_by_currency(store: Store) -> None:
    assert store.rows("measure", measure="cost") == []
    costs, currencies = (0.042, 0.0000005, None, 3), ("usd", "USD", None, None)
    send(store, 4, cost=costs, currency=currencies, provider=("A", "A", "A", None))
    rows = store.rows("measure", measure="cost", group_by=["provider"])
    assert [list(row.values())[:6] for row in rows] == [
        ["A", "USD", 2, 0.042001, 0.021001, 0.000001],
        [None, None, 1, 3, 3, 3],
    ]
    assert list(rows[0])[:3] == ["provider", "currency", "count"]


def test_figures_are_written_without_exponent(store: Store) -> None:
    send(store, 3, payload=({"x": "0.000001"}, {"x": "-1e-9"}, {"x": 0.000002}))
    assert text(store, measure="payload.x").startswith(
        '[{"count":3,"sum":0.000003,"avg":0.000001,"min":0,"max":0.000002,"p50":0.000001,'
    )


def test_large_sums_are_exact(store: Store) -> None:
    values = ["999999999999.999999", "999999999999.999998", "-0.000001", *["999999999999"] * 3]
    send(store, 6, payload=[{"x": value} for value in values])
    total = '"sum":4999999999996.999996,"avg":833333333332.833333,"min":-0.000001,'
    assert total in text(store, measure="payload.x")


def test_a_number_of_a_payload_is_one_by_the_rule_of_gt(store: Store) -> None:
    values = (82, "8.2e1", "082", "+82", True, None, [82], {"x": 1}, "2021-01-01", "", 1e12)
    send(store, 12, payload=[{"x": value} for value in (*values, -1e12)])
    row = store.rows("measure", measure="payload.x")[0]
    assert (row["count"], row["sum"]) == (2, 164)


def test_the_limit_of_numbers_is_tested_after_rounding(store: Store) -> None:
    values = ("999999999999.9999994", "-999999999999.9999995", "999999999999.9999995")
    send(store, 3, payload=[{"x": value} for value in values])
    row = '"count":1,"sum":999999999999.999999,'
    assert row in text(store, measure="payload.x")


def test_halves_of_payload_numbers_go_away_from_zero(store: Store) -> None:
    values = ("0.0000005", "-0.0000005", "0.00000049999999999999999999999999", "-1.2345675")
    for number, value in enumerate(values):
        send(store, number + 1, payload=[{"x": value}] * (number + 1))
    row = store.rows("measure", measure="payload.x", group_by=["payload.x"])
    assert [one["sum"] / one["count"] for one in row] == [-1.234568]


def test_sentiments_are_rounded_on_their_binary_value(store: Store) -> None:
    edges = [(2 * k + 1) / 2_000_000 for k in (0, 1, 2, 7, 39_624, 72_560, 123_456, 999_999)]
    scores = [x for edge in edges for x in (edge, nextafter(edge, 0), nextafter(edge, 1))]
    scores += [0.0, 1.0, 5e-324, 1e-7, 2.5e-7, 0.1, 0.3, 0.1234565, nextafter(1, 0)]
    send(store, len(scores), sentiment=scores, agent_id=[f"{n:02}" for n in range(len(scores))])
    rows = store.rows("measure", measure="sentiment", group_by=["agent_id"])
    found = [round(row["sum"] * 1_000_000) for row in rows]
    assert found == [nearest(Fraction(score) * 1_000_000) for score in scores]


def test_the_ring_is_the_time_to_the_answer(store: Store) -> None:
    answers = ("2021-01-01T00:00:04.000001Z", START, None, "2021-01-01T00:00:05Z")
    send(store, 4, answered_at=answers)
    # Its start is corrected to after its answer: it has no ring.
    store.send("calls", [{"call_id": "c3", "started_at": "2021-01-02T00:00:00Z"}])
    assert text(store, measure="ring").startswith(
        '[{"count":2,"sum":4.000001,"avg":2.000001,"min":0,"max":4.000001,"p50":0,'
    )


def test_percentiles_are_values_that_occur(store: Store) -> None:
    send(store, 21, duration=[n + 0.001 for n in range(21)])
    row = store.rows("measure", measure="duration")[0]
    assert [row[f"p{p}"] for p in (50, 90, 95, 99)] == [10.001, 18.001, 19.001, 20.001]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"query_type": "measure"}, "required: one of duration"),
        ({"query_type": "measure", "measure": None}, "required"),
        ({"query_type": "measure", "measure": "costs"}, '"cost"'),
        ({"query_type": "measure", "measure": 3}, "string"),
        ({"query_type": "measure", "measure": "payload."}, "1 to 128"),
        ({"query_type": "call_count", "measure": "cost"}, "only for the query type measure"),
    ],
)
def test_what_is_no_measure_is_refused(body: dict[str, Any], words: str) -> None:
    with opened() as store, pytest.raises(Refused) as caught:
        store.ask(body)
    assert caught.value.answer_status == 400
    assert [problem.pointer for problem in caught.value.problems] == ["/measure"]
    assert words in caught.value.problems[0].message


def test_a_measure_of_null_is_none() -> None:
    with opened() as store:
        assert store.rows("call_count", measure=None) == [{"count": 0}]
