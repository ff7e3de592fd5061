"""Pieces that several operations of the OpenAPI document share."""

from collections.abc import Iterable, Mapping

from callistics.catalog.dimensions import PAYLOAD_PREFIX
from callistics.http.problems import MEDIA_TYPE
from callistics.model.keys import Permission
from callistics.model.payload import MAX_KEY_LENGTH
from callistics.model.scope import SCOPE_LISTS
from callistics.problem_types import PROBLEM_TYPES

Json = dict[str, object]

BEARER: Json = {"type": "http", "scheme": "bearer", "description": "An access key."}

ON_ERROR: Json = {
    "name": "on_error",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": ["fail", "skip"], "default": "fail"},
    "description": "`skip` stores the good records and reports the bad; else it is all or nothing.",
}
TIMEZONE: Json = {
    "name": "timezone",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "IANA zone of times without an offset; else that of the server's settings.",
    "example": "Europe/Lisbon",
}
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "A retried request with the same key and body answers as the first did.",
}

ANSWER_HEADERS: Json = {
    "Server-Timing": {
        "description": "Milliseconds in all, and in the engine.",
        "schema": {"type": "string"},
    },
    "Callistics-Range": {
        "description": "The range as it was read: half open, in the request's zone, `..` for an "
        "open end.",
        "schema": {"type": "string"},
        "example": "2025-01-01T00:00:00+05:30/2025-02-01T00:00:00+05:30",
    },
    "Callistics-Complete-Until": {
        "description": "The earlier of the range's end and now, in the request's zone: what lies "
        "behind it is still to come.",
        "schema": {"type": "string", "format": "date-time"},
    },
}

PAYLOAD_KEY: Json = {
    "type": "string",
    "pattern": rf"^payload\.[\s\S]{{1,{MAX_KEY_LENGTH}}}$",
    "maxLength": MAX_KEY_LENGTH + len(PAYLOAD_PREFIX),
}
"""`payload.<key>`, as fields to group by, to measure and to list values of."""

KEY_SCOPE: Json = {
    "type": "object",
    "properties": {name: {"type": "array", "items": {"type": "string"}} for name in SCOPE_LISTS},
}
_TIME: Json = {"type": ["string", "null"], "format": "date-time"}
KEY_SCHEMA: Json = {
    "type": "object",
    "required": ["id", "name", "permissions", "scope", "created_at"],
    "properties": {
        "id": {"type": "string"},
        "key": {"type": "string", "description": "Only in the answer that made it."},
        "name": {"type": "string"},
        "permissions": {"type": "array", "items": {"type": "string", "enum": list(Permission)}},
        "scope": {"$ref": "#/components/schemas/KeyScope"},
        "created_at": {"type": "string", "format": "date-time"},
        "expires_at": _TIME,
        "days_left": {
            "type": ["integer", "null"],
            "description": "Whole days until it ends; null where it does not, or is no key.",
        },
        "revoked_at": _TIME,
        "last_used_at": _TIME,
    },
}

_WITH_RETRY = (429, 503)


def ref(name: str) -> Json:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Mapping[str, object]) -> Json:
    """A schema, or null."""
    return {"anyOf": [dict(schema), {"type": "null"}]}


def choice(values: Iterable[str]) -> Json:
    """One of some texts, or null."""
    return {"type": ["string", "null"], "enum": [*(str(one) for one in values), None]}


def list_of(items: Mapping[str, object]) -> Json:
    """A list of what a schema describes."""
    return {"type": "array", "items": items}


def open_object(properties: Mapping[str, object], *optional: str) -> Json:
    """An object of these properties, all required but the optional ones, and maybe of others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def object_of(properties: Mapping[str, object], *optional: str) -> Json:
    """As `open_object`, of these properties alone."""
    return {**open_object(properties, *optional), "additionalProperties": False}


def json_content(schema: Mapping[str, object]) -> Json:
    """A JSON body."""
    return {"application/json": {"schema": schema}}


def request_body(schema: str, example: Json) -> Json:
    """The JSON body that a request must have, by the name of its schema."""
    content = {"schema": ref(schema), "example": example}
    return {"required": True, "content": {"application/json": content}}


def responses(*statuses: int) -> Json:
    """The error answers of an operation."""
    return {str(status): _response(status) for status in statuses}


def _response(status: int) -> Json:
    kinds = [kind for kind in PROBLEM_TYPES if kind.status == status]
    found: Json = {
        "description": " ".join(f"`{kind.uri}`: {kind.when}" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
    }
    if status in _WITH_RETRY:
        seconds: Json = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        found["headers"] = {"Retry-After": seconds}
    return found
