"""Whatever the OpenAPI document allows or forbids, the server does as documented."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis.checks import negative_data_rejection
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)

from callistics.http.openapi import build
from support.examples import examples
from support.live import ADMIN_KEY, Live, live

# Valid types may still have impossible values, such as a range that ends before it begins; and what
# a client has already is not sent again.
RIGHTFUL = ["2xx", "304", "401", "403", "404", "409", "422", "429"]
CHECKS = {"positive_data_acceptance": {"expected-statuses": RIGHTFUL}}
EVERY_WAY = (HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE, HypothesisTestMode.FUZZING)
RIGHT = (HypothesisTestMode.EXAMPLES, HypothesisTestMode.FUZZING)


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
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in document["paths"].items()
    for method in ("get", "put", "post", "patch", "delete")
    if method in methods
]


@pytest.fixture(scope="module")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("schema")) as found:
        yield found


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """A connection that is kept, and nothing of the environment looked up for each request."""
    with requests.Session() as found:
        found.trust_env = False
        yield found


@cache
def schema(engine: str) -> Any:
    """The document, with how much is drawn of it."""
    # Other engines are not asked before a body is found right, however its values are written.
    right = {"mode": "positive", "max-examples": examples(50).max_examples}
    chosen = {} if engine == "duckdb" else {"generation": right}
    config = SchemathesisConfig.from_dict({"checks": CHECKS, **chosen})
    return schemathesis.openapi.from_dict(document, config=config)


def drawn(label: str, engine: str) -> Any:
    """The test of an operation, with its cases.

    The plugin would make those of all operations in each process that collects tests.
    """
    method, path = label.split()
    found = schema(engine)
    operation = found[path][method]
    chosen = found.config.get_hypothesis_settings(operation=operation, phase="fuzzing")
    modes = [*(EVERY_WAY if engine == "duckdb" else RIGHT)]
    drawing = HypothesisTestConfig(found.config, modes, settings=chosen)
    return create_test(operation=operation, test_func=as_documented, config=drawing)


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation(label: str, server: Live, session: requests.Session, engine: str) -> None:
    drawn(label, engine)(server=server, session=session)


def as_documented(case: Any, server: Live, session: requests.Session) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    # With on_error=skip bad records are reported in an answer of 200.
    skips = (case.query or {}).get("on_error") == "skip"
    # An empty list in the query is written as nothing.
    lost = any(value in ([], {}, None) for value in (case.query or {}).values())
    excluded = [negative_data_rejection] if skips or lost else []
    case.call_and_validate(
        base_url=server.url, headers=headers, excluded_checks=excluded, session=session
    )
