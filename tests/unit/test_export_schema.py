"""The columns of an export: derived from what the rows of each type declare."""

from typing import Any

import pyarrow as pa
import pytest
from pyarrow import types

from callistics.analytics.plan import Plan
from callistics.catalog.measures import MEASURES
from callistics.exports.calls import calls_schema
from callistics.exports.schema import schema_of
from callistics.model.scope import EVERYTHING
from callistics.queries import registry
from support.store import opened

INSTANT: Any = pa.timestamp("us", tz="Asia/Kolkata")
FIGURES: dict[str, Any] = {
    "count": pa.int64(),
    "percentage": pa.decimal128(5, 2),
    "success_rate": pa.decimal128(5, 2),
    "avg_duration": pa.decimal128(18, 2),
    "total": pa.decimal128(38, 3),
    "sum": pa.decimal128(38, 6),
    "p99": pa.decimal128(18, 6),
}


def plan_of(query_type: str, **body: Any) -> Plan:
    more = {"measure": "cost"} if registry()[query_type].takes_measure else {}
    asked = {"query_type": query_type, "timezone": "Asia/Kolkata", **more, **body}
    with opened() as store:
        return store.analytics().plan(asked, EVERYTHING, store.now)


def types_of(query_type: str, **body: Any) -> dict[str, Any]:
    return {field.name: field.type for field in schema_of(plan_of(query_type, **body))}


@pytest.mark.parametrize("name", registry())
def test_every_field_of_every_type_has_a_column(name: str) -> None:
    kind, found = registry()[name], types_of(name)
    assert list(found) == [field.name for field in kind.columns]
    for field in kind.columns:
        # A number with decimals is exact, and says how many it has.
        assert types.is_decimal(found[field.name]) == field.type.startswith("number")
        assert types.is_integer(found[field.name]) == field.type.startswith("integer")


def test_whole_numbers_have_64_bits() -> None:
    """Polars 2.1 adds those of 32 in 32 bits, see findings/a-month-of-talk-is-negative.sh."""
    of_calls = [field.type for field in calls_schema(plan_of("call_count").selection.query)]
    found = [*of_calls, *(one for name in registry() for one in types_of(name).values())]
    assert {one for one in found if types.is_integer(one)} == {pa.int64()}


def test_figures() -> None:
    found = {
        **types_of("measure"),
        **types_of("call_duration"),
        **types_of("retry_analysis"),
        **types_of("avg_duration_over_time"),
        "sum": types_of("measure")["sum"],
        "p99": types_of("measure")["p99"],
    }
    assert {name: found[name] for name in FIGURES} == FIGURES


def test_columns_of_groups_come_first() -> None:
    fields = ["payload.city", "weekday", "attempt"]
    found = types_of("call_count", group_by=fields)
    assert list(found) == [*fields, "count"]
    assert [found[name] for name in fields] == [pa.string(), pa.int64(), pa.int64()]


@pytest.mark.parametrize(
    ("granularity", "type_"),
    [
        ("minute", INSTANT),
        ("hour", INSTANT),
        ("day", pa.date32()),
        ("week", pa.date32()),
        ("month", pa.date32()),
        ("quarter", pa.date32()),
        ("year", pa.date32()),
    ],
)
def test_buckets_are_instants_up_to_the_hour_and_dates_from_the_day_on(
    granularity: str, type_: Any
) -> None:
    assert types_of("calls_over_time", granularity=granularity)["date"] == type_
    groups = {"granularity": granularity, "group_by": ["date"]}
    assert types_of("call_count", **groups)["date"] == type_


def test_only_a_measure_in_currencies_has_them() -> None:
    for measure in MEASURES:
        assert ("currency" in types_of("measure", measure=measure)) == (measure == "cost")


def test_the_schema_says_what_it_is_about() -> None:
    dates = {"date_from": "2025-01-01", "date_to": "2025-01-31"}
    assert schema_of(plan_of("call_count", filters=dates)).metadata == {
        b"query_type": b"call_count",
        b"range": b"2025-01-01T00:00:00+05:30/2025-02-01T00:00:00+05:30",
        b"timezone": b"Asia/Kolkata",
    }
