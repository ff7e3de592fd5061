"""Whatever the OpenAPI document allows or forbids, the server does as documented."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from schemathesis.checks import negative_data_rejection
from schemathesis.config import SchemathesisConfig

from callistics.http.openapi import build
from support.examples import examples
from support.live import ADMIN_KEY, Live, live
from support.operations import operations, try_operation

# Valid types may still have impossible values, such as a range that ends before it begins; and what
# a client has already is not sent again.
RIGHTFUL = ["2xx", "304", "401", "403", "404", "409", "422", "429"]
CHECKS: dict[str, Any] = {"positive_data_acceptance": {"expected-statuses": RIGHTFUL}}


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
document = narrowed()


@pytest.fixture(scope="module")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("schema")) as found:
        yield found


@cache
def schema(engine: str) -> Any:
    chosen: dict[str, Any] = {}
    if engine != "duckdb":
        # No engine is asked before a body is found right, however its values are written.
        chosen = {
            "generation": {"mode": "positive", "max-examples": examples(50).max_examples},
            "phases": {"coverage": {"enabled": False}},
        }
    config = SchemathesisConfig.from_dict({"checks": CHECKS, **chosen})
    return schemathesis.openapi.from_dict(document, config=config)


@pytest.mark.parametrize("operation", operations(document))
def test_every_operation(operation: str, server: Live, engine: str) -> None:
    def as_documented(case: Any) -> None:
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        # With on_error=skip bad records are reported in an answer of 200.
        skips = (case.query or {}).get("on_error") == "skip"
        # An empty list in the query is written as nothing.
        lost = any(value in ([], {}, None) for value in (case.query or {}).values())
        excluded = [negative_data_rejection] if skips or lost else []
        case.call_and_validate(base_url=server.url, headers=headers, excluded_checks=excluded)

    try_operation(schema(engine), operation, as_documented)
