"""Generators of clients make a type of each object of the OpenAPI document, so those have names.

openapi-python-client 0.29.1 goes over what a union holds more than once, and leaves out an object
that has no name there, with all that refers to it (`findings/`).
"""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from callistics.http.openapi import build

SCHEMAS: dict[str, Any] = cast("Any", build())["components"]["schemas"]


def schemas(schema: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and all within it, each by its place."""
    if isinstance(schema, list):
        for number, one in enumerate(cast("list[Any]", schema)):
            yield from schemas(one, f"{place}/{number}")
    if isinstance(schema, dict):
        yield place, cast("dict[str, Any]", schema)
        for name, one in cast("dict[str, Any]", schema).items():
            if name != "not":
                yield from schemas(one, f"{place}/{name}")


def choices(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ())]


UNIONS = [
    (place, one)
    for name, schema in SCHEMAS.items()
    for place, found in schemas(schema, name)
    for one in choices(found)
]


def test_there_are_unions_of_objects() -> None:
    named = {one["$ref"].rpartition("/")[2] for _, one in UNIONS if "$ref" in one}
    assert {"AlertWebhookTarget", "PayloadOperators", "call_count_request"} <= named


@pytest.mark.parametrize(("place", "one"), UNIONS, ids=[place for place, _ in UNIONS])
def test_an_object_of_a_union_has_a_name(place: str, one: dict[str, Any]) -> None:
    assert "properties" not in one, place
    whole = SCHEMAS[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
    within = [at for at, found in schemas(whole, place) if "properties" in found]
    assert within in ([], [place])
