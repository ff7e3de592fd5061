"""Whatever the OpenAPI document allows or forbids, the server does as documented."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from schemathesis.checks import negative_data_rejection
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.generation.meta import TestPhase

from callistics.http.openapi import build
from support.live import ADMIN_KEY, Live, live

# Valid types may still have impossible values, such as a range that ends before it begins; and what
# a client has already is not sent again.
RIGHTFUL = ["2xx", "304", "401", "403", "404", "409", "422", "429"]
config = SchemathesisConfig.from_dict(
    {"checks": {"positive_data_acceptance": {"expected-statuses": RIGHTFUL}}}
)


@schemathesis.serializer("application/x-ndjson")
def as_lines(_: object, value: object) -> bytes:
    """A text as it is; anything else as one line of JSON."""
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def narrowed() -> dict[str, Any]:
    """The document with few queries of alerts: what may be wrong with one is tried elsewhere."""
    document: Any = build()
    schemas = document["components"]["schemas"]
    queries = [{"query_type": name} for name in ("call_count", "success_rate")]
    for name in ("AlertRequest", "AlertPatch", "AlertSimulationRequest"):
        schemas[name]["properties"] = {**schemas[name]["properties"], "query": {"enum": queries}}
    return document


pytestmark = pytest.mark.slow
schema = schemathesis.openapi.from_dict(narrowed(), config=config)


@pytest.fixture(scope="module")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("schema")) as found:
        yield found


_found: Any = schema.get_all_operations()
OPERATIONS = {one.label: one for one in (found.ok() for found in _found)}


@cache
def drawn(label: str) -> Any:
    """The test of an operation, with its cases.

    The plugin would make those of all operations in each process that collects tests.
    """
    operation = OPERATIONS[label]
    modes = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE, HypothesisTestMode.FUZZING]
    chosen = schema.config.get_hypothesis_settings(operation=operation, phase="fuzzing")
    drawing = HypothesisTestConfig(schema.config, modes, settings=chosen)
    return create_test(operation=operation, test_func=as_documented, config=drawing)


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation(label: str, server: Live, engine: str) -> None:
    drawn(label)(server=server, engine=engine)


def as_documented(case: Any, server: Live, engine: str) -> None:
    # No engine is asked before a body is found right, however its values are written.
    if engine != "duckdb" and (
        case.meta.generation.mode.is_negative or case.meta.phase.name == TestPhase.COVERAGE
    ):
        return
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    # With on_error=skip bad records are reported in an answer of 200.
    skips = (case.query or {}).get("on_error") == "skip"
    # An empty list in the query is written as nothing.
    lost = any(value in ([], {}, None) for value in (case.query or {}).values())
    excluded = [negative_data_rejection] if skips or lost else []
    case.call_and_validate(base_url=server.url, headers=headers, excluded_checks=excluded)
