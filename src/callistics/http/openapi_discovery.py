"""What there is to ask and to filter by, in the OpenAPI document."""

from collections.abc import Mapping

from callistics.analytics.discovery import RECENT_DAYS
from callistics.analytics.parse_values import DEFAULT_LIMIT, MAX_LIMIT, MAX_PREFIX
from callistics.catalog.values import VALUED
from callistics.http.openapi_parts import (
    PAYLOAD_KEY,
    Json,
    json_content,
    list_of,
    object_of,
    ref,
    responses,
)

_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}


def discovery_paths() -> Json:
    """The operations by their paths."""
    return {
        "/analytics/types": {"get": _types()},
        "/analytics/payload-keys": {"get": _payload_keys()},
        "/analytics/values": {"get": _values()},
    }


def discovery_schemas() -> Json:
    """The schemas of their answers, by their names."""
    kinds = {"enum": ["array", "boolean", "number", "object", "string"]}
    key = {"key": _TEXT, "types": list_of(kinds), "calls": _COUNT}
    keys = {"data": list_of(object_of(key)), "complete": {"type": "boolean"}}
    value = {"value": _TEXT, "calls": {"type": "integer", "minimum": 1}}
    return {
        "Types": _types_schema(),
        "PayloadKeys": object_of(keys),
        "Values": object_of({"data": list_of(object_of(value))}),
    }


def _types_schema() -> Json:
    described: Json = {"type": "object", "required": ["name", "description"]}
    lists = ("query_types", "filters", "payload_operators", "measures", "dimensions")
    names = ("granularities", "compare", "value_fields", "formats")
    values: Json = {"type": "object"}
    return object_of(
        {
            **{name: list_of(described) for name in lists},
            **{name: list_of(_TEXT) for name in names},
            "date_ranges": object_of({"forms": list_of(_TEXT), "greatest_n": _COUNT}),
            "unreached_outcomes": list_of(object_of({"key": _TEXT, "sources": list_of(values)})),
            "settings": values,
            "schemas": values,
        }
    )


def _types() -> Json:
    known: Json = {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The `ETag` of an earlier answer: 304 where it is still the same.",
    }
    tag = {"ETag": {"description": "Names this answer.", "schema": _TEXT}}
    return {
        "operationId": "types",
        "tags": ["Analytics"],
        "summary": "What can be asked",
        "description": "Every query type with the fields of its rows and the schema of its body, "
        "every filter, operator, measure, dimension, granularity and format, and the settings "
        "that decide what success, reach and the stages are.",
        "parameters": [known],
        "responses": {
            "200": {
                "description": "The description.",
                "headers": tag,
                "content": json_content(ref("Types")),
            },
            "304": {"description": "It is still the same.", "headers": tag},
            **responses(400, 401, 403, 429, 503),
        },
    }


def _payload_keys() -> Json:
    return {
        "operationId": "payload_keys",
        "tags": ["Analytics"],
        "summary": "The keys of payloads",
        "description": "The keys in the key's scope, the JSON types of what is under them, and how "
        f"many calls of the last {RECENT_DAYS} days have them; those of most calls first.",
        "responses": {
            "200": {"description": "The keys.", "content": json_content(ref("PayloadKeys"))},
            **responses(400, 401, 403, 429, 503, 504),
        },
    }


def _values() -> Json:
    field: Json = {"anyOf": [{"enum": list(VALUED)}, PAYLOAD_KEY]}
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    prefix = {"type": "string", "maxLength": MAX_PREFIX}
    return {
        "operationId": "values",
        "tags": ["Analytics"],
        "summary": "The values of a field",
        "description": "The values in the key's scope, each with how many calls a filter by it "
        "finds; by calls, most first, then by value.",
        "parameters": [
            _parameter("field", field, "Whose values.", required=True),
            _parameter("prefix", prefix, "Only values that begin so, in upper or lower case."),
            _parameter("limit", limit, "So many values at most."),
        ],
        "responses": {
            "200": {"description": "The values.", "content": json_content(ref("Values"))},
            **responses(400, 401, 403, 422, 429, 503, 504),
        },
    }


def _parameter(
    name: str, schema: Mapping[str, object], text: str, *, required: bool = False
) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "schema": schema,
        "description": text,
    }
