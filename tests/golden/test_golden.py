"""The SQL of every query type, one readable file each, reviewed like code.

`UPDATE_GOLDEN=1 pytest tests/golden` writes the files anew; the difference is what there is to
review.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from callistics.analytics.parse import parse_request
from callistics.analytics.plan import (
    compile_extent,
    compile_plan,
    extent_frame,
    needs_extent,
    plan_query,
)
from callistics.analytics.rollup_match import Rollups
from callistics.catalog.rollups import ROLLUPS
from callistics.engines.clickhouse.dialect import ClickHouseDialect
from callistics.engines.clickhouse.migrate import ddl
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.model.scope import EVERYTHING, Scope
from callistics.queries import registry
from callistics.sql.dialect import Dialect
from callistics.sql.selection import Policy

FOLDER = Path(__file__).parent
SCOPE = Scope(merchant_ids=frozenset({"mer_abc"}))
POLICY = Policy(lead_stages=("new", "contacted", "converted"))
RANGE = {"date_from": "2025-10-01", "date_to": "2025-10-31"}
CALL_FILTERS = {"min_duration": 10, "provider": ["TWILIO", None]}
PAYLOAD = {"payload_filters": {"city": "Delhi", "age": {"gte": 60, "ne": 65}}}
BODIES: dict[str, dict[str, Any]] = {
    "plain": {},
    "open": {"timezone": "Asia/Kathmandu", "group_by": ["weekday"]},
    "full": {
        "filters": {**RANGE, **CALL_FILTERS, **PAYLOAD, "status": "new"},
        "timezone": "Europe/Lisbon",
        "granularity": "hour",
        "group_by": ["template_id", "weekday"],
    },
}
DIALECTS: dict[str, Dialect] = {"clickhouse": ClickHouseDialect(), "duckdb": DuckDBDialect()}


# 9 October 2025
NOW = 1_760_000_000_000_000

# A platform's questions, which roll-ups answer: all time, and a month of the clocks of a zone.
PLATFORM = {
    "open": {},
    "month": {
        "filters": {**RANGE, "date_from": "2025-08-05", "reseller_id": "res_north"},
        "timezone": "Asia/Kolkata",
    },
    "provider": {"filters": {"provider": ["TWILIO", None], "date_to": "2025-10-31T12:00"}},
}
MEASURES = {
    name: {"measure": measure}
    for names, measure in ((BODIES, "payload.age"), (PLATFORM, "cost"))
    for name in names
} | {"open": {"measure": "sentiment"}}


def compiled(
    engine: str,
    query_type: str,
    bodies: dict[str, dict[str, Any]],
    scope: Scope,
    rollups: Rollups = (),
) -> str:
    dialect = DIALECTS[engine]
    parts: list[str] = []
    for name, body in bodies.items():
        measure = MEASURES[name] if query_type == "measure" else {}
        text = json.dumps({"query_type": query_type, **measure, **body}).encode()
        plan = plan_query(parse_request(text, scope, "UTC", NOW), scope, POLICY)
        if needs_extent(plan):
            statement = compile_extent(plan, extent_frame(plan, dialect, rollups))
            parts.append(f"-- {name}: ends of the range\n{statement.text}\n")
            plan = plan.closed(1_735_689_600_000_000, 1_767_225_599_000_000)
        statement = compile_plan(plan, dialect, rollups)
        values = "\n".join(f"--   {value!r}" for value in statement.values)
        parts.append(f"-- {name}\n{statement.text}\n-- values\n{values}\n")
    return "\n".join(parts)


def hold(file: Path, found: str) -> None:
    """Compare with the file, or write it anew."""
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == found


@pytest.mark.parametrize("engine", DIALECTS)
@pytest.mark.parametrize("query_type", sorted(registry()))
def test_compiled_sql(engine: str, query_type: str) -> None:
    found = compiled(engine, query_type, BODIES, SCOPE)
    hold(FOLDER / engine / f"{query_type}.sql", found)


@pytest.mark.parametrize("query_type", sorted(registry()))
def test_sql_over_rollups(query_type: str) -> None:
    found = compiled("duckdb", query_type, PLATFORM, EVERYTHING, ROLLUPS)
    hold(FOLDER / "rollups" / f"{query_type}.sql", found)


def test_schema_of_a_cluster() -> None:
    hold(FOLDER / "schema" / "clickhouse_cluster.sql", ";\n\n".join(ddl("calls_cluster")) + ";\n")


def test_no_file_is_left_behind() -> None:
    for folder in (*DIALECTS, "rollups"):
        files = {file.stem for file in (FOLDER / folder).glob("*.sql")}
        assert files == registry().keys()
