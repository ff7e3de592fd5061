"""Whatever the OpenAPI document allows or forbids, the server does as documented."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import settings
from schemathesis.checks import ignored_auth, negative_data_rejection
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)

from callistics.http.openapi import build
from callistics.queries import registry
from support.examples import examples
from support.live import ADMIN_KEY, Live, live

# Valid types may still have impossible values, such as a range that ends before it begins; and what
# a client has already is not sent again.
RIGHTFUL = ["2xx", "304", "401", "403", "404", "409", "422", "429"]
CHECKS = {"positive_data_acceptance": {"expected-statuses": RIGHTFUL}}
# A simulation without what it has in common with an alert.
SIMULATED = {
    "query": {"const": {"query_type": "call_count"}},
    "field": {"const": "count"},
    "condition": {"const": {"op": "above", "value": 1}},
}
SPOILING = ("formulas", "Idempotency-Key")
DRAWN = (HypothesisTestMode.EXAMPLES, HypothesisTestMode.FUZZING)


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


def dealt() -> dict[str, Any]:
    """The document where what one reader reads in many places is tried in one of them.

    What has one schema in all query types is dealt out to the first that has it. A search has all
    filters, and most query types two of them; tokens lock a few. Records in lists have only what
    they need, changes of alerts a third of what alerts have, and simulations what no alert has.
    What would make every body wrong by itself is left out, as nothing else would then be seen to
    be: comparing without a range, and the parameters of SPOILING.
    """
    document = narrowed()
    for path in document["paths"].values():
        for operation in path.values():
            parameters = operation.get("parameters", [])
            operation["parameters"] = [one for one in parameters if one["name"] not in SPOILING]
    schemas = document["components"]["schemas"]
    for path, name in (("/calls", "Call"), ("/leads", "Lead")):
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        _, many = body["schema"]["anyOf"]
        needed = {one: schemas[name]["properties"][one] for one in schemas[name]["required"]}
        many["items"] = {**schemas[name], "properties": needed}
    every = schemas["Filters"]["properties"]
    each = {name: one for name, one in schemas["Filters"].items() if name != "not"}
    locked = schemas["Locked"]["properties"]
    locked["filters"] = {**each, "properties": dict([*every.items()][::5])}
    simulated = schemas["AlertSimulationRequest"]
    tried = set[str]()
    untried(schemas["AlertRequest"]["properties"], tried)
    simulated["properties"] = {**untried(simulated["properties"], tried), **SIMULATED}
    patch = schemas["AlertPatch"]
    patch["properties"] = dict([*patch["properties"].items()][::3])
    for number, name in enumerate(sorted(registry())):
        request = schemas[f"{name}_request"]
        request["properties"] = own = untried(request["properties"], tried)
        if "compare" in own:
            own["filters"] = {"const": {"date_range": "last_7_days"}}
            request["required"] = [*request["required"], "filters"]
        elif number > 2:
            own["filters"] = {**each, "properties": dict([*every.items()][number % 13 :: 13])}
    return document


def untried(properties: dict[str, Any], tried: set[str]) -> dict[str, Any]:
    """The properties that are not as they have been tried already; from now on they have been."""
    marks = {name: f"{name} {one | {'description': ''}}" for name, one in properties.items()}
    found = {name: one for name, one in properties.items() if marks[name] not in tried}
    tried.update(marks.values())
    return found


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


@pytest.fixture(scope="module")
def guarded(server: Live) -> set[str]:
    """The operations of the server that have been seen to refuse whoever has no key."""
    return set()


def loaded(document: dict[str, Any], **generation: Any) -> Any:
    config = {"checks": CHECKS, "generation": generation}
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))


@cache
def schema(engine: str) -> Any:
    """The document, with what is drawn of it."""
    # Other engines are not asked before a body is found right, however its values are written.
    chosen = {} if engine == "duckdb" else {"mode": "positive"}
    # A wrong key would be all that is found wrong with what else is drawn.
    return loaded(document, **{"with-security-parameters": False}, **chosen)


@cache
def bounds() -> Any:
    """The document whose every keyword is tried in turn."""
    return loaded(dealt())


def made(label: str, found: Any, *modes: HypothesisTestMode, count: int = 11) -> Any:
    """The test of an operation, with its cases.

    The plugin would make those of all operations in each process that collects tests.
    """
    method, path = label.split()
    operation = found[path][method]
    chosen = found.config.get_hypothesis_settings(operation=operation, phase="fuzzing")
    # Headers alone, and ids that nothing has, differ little.
    few = not operation.body and not operation.query
    chosen = settings(chosen, max_examples=examples(count // 3 if few else count).max_examples)
    drawing = HypothesisTestConfig(found.config, [*modes], settings=chosen)
    return create_test(operation=operation, test_func=as_documented, config=drawing)


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation(
    label: str, server: Live, session: requests.Session, engine: str, guarded: set[str]
) -> None:
    given = {"server": server, "session": session, "guarded": guarded}
    if engine == "duckdb":
        made(label, bounds(), HypothesisTestMode.COVERAGE)(**given)
    # What is drawn for the others is right, and differs little from what oracle tests ask them.
    made(label, schema(engine), *DRAWN, count=14 if engine == "duckdb" else 6)(**given)


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_no_key_that_is_drawn(server: Live, session: requests.Session, guarded: set[str]) -> None:
    drawn = made("GET /keys", loaded(document), HypothesisTestMode.FUZZING, count=40)
    drawn(server=server, session=session, guarded=guarded)


def as_documented(case: Any, server: Live, session: requests.Session, guarded: set[str]) -> None:
    label = case.operation.label
    # With on_error=skip bad records are reported in an answer of 200.
    skips = (case.query or {}).get("on_error") == "skip"
    # An empty list in the query is written as nothing.
    lost = any(value in ([], {}, None) for value in (case.query or {}).values())
    excluded = [negative_data_rejection] if skips or lost else []
    answer = case.call_and_validate(
        base_url=server.url,
        headers={"Authorization": f"Bearer {ADMIN_KEY}"},
        excluded_checks=[*excluded, *([ignored_auth] if label in guarded else [])],
        session=session,
    )
    # Without a key, and with a wrong one, it was then asked as well.
    if answer.status_code < 300 and not case.meta.is_negative_at(ParameterLocation.PATH):
        guarded.add(label)
