"""What the bodies of all query types share in the OpenAPI document, filters above all."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from callistics.catalog.filter_types import PAYLOAD
from callistics.catalog.filters import FILTERS
from callistics.http.openapi_parts import Json, choice, ref
from callistics.model.buckets import Granularity
from callistics.model.comparison import Comparison


@cache
def shared_schemas() -> Mapping[str, Json]:
    """What the bodies of all query types share, by its name."""
    return {
        "Filters": _filters(),
        "Granularity": choice(Granularity),
        "Comparison": choice(Comparison),
    }


def filter_schemas() -> Json:
    """The schemas of filters by their names.

    Objects that are one choice of several have names of their own: generators of clients make a
    type of each, and name those without a name by their place, twice the same where places meet.
    """
    payload = cast("Mapping[str, Any]", PAYLOAD.schema)
    *values, operators = cast("Sequence[Json]", payload["additionalProperties"]["oneOf"])
    filters = shared_schemas()["Filters"]
    properties = dict(cast("Mapping[str, Json]", filters["properties"]))
    for name, spec in FILTERS.items():
        if spec.type is PAYLOAD:
            said = {key: properties[name][key] for key in ("description", "examples")}
            properties[name] = {**ref("PayloadFilters"), **said}
    return {
        "Filters": {**filters, "properties": properties},
        "PayloadFilters": {**payload, "additionalProperties": ref("PayloadCondition")},
        "PayloadCondition": {"oneOf": [*values, ref("PayloadOperators")]},
        "PayloadOperators": operators,
    }


def _filters() -> Json:
    """The object of filters."""
    filters = {
        name: {**spec.type.schema, "description": spec.help, "examples": [spec.example]}
        for name, spec in FILTERS.items()
    }
    return {
        "type": ["object", "null"],
        "description": "Conditions, all joined by AND.",
        "additionalProperties": False,
        "properties": filters,
        "not": {"anyOf": list(_excluded())},
    }


def _excluded() -> Iterator[Json]:
    """Pairs of filters that cannot be given together; null is the same as leaving one out."""
    given = {"not": {"type": "null"}}
    for name, spec in FILTERS.items():
        for other in spec.instead_of:
            yield {"required": [name, other], "properties": {name: given, other: given}}
