"""Which questions are answered from a roll-up, and from which."""

import json
import re
from typing import Any

import pytest

from callistics.analytics.parse import parse_request
from callistics.analytics.plan import (
    Plan,
    bounds_frame,
    compile_plan,
    extent_frame,
    is_exact,
    plan_query,
)
from callistics.catalog.rollups import CHANGES, ROLLUPS, Rollup
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.rollups.aggregate_sql import COLUMNS
from callistics.model.scope import EVERYTHING, Scope
from callistics.sql.selection import Policy
from support import inside
from support.store import opened

DIALECT = DuckDBDialect()
NOW = 1_760_000_000_000_000
INDIA, KATHMANDU, ST_JOHNS = "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns"
PAIR = {"reseller_id": "r1", "provider": "P"}
MONTH = {"date_from": "2025-10-01", "date_to": "2025-10-31"}
ONE_DAY = {"date_from": "2025-10-01", "date_to": "2025-10-01"}
NO_QUARTER = {"date_from": "2025-10-01T01:01", "date_to": "2025-10-01T01:28"}
# Clocks went back at 00:01.
AUTUMN = {"date_from": "2010-11-01", "date_to": "2010-11-10"}
QUARTER = {"date_from": "2025-08-01", "date_to": "2025-10-31"}
RESELLER = Scope(reseller_ids=frozenset({"r1"}))


def plan_of(query_type: str, scope: Scope, **body: Any) -> Plan:
    text = json.dumps({"query_type": query_type, **body}).encode()
    return plan_query(parse_request(text, scope, "UTC", NOW), scope, Policy())


def tables(query_type: str, scope: Scope = EVERYTHING, **body: Any) -> set[str]:
    """The tables that a statement reads, without the prefix and but for those of changes."""
    text = compile_plan(plan_of(query_type, scope, **body), DIALECT, ROLLUPS).text
    found = set(re.findall(r"\b(?:FROM|JOIN) (?:rollup_)?(\w+)", text))
    return found - {"call_changes", "lead_changes", "histogram", "ranked"}


@pytest.mark.parametrize(
    ("query_type", "body", "expected"),
    [
        ("call_count", {}, {"provider_times_days"}),
        ("call_count", {"filters": {"reseller_id": "r1"}}, {"reseller_times_days"}),
        ("call_count", {"group_by": ["reseller_id"]}, {"outcomes_blocks"}),
        ("call_count", {"filters": MONTH}, {"provider_times_days"}),
        (
            "call_count",
            {"filters": MONTH, "timezone": INDIA},
            {"provider_times_days", "provider_times_quarters"},
        ),
        ("calls_over_time", {"filters": MONTH}, {"provider_times_days"}),
        (
            "calls_over_time",
            {"filters": MONTH, "timezone": INDIA},
            {"provider_times_quarters"},
        ),
        ("provider_breakdown", {"filters": {"outcome": "YES", **MONTH}}, {"outcomes_days"}),
        ("outcome_distribution", {"filters": QUARTER}, {"outcomes_blocks", "outcomes_days"}),
        ("outcome_distribution", {"filters": MONTH}, {"outcomes_days"}),
        ("top_outcomes", {"filters": MONTH, "group_by": ["provider"]}, {"outcomes_days"}),
        ("retry_analysis", {"filters": MONTH}, {"outcomes_days"}),
        ("sentiment_distribution", {"filters": MONTH}, {"scores_days"}),
        ("call_duration", {"filters": MONTH}, {"provider_durations_days"}),
        ("call_duration", {"filters": MONTH, "group_by": ["reseller_id"]}, {"durations_days"}),
        ("hourly_heatmap", {"timezone": KATHMANDU, "filters": MONTH}, {"provider_times_quarters"}),
        ("hourly_heatmap", {"filters": {"reseller_id": "r1"}}, {"reseller_times_quarters"}),
        ("calls_over_time", {"filters": PAIR | MONTH}, {"times_days"}),
        ("calls_over_time", {"filters": PAIR | MONTH, "granularity": "hour"}, {"times_quarters"}),
        ("calls_over_time", {"filters": MONTH, "group_by": ["outcome"]}, {"outcomes_days"}),
        ("status_distribution", {"filters": {"provider": "P", **MONTH}}, {"leads_days"}),
        ("conversion_funnel", {"filters": {"status": "new", **MONTH}}, {"leads_days"}),
    ],
)
def test_the_quickest_that_can(query_type: str, body: dict[str, Any], expected: set[str]) -> None:
    found = tables(query_type, **body)
    assert found - {"calls", "leads"} == expected


@pytest.mark.parametrize(
    ("query_type", "body"),
    [
        ("call_count", {"filters": {"merchant_id": "m1"}}),
        ("call_count", {"filters": {"min_duration": 1}}),
        ("call_count", {"filters": {"max_duration": 1}}),
        ("call_count", {"filters": {"sentiment_min": 0.5}}),
        ("call_count", {"filters": {"sentiment_max": 0.5}}),
        ("call_count", {"filters": {"payload_filters": {"city": "Delhi"}}}),
        ("call_count", {"filters": {"status": "new"}}),
        ("call_count", {"filters": {"direction": "inbound"}}),
        ("call_count", {"group_by": ["template_id"]}),
        ("call_count", {"group_by": ["payload.city"]}),
        ("call_count", {"filters": NO_QUARTER}),
        ("call_duration", {"filters": {"outcome": "YES"}}),
        ("sentiment_distribution", {"group_by": ["outcome"]}),
        ("top_outcomes", {"filters": MONTH, "group_by": ["weekday"], "timezone": INDIA}),
        ("calls_over_time", {"filters": ONE_DAY, "granularity": "minute"}),
        ("calls_over_time", {"filters": AUTUMN, "granularity": "hour", "timezone": ST_JOHNS}),
        ("status_distribution", {"filters": {"outcome": "YES"}}),
        ("status_distribution", {"filters": {"template_id": "t"}}),
        ("conversion_funnel", {"group_by": ["weekday"], "filters": MONTH, "timezone": INDIA}),
    ],
)
def test_what_none_can_is_asked_of_the_records(query_type: str, body: dict[str, Any]) -> None:
    assert tables(query_type, **body) <= {"calls", "leads"}


def test_a_range_without_cut_steps_reads_no_records() -> None:
    assert tables("outcome_distribution", filters=MONTH) == {"outcomes_days"}
    assert "calls" in tables("outcome_distribution", filters=MONTH, timezone=INDIA)


def test_scopes() -> None:
    assert tables("retry_analysis", RESELLER) == {"outcomes_blocks"}
    assert tables("status_distribution", RESELLER) == {"leads_blocks"}
    calls_of_others = tables("status_distribution", RESELLER, filters={"provider": "P"})
    assert calls_of_others == {"calls", "leads"}
    assert tables("call_count", Scope(merchant_ids=frozenset({"m"}))) == {"calls"}
    assert tables("call_count", Scope(template_ids=frozenset({"t"}))) == {"calls"}


def test_ends_of_a_range_in_whole_steps_serve_where_no_bucket_is_cut() -> None:
    lisbon = plan_of("calls_over_time", EVERYTHING, timezone="Europe/Lisbon")
    frame = extent_frame(lisbon, DIALECT, ROLLUPS)
    assert frame.rolled is not None
    assert is_exact(frame, lisbon.closed(1_577_836_800_000_000, 1_609_459_199_999_999))
    # Until 1912 clocks in Lisbon were 36 minutes and 45 seconds behind.
    assert not is_exact(frame, lisbon.closed(-1_893_456_000_000_000, 1_609_459_199_999_999))
    minutes = plan_of("calls_over_time", EVERYTHING, granularity="minute")
    assert extent_frame(minutes, DIALECT, ROLLUPS).rolled is None


def test_where_no_roll_up_knows_the_ends_one_tells_what_they_lie_between() -> None:
    filtered = plan_of("calls_over_time", EVERYTHING, filters={"min_duration": 5})
    bounds = bounds_frame(filtered, DIALECT, ROLLUPS)
    assert bounds is not None
    assert "rollup_" in DIALECT.render(bounds.source.rows).text
    assert bounds_frame(filtered, DIALECT, ()) is None
    assert bounds_frame(plan_of("calls_over_time", EVERYTHING), DIALECT, ROLLUPS) is None
    merchant = Scope(merchant_ids=frozenset({"m"}))
    assert bounds_frame(plan_of("calls_over_time", merchant), DIALECT, ROLLUPS) is None


@pytest.mark.parametrize("rollup", ROLLUPS, ids=lambda rollup: rollup.name)
def test_the_database_has_the_declared_columns(rollup: Rollup) -> None:
    columns = (*rollup.key_names, *rollup.figures("n"), "merged")
    changed = (rollup.unit.time_column, *COLUMNS[rollup.unit], "n")
    with opened("duckdb") as store:
        for step in rollup.steps:
            found = inside.execute(store.engine, f"DESCRIBE {rollup.table(step)}")
            assert sorted(row[0] for row in found) == sorted(columns)
        found = inside.execute(store.engine, f"DESCRIBE {CHANGES[rollup.unit]}")
        assert sorted(row[0] for row in found) == sorted(changed)
    assert {key.name for key in rollup.keys} <= set(COLUMNS[rollup.unit])
