"""How the state of an alert goes on, and when its condition holds."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from callistics.alerts.condition import is_met
from callistics.alerts.machine import Reading, begun, is_told, step
from callistics.model.alerts import AlertState, Condition, StoredAlert, Window

ABOVE = Condition("above", value=Decimal(10))
ALERT = StoredAlert("alr_1", "x", "{}", "count", ABOVE)
WINDOW = Window(0, 60)


def states(values: Sequence[int | None], **changes: Any) -> list[str]:
    """The states after each figure; an arrow before those that are told."""
    alert = replace(ALERT, **changes)
    group = begun(Reading({}, None), WINDOW, 0)
    found: list[str] = []
    for moment, value in enumerate(values, start=1):
        count = None if value is None else abs(value)
        reading = Reading({}, None if value is None else Decimal(value), count=count)
        group, change = step(alert, group, reading, WINDOW, moment)
        assert (change is None) == (group.since != moment)
        told = change is not None and is_told(change)
        found.append(f"{'>' if told else ''}{group.state}")
    return found


def test_it_fires_recovers_and_fires_again() -> None:
    found = states([5, 11, 12, 5, 5, 11])
    assert found == ["ok", ">firing", "firing", ">recovered", "ok", ">firing"]


def test_it_fires_again_right_after_it_recovered() -> None:
    assert states([11, 5, 11, 11]) == [">firing", ">recovered", ">firing", "firing"]
    found = states([11, 11, 5, 11, 11], pending_for=1)
    assert found == ["pending", ">firing", ">recovered", "pending", ">firing"]


def test_what_is_pending_and_comes_to_nothing_is_not_told() -> None:
    assert states([11, 11, 5], pending_for=2) == ["pending", "pending", "ok"]
    found = states([11, 11, 11, 11], pending_for=2)
    assert found == ["pending", "pending", ">firing", "firing"]


def test_no_data_and_then_data() -> None:
    values = [11, None, None, 11, None, 5]
    found = states(values, no_data="no_data")
    assert found == [">firing", ">no_data", "no_data", ">firing", ">no_data", ">ok"]
    found = states(values, no_data="ok")
    assert found == [">firing", ">recovered", "ok", ">firing", ">recovered", "ok"]
    found = states(values, no_data="keep")
    assert found == [">firing", "firing", "firing", "firing", "firing", ">recovered"]


def test_keeping_goes_on_with_counting() -> None:
    found = states([11, None, 11, 11], no_data="keep", pending_for=1)
    assert found == ["pending", "pending", ">firing", "firing"]


def test_few_calls_are_no_data() -> None:
    assert states([11, 30], minimum=20) == ["ok", ">firing"]
    assert states([11, 30], minimum=20, no_data="no_data") == [">no_data", ">firing"]


@pytest.mark.parametrize(
    ("test", "met"),
    [
        ("above", [False, False, True]),
        ("at_least", [False, True, True]),
        ("below", [True, False, False]),
        ("at_most", [True, True, False]),
    ],
)
def test_each_way_of_holding_against_a_value(test: str, met: list[bool]) -> None:
    condition = Condition(test, value=Decimal("0.1"))
    values = [Decimal(text) for text in ("0.09", "0.1", "0.100001")]
    assert [is_met(condition, value, None) for value in values] == met
    assert is_met(condition, None, None) is None


@pytest.mark.parametrize(
    ("change", "value", "previous", "met"),
    [
        ("below", "79.99", "100", True),
        ("below", "80", "100", False),
        ("above", "120.01", "100", True),
        ("above", "120", "100", False),
        ("above", "0.01", "0", True),
        ("above", "0", "0", False),
        ("below", "0", "0", False),
        ("below", "-121", "-100", True),
        ("above", "-79", "-100", True),
        ("below", "1", None, None),
        ("below", None, "1", None),
    ],
)
def test_changes(change: str, value: str | None, previous: str | None, met: bool | None) -> None:
    condition = Condition(change, percent=Decimal(20), versus="previous_period")
    figures = [None if one is None else Decimal(one) for one in (value, previous)]
    assert is_met(condition, *figures) is met


def test_states_are_ordered_by_how_serious_they_are() -> None:
    assert max(AlertState, key=list(AlertState).index) is AlertState.FIRING
