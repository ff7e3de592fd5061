"""Whatever the OpenAPI document allows or forbids, the server does as documented."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import schemathesis
from schemathesis.checks import negative_data_rejection
from schemathesis.config import SchemathesisConfig

from callistics.http.openapi import build
from support.live import ADMIN_KEY, Live, live

# Valid types may still have impossible values, such as a range that ends before it begins; and what
# a client has already is not sent again.
RIGHTFUL = ["2xx", "304", "401", "403", "404", "409", "422", "429"]
METHODS = ("get", "put", "post", "patch", "delete")
CHECKS: dict[str, Any] = {"positive_data_acceptance": {"expected-statuses": RIGHTFUL}}
# No engine is asked before a body is found right, however its values are written.
RIGHT_ALONE: dict[str, Any] = {
    "generation": {"mode": "positive", "max-examples": 50},
    "phases": {"coverage": {"enabled": False}},
}


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


def operations(document: Mapping[str, Any]) -> list[str]:
    """Every operation, such as `GET /keys`."""
    return [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if method in METHODS
    ]


pytestmark = pytest.mark.slow
document = narrowed()


@pytest.fixture(scope="module")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("schema")) as found:
        yield found


@cache
def schema(engine: str) -> Any:
    chosen = {} if engine == "duckdb" else RIGHT_ALONE
    config = SchemathesisConfig.from_dict({"checks": CHECKS, **chosen})
    return schemathesis.openapi.from_dict(document, config=config)


# Cases are drawn in the process that tries them: to draw those of every operation takes each
# process that collects tests longer than all else.
@pytest.fixture(params=operations(document))
def operation(request: pytest.FixtureRequest, engine: str) -> Any:
    method, path = request.param.split()
    return schema(engine).include(method=method, path=path)


each_case: Any = schemathesis.pytest.from_fixture("operation").parametrize()


@each_case
def test_every_operation(case: Any, server: Live) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    # With on_error=skip bad records are reported in an answer of 200.
    skips = (case.query or {}).get("on_error") == "skip"
    # An empty list in the query is written as nothing.
    lost = any(value in ([], {}, None) for value in (case.query or {}).values())
    excluded = [negative_data_rejection] if skips or lost else []
    case.call_and_validate(base_url=server.url, headers=headers, excluded_checks=excluded)
