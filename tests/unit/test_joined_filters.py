"""Two objects of filters become one, and a selection takes no query without what is locked."""

import json
from dataclasses import replace
from typing import Any

import pytest

from callistics.analytics.parse import parse_request
from callistics.analytics.pending import Pending
from callistics.analytics.plan import plan_query
from callistics.analytics.sharing import matched
from callistics.catalog.filters import FILTERS
from callistics.catalog.joined_filters import joined
from callistics.compile.where import scope_conditions
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.model.query import Filters, Query
from callistics.model.scope import EVERYTHING, Locked, Scope
from callistics.sql.selection import Policy

WITH = {"min_cost": {"currency": "USD"}, "max_cost": {"currency": "USD"}}


def locked(**filters: Any) -> Scope:
    return Scope(locked=Locked(json.dumps(filters).encode()))


def query(scope: Scope, zone: str = "UTC", **filters: Any) -> Query:
    body = {"query_type": "call_count", "timezone": zone, "filters": filters}
    return parse_request(json.dumps(body).encode(), scope, "UTC", 1_700_000_000_000_000)


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_can_be_locked_beside_itself(name: str) -> None:
    """A filter that nobody told how it is joined would fail here, not for a token."""
    given: dict[str, Any] = {name: FILTERS[name].example, **WITH.get(name, {})}
    alone, both = query(EVERYTHING, **given).filters, query(locked(**given), **given).filters
    assert alone != Filters()
    assert query(locked(**given)).filters == alone
    assert replace(both, payload=()) == replace(alone, payload=())
    assert set(both.payload) == set(alone.payload)


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ({"outcome": ["A", "B", None]}, {"outcome": ["B", None]}, {"outcome": ["B", None]}),
        ({"attempt": [1, 2]}, {"attempt": [2, 3]}, {"attempt": 2}),
        ({"min_duration": 5}, {"min_duration": 9}, {"min_duration": 9}),
        ({"max_duration": 5}, {"max_duration": 9}, {"max_duration": 5}),
        ({"success": True}, {"reached": True}, {"success": True, "reached": True}),
        (
            {"date_from": "2025-01-01", "date_to": "2025-01-20"},
            {"date_from": "2025-01-05", "date_to": "2025-02-01"},
            {"date_from": "2025-01-05", "date_to": "2025-01-20"},
        ),
    ],
)
def test_two_are_as_one(first: Any, second: Any, both: Any) -> None:
    wanted = query(EVERYTHING, **both).filters
    assert set(query(locked(**first), **second).filters.values) == set(wanted.values)
    assert query(locked(**first), **second).filters.ends == wanted.ends
    assert query(locked(**second), **first).filters.ends == wanted.ends


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"outcome": "A"}, {"outcome": ["B", None]}),
        ({"hour": 1}, {"hour": [2]}),
        ({"success": True}, {"success": False}),
        ({"date_to": "2025-01-01"}, {"date_from": "2025-01-02"}),
    ],
)
def test_what_excludes_each_other_matches_nothing(first: Any, second: Any) -> None:
    found = joined(query(EVERYTHING, **first).filters, query(EVERYTHING, **second).filters)
    assert found.nothing
    assert not found.values


def test_dates_that_cross_in_one_zone_alone_match_nothing_there() -> None:
    scope = locked(date_from="2025-01-01T12:00:00", date_to="2025-01-01T12:00:00Z")
    assert not query(scope, "Asia/Kolkata").filters.nothing
    assert query(scope, "America/New_York").filters.nothing


def test_no_selection_is_made_without_what_is_locked() -> None:
    scope = locked(outcome="A")
    for wrong in (query(EVERYTHING), query(locked(outcome="B"))):
        with pytest.raises(ValueError, match="locked"):
            plan_query(wrong, scope, Policy())
    with pytest.raises(ValueError, match="locked"):
        plan_query(query(scope), EVERYTHING, Policy())
    with pytest.raises(ValueError, match="selection"):
        scope_conditions(scope, "c", DuckDBDialect())
    with pytest.raises(ValueError, match="selection"):
        Pending(DuckDBDialect(), lambda _: [(0,)]).find(scope)


def test_a_range_that_is_moved_stays_within_the_locked_one() -> None:
    scope = locked(date_from="2025-01-10")
    plan = plan_query(query(scope, date_to="2025-02-01"), scope, Policy())
    moved = replace(plan.selection, begin=0, end=plan.selection.end)
    assert moved.seen == plan.selection.seen
    assert moved.begin == 0


def test_queries_share_rows_only_within_the_same_limits() -> None:
    scope = locked(date_from="2025-01-10")
    dates = {"date_from": "2025-03-01T00:00:00Z", "date_to": "2025-04-01T00:00:00Z"}
    plans = [
        plan_query(query(scope, name, **dates), scope, Policy()) for name in ("UTC", "Asia/Tokyo")
    ]
    assert plans[0].selection.query.filters == plans[1].selection.query.filters
    assert matched(plans[0]) != matched(plans[1])


def test_a_named_range_of_either_says_how_long_the_answer_holds() -> None:
    hours = query(locked(date_range="past_3_hours")).holds
    both = query(locked(date_range="today"), date_range="past_3_hours").holds
    assert hours == both
    assert query(locked(outcome="A")).holds is None
    assert query(locked(outcome="A"), date_range="today").holds is not None
