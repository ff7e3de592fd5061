"""Tests of one operation of an OpenAPI document, drawn when they are run.

schemathesis draws those of every operation as tests are collected, which each process does.
"""

# pyright: reportUnknownVariableType=false

from collections.abc import Callable, Mapping
from typing import Any

from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source

METHODS = ("get", "put", "post", "patch", "delete")


def operations(document: Mapping[str, Any]) -> list[str]:
    """Every operation, such as `GET /keys`."""
    return [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in METHODS
        if method in methods
    ]


def try_operation(schema: Any, name: str, test: Callable[..., None]) -> None:
    """Call a test with every `case` that is drawn for an operation."""
    method, path = name.split()
    drawn = build_operation_test(
        config=schema.config,
        operation=schema[path][method],
        test_func=test,
        given_kwargs={},
        feedback=FeedbackSources(constants_value_source=make_constants_value_source(schema)),
    )
    drawn()
