"""No filter is accepted and without effect: each changes the statement, wherever it is built."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from callistics.analytics.parse import parse_request
from callistics.analytics.plan import (
    Plan,
    compile_extent,
    compile_plan,
    extent_frame,
    plan_query,
)
from callistics.analytics.rollup_match import Rollups
from callistics.catalog.filter import Filter
from callistics.catalog.filters import FILTERS, RANGE
from callistics.catalog.rollups import ROLLUPS, Rollup
from callistics.engines.clickhouse.dialect import ClickHouseDialect
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.model.scope import EVERYTHING
from callistics.queries import registry
from callistics.sql.dialect import Dialect, Statement
from callistics.sql.selection import Policy, Unit
from support.store import lent

DIALECTS: dict[str, Dialect] = {"duckdb": DuckDBDialect(), "clickhouse": ClickHouseDialect()}
UNITS = {unit: next(k.name for k in registry().values() if k.unit is unit) for unit in Unit}
Body = dict[str, Any]


def beside(name: str) -> Body:
    """What a filter must have beside it."""
    needed = FILTERS[name].with_one
    return {} if needed is None else {needed: FILTERS[needed].example}


def plan_of(query_type: str, filters: Body) -> Plan:
    measured = {"measure": "duration"} if registry()[query_type].takes_measure else {}
    body = json.dumps({"query_type": query_type, "filters": filters, **measured}).encode()
    return plan_query(parse_request(body, EVERYTHING, "UTC", 0), EVERYTHING, Policy())


def pair(query_type: str, name: str) -> tuple[Plan, Plan]:
    """The plans without the filter and with it."""
    others = beside(name)
    return plan_of(query_type, others), plan_of(query_type, {**others, name: FILTERS[name].example})


def answered_from(rollup: Rollup, plan: Plan) -> bool:
    return "rollup_" in compile_plan(plan, DIALECTS["duckdb"], [rollup]).text


@pytest.mark.parametrize("engine", DIALECTS)
@pytest.mark.parametrize("name", FILTERS)
def test_it_changes_what_is_asked_of_the_records(engine: str, name: str) -> None:
    dialect = DIALECTS[engine]
    for query_type in registry():
        without, with_it = pair(query_type, name)
        assert compile_plan(without, dialect) != compile_plan(with_it, dialect)
        assert ends(without, dialect) != ends(with_it, dialect)


@pytest.mark.parametrize("name", FILTERS)
def test_it_changes_what_is_asked_where_there_are_roll_ups(name: str) -> None:
    dialect = DIALECTS["duckdb"]
    for query_type, rollups in product(registry(), (ROLLUPS, *([one] for one in ROLLUPS))):
        without, with_it = pair(query_type, name)
        assert compile_plan(without, dialect, rollups) != compile_plan(with_it, dialect, rollups)
        assert ends(without, dialect, rollups) != ends(with_it, dialect, rollups)


def ends(plan: Plan, dialect: Dialect, rollups: Rollups = ()) -> Statement:
    return compile_extent(plan, extent_frame(plan, dialect, rollups))


@pytest.mark.parametrize("name", sorted(FILTERS.keys() - RANGE))
def test_a_roll_up_answers_only_where_it_declares_the_filter(name: str) -> None:
    dialect = DIALECTS["duckdb"]
    undeclared = [one for one in ROLLUPS if name not in one.filters]
    assert undeclared
    for query_type in registry():
        _, plan = pair(query_type, name)
        assert "rollup_" not in compile_plan(plan, dialect, undeclared).text
        assert "rollup_" not in ends(plan, dialect, undeclared).text


def declared() -> Iterator[tuple[Rollup, str]]:
    for rollup in ROLLUPS:
        yield from ((rollup, name) for name in sorted(rollup.filters))


def test_a_roll_up_has_what_its_filters_test() -> None:
    with lent() as store:
        for rollup, name in declared():
            plans = [pair(query_type, name)[1] for query_type in registry()]
            answered = [plan for plan in plans if answered_from(rollup, plan)]
            assert answered, f"{rollup.name} declares {name} in vain"
            for plan in answered:
                store.engine.run(compile_plan(plan, store.engine.dialect, [rollup]))


@pytest.mark.parametrize("engine", ["duckdb", "chdb"])
def test_every_statement_is_one_that_the_engine_takes(engine: str) -> None:
    with lent(engine) as store:
        for query_type, name in product(UNITS.values(), FILTERS):
            rows = store.rows(query_type, filters={**beside(name), name: FILTERS[name].example})
            assert all(row["count"] == 0 for row in rows)


@pytest.mark.parametrize("left_out", ["condition", "type"])
def test_none_is_made_without_what_it_says_in_sql(left_out: str) -> None:
    whole: dict[str, Any] = {
        name: getattr(FILTERS["provider"], name)
        for name in ("name", "type", "help", "example", "subject", "condition")
    }
    assert Filter(**whole) == FILTERS["provider"]
    del whole[left_out]
    with pytest.raises(TypeError, match=left_out):
        Filter(**whole)
