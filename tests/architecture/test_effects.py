"""Whatever can be asked for changes the statement that is run: on every engine, on every path."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from callistics.analytics.parse import parse_request
from callistics.analytics.plan import compile_plan, plan_query
from callistics.catalog.dimensions import GROUPABLE
from callistics.catalog.payload_operators import OPERATORS
from callistics.catalog.rollups import ROLLUPS
from callistics.engines.clickhouse.dialect import ClickHouseDialect
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.errors import Refused
from callistics.model.scope import EVERYTHING, Scope
from callistics.queries import registry
from callistics.sql.selection import Policy

DIALECTS = {"duckdb": DuckDBDialect(), "clickhouse": ClickHouseDialect()}
# Roll-ups answer where they can, and the records elsewhere.
PATHS = [("duckdb", ROLLUPS), ("duckdb", ()), ("clickhouse", ())]
POLICY = Policy(lead_stages=("new", "contacted", "converted"))
# Open ends would be looked up first.
RANGE = {"date_from": "2025-01-03", "date_to": "2025-02-27"}
OPERANDS: Mapping[str, Any] = {
    "in": ["a"],
    "not_in": ["a"],
    "exists": True,
    **dict.fromkeys(("gt", "gte", "lt", "lte"), 5),
}
each_path = pytest.mark.parametrize(("engine", "rollups"), PATHS, ids=["rollups", *DIALECTS])


def statement(
    engine: str, rollups: Any, query_type: str, scope: Scope = EVERYTHING, **body: Any
) -> tuple[str, str]:
    """The text and the values of the statement for a body."""
    filters = RANGE | body.pop("filters", {})
    measured = {"measure": "duration"} if registry()[query_type].takes_measure else {}
    asked = {"query_type": query_type, "filters": filters, **measured, **body}
    request = parse_request(json.dumps(asked).encode(), scope, "UTC", 0)
    found = compile_plan(plan_query(request, scope, POLICY), DIALECTS[engine], rollups)
    return found.text, repr(found.values)


@each_path
@pytest.mark.parametrize("query_type", sorted(registry()))
def test_every_operator(query_type: str, engine: str, rollups: Any) -> None:
    found = {
        operator: statement(
            engine,
            rollups,
            query_type,
            filters={"payload_filters": {"k": {operator: OPERANDS.get(operator, "a")}}},
        )
        for operator in OPERATORS
    }
    # A list of one is the one.
    distinct = {name: one for name, one in found.items() if name not in ("in", "not_in")}
    assert len(set(distinct.values())) == len(distinct)
    assert statement(engine, rollups, query_type) not in found.values()


@each_path
@pytest.mark.parametrize("query_type", sorted(registry()))
def test_every_group(query_type: str, engine: str, rollups: Any) -> None:
    without = statement(engine, rollups, query_type)
    taken = 0
    for name in (*GROUPABLE, "payload.city"):
        try:
            found = statement(engine, rollups, query_type, group_by=[name])
        except Refused:
            continue
        taken += 1
        assert found != without, name
    assert taken > 1


@each_path
@pytest.mark.parametrize("query_type", sorted(registry()))
@pytest.mark.parametrize("kind", ["reseller_ids", "merchant_ids", "template_ids"])
def test_every_scope(query_type: str, engine: str, rollups: Any, kind: str) -> None:
    limits: dict[str, Any] = {kind: frozenset({"x"})}
    scoped = statement(engine, rollups, query_type, Scope(**limits))
    assert scoped != statement(engine, rollups, query_type)
