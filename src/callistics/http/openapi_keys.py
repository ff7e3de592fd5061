"""Access keys in the OpenAPI document."""

from callistics.access.rotation import DEFAULT_OVERLAP, MAX_OVERLAP
from callistics.http.openapi_parts import (
    Json,
    json_content,
    list_of,
    open_object,
    ref,
    request_body,
    responses,
)

_KEY_ID: Json = {"name": "key_id", "in": "path", "required": True, "schema": {"type": "string"}}


def key_paths() -> Json:
    """The paths with their operations."""
    return {
        "/keys": {"post": _create_key(), "get": _list_keys()},
        "/keys/{key_id}": {"delete": _revoke_key()},
        "/keys/{key_id}/rotate": {"post": _rotate_key()},
    }


def _create_key() -> Json:
    example: Json = {
        "name": "dashboard of mer_abc",
        "permissions": ["query"],
        "scope": {"merchant_ids": ["mer_abc"]},
    }
    return {
        "operationId": "create_key",
        "tags": ["Keys"],
        "summary": "Make a key",
        "description": "The answer shows the key itself, this once.",
        "requestBody": request_body("KeyRequest", example),
        "responses": {
            "201": {"description": "Made.", "content": json_content(ref("Key"))},
            **responses(400, 401, 403, 408, 413, 415, 422, 429, 503),
        },
    }


def _list_keys() -> Json:
    keys = open_object({"keys": list_of(ref("Key"))})
    return {
        "operationId": "list_keys",
        "tags": ["Keys"],
        "summary": "List keys",
        "responses": {
            "200": {"description": "The keys.", "content": json_content(keys)},
            **responses(400, 401, 403, 429),
        },
    }


def _revoke_key() -> Json:
    return {
        "operationId": "revoke_key",
        "tags": ["Keys"],
        "summary": "Revoke a key at once",
        "parameters": [_KEY_ID],
        "responses": {
            "204": {"description": "Revoked."},
            **responses(400, 401, 403, 404, 429, 503),
        },
    }


def _rotate_key() -> Json:
    overlap: Json = {
        "type": "integer",
        "minimum": 0,
        "maximum": MAX_OVERLAP,
        "default": DEFAULT_OVERLAP,
        "description": "Seconds that the old key holds beside the new one.",
    }
    body: Json = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"overlap": overlap},
    }
    content = {"schema": body, "example": {"overlap": 3_600}}
    return {
        "operationId": "rotate_key",
        "tags": ["Keys"],
        "summary": "Make a key that follows another",
        "description": "It has the name, the permissions and the scope of the old one, and lasts as"
        " long. The answer shows the key itself, this once.",
        "parameters": [_KEY_ID],
        "requestBody": {"required": False, "content": {"application/json": content}},
        "responses": {
            "201": {"description": "Made.", "content": json_content(ref("Key"))},
            **responses(400, 401, 403, 404, 408, 413, 415, 422, 429, 503),
        },
    }
