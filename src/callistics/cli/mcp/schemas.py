"""What the tools take, as JSON schemas: those of the OpenAPI document, short enough for a model."""

from collections.abc import Mapping
from typing import Any, cast

from callistics.analytics.parse_batch import MAX_QUERIES
from callistics.catalog.dimensions import GROUPABLE
from callistics.catalog.filters import FILTERS
from callistics.http.openapi_discovery import discovery_paths
from callistics.http.openapi_schemas import request_schema
from callistics.http.openapi_search import search_schemas
from callistics.http.openapi_shared import shared_schemas
from callistics.queries import registry
from callistics.queries.base import QueryType

Schema = dict[str, Any]
CALLS = 20
"""Calls of a search where no limit is given: each may be long."""

TEXT: Schema = {"type": "string"}


def queries() -> Schema:
    """A list of bodies of `POST /analytics`, of whatever query type."""
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_QUERIES,
        "items": {
            "type": "object",
            "required": ["query_type"],
            "additionalProperties": False,
            "properties": _body(),
        },
    }


def _body() -> Schema:
    kinds = registry().values()
    series = _properties(next(kind for kind in kinds if kind.uses_granularity))
    measured = _properties(next(kind for kind in kinds if kind.takes_measure))
    (named, key) = series["group_by"]["items"]["anyOf"]
    fields = {"anyOf": [{**named, "enum": list(GROUPABLE)}, key]}
    return {
        **series,
        "query_type": {
            "enum": list(registry()),
            "description": "\n".join(f"{one.name} ({one.unit}): {one.summary}" for one in kinds),
        },
        "group_by": {**series["group_by"], "items": fields},
        "measure": {
            **measured["measure"],
            "description": "Of the query type `measure` alone: the number of calls it is about.",
        },
    }


def _properties(kind: QueryType) -> Schema:
    whole = request_schema(kind, shared_schemas().__getitem__)
    return cast("Schema", whole["properties"])


def shared() -> Schema:
    """What a dashboard takes of the body of a query."""
    body = _body()
    names = ("timezone", "granularity", "compare")
    return {"filters": _filters(), **{name: body[name] for name in names}}


def search() -> Schema:
    """The body of `POST /calls/search`."""
    request = cast("Schema", search_schemas()["SearchRequest"])["properties"]
    return {**request, "filters": _filters(), "limit": {**request["limit"], "default": CALLS}}


def _filters() -> Schema:
    """The filters by their names alone: the schema of a query has the rest."""
    text = "Conditions, all joined by AND, as in a query."
    return {"type": "object", "description": text, "propertyNames": {"enum": list(FILTERS)}}


def values() -> Schema:
    """The parameters of `GET /analytics/values`."""
    operation = cast("Mapping[str, Any]", discovery_paths()["/analytics/values"])["get"]
    return {
        one["name"]: {**one["schema"], "description": one["description"]}
        for one in operation["parameters"]
    }
