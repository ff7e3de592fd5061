"""Worked cases of success, reach and the lengths of calls, from the sentences of the contract."""

from typing import Any

from callistics.sql.selection import Policy
from support.store import Store

from .cases import calls, figures

START = "2021-01-01T00:00:00Z"
LATER = "2021-01-01T00:00:05Z"
CHOSEN = Policy(unreached_outcomes=("no answer", "busy"))


def rates(store: Store, policy: Policy) -> list[tuple[Any, ...]]:
    """What records and roll-ups say, which is the same."""
    body = {"query_type": "success_rate"}
    found = [store.ask(body, policy=policy, rollups=on)["data"] for on in (True, False)]
    assert found[0] == found[1]
    return [tuple(row.values()) for row in found[0]]


def test_success_and_reach_are_told_apart(store: Store) -> None:
    outcomes = ("No-Answer!", "busy", "wrong number", None, None, None, " ! ")
    successes = (True, None, False, True, None, None, None)
    answered = (None, LATER, None, None, LATER, None, None)
    store.send(
        "calls",
        calls(*[START] * 7, outcome=outcomes, success=successes, answered_at=answered),
    )
    # Reached: the third by its outcome, the fourth by its success, the fifth by its answer.
    assert rates(store, CHOSEN) == [(7, 3, 42.86, 2, 28.57)]
    # Where no outcome means that nobody was reached, the first two were; the second succeeded.
    assert rates(store, Policy(unreached_outcomes=())) == [(7, 5, 71.43, 3, 42.86)]
    named = Policy(success_outcomes=("Busy",), unreached_outcomes=("no answer",))
    assert rates(store, named) == [(7, 4, 57.14, 3, 42.86)]


def test_success_rates_are_within_the_group(store: Store) -> None:
    store.send("calls", calls(*[START] * 3, provider=("A", "A", None), success=(True, False, True)))
    assert store.rows("success_rate", group_by=["provider"]) == [
        {"provider": "A", "calls": 2}
        | {"reached": 1, "reach_rate": 50, "successes": 1, "success_rate": 50},
        {"provider": None, "calls": 1}
        | {"reached": 1, "reach_rate": 100, "successes": 1, "success_rate": 100},
    ]


def test_bins_of_durations_test_exact_milliseconds(store: Store) -> None:
    lengths = (0, 9.6, 9.999, 10, 29.9994, 29.9995, 1799.999, 1800, 86_400, None)
    store.send("calls", calls(*[START] * 10, duration=lengths))
    for rollups in (True, False):
        rows = store.ask({"query_type": "duration_distribution"}, rollups=rollups)["data"]
        assert figures(rows) == [3, 2, 1, 0, 0, 0, 1, 2, 1]
        assert rows[0] == {"from": 0, "to": 10, "count": 3, "percentage": 33.33}
        assert rows[7] == {"from": 1800, "to": None, "count": 2, "percentage": 22.22}
        assert rows[8] == {"from": None, "to": None, "count": 1, "percentage": None}
