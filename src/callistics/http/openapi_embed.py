"""`POST /embed-tokens` and `DELETE /embed-tokens` in the OpenAPI document."""

from callistics.access.claims import MAX_SECONDS
from callistics.http.embed_request import DEFAULT_SECONDS
from callistics.http.openapi_parts import (
    Json,
    json_content,
    object_of,
    ref,
    request_body,
    responses,
)
from callistics.model.scope import SCOPE_LISTS

TOKEN: Json = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A token of `POST /embed-tokens`, or of an issuer that the settings name.",
}
_EXAMPLE: Json = {
    "scope": {"merchant_ids": ["mer_abc"]},
    "expires_in": 900,
    "locked": {"filters": {"template_id": "tpl_xyz789"}, "timezone": "Asia/Kolkata"},
}


def operations() -> Json:
    """The two operations."""
    return {"post": _create(), "delete": _revoke()}


def _create() -> Json:
    return {
        "operationId": "create_embed_token",
        "tags": ["Keys"],
        "summary": "Sign a token for embedding",
        "description": "It can query and nothing else, within its scope and its locked filters.",
        "requestBody": request_body("EmbedTokenRequest", _EXAMPLE),
        "responses": {
            "201": {"description": "Signed.", "content": json_content(ref("EmbedToken"))},
            **responses(400, 401, 403, 408, 413, 415, 422, 429, 503),
        },
    }


def _revoke() -> Json:
    return {
        "operationId": "revoke_embed_tokens",
        "tags": ["Keys"],
        "summary": "Refuse every token signed so far",
        "description": "Needs an admin key without a scope.",
        "responses": {
            "204": {"description": "Revoked."},
            **responses(400, 401, 403, 408, 413, 429, 503),
        },
    }


def embed_schemas() -> Json:
    """The schemas of its request and answer, by their names."""
    locked: Json = {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            "filters": ref("Filters"),
            "timezone": {"type": ["string", "null"], "description": "The only zone of queries."},
        },
        "description": "Filters that are joined to those of every query by AND.",
    }
    return {"EmbedTokenRequest": _request(), "Locked": locked, "EmbedToken": _answer()}


def _request() -> Json:
    ids = {"type": ["array", "null"], "minItems": 1, "items": {"type": "string"}}
    properties: Json = {
        "scope": {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "properties": dict.fromkeys(SCOPE_LISTS, ids),
            "description": "Lists that must all hold, at least one of them.",
        },
        "expires_in": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": MAX_SECONDS,
            "default": DEFAULT_SECONDS,
            "description": "Seconds; no longer than the key that asks.",
        },
        "locked": ref("Locked"),
        "origins": {
            "type": ["array", "null"],
            "minItems": 1,
            "items": {"type": "string", "examples": ["https://shop.example"]},
            "description": "The only origins that it may be sent from.",
        },
    }
    return {
        "type": "object",
        "required": ["scope"],
        "additionalProperties": False,
        "properties": properties,
    }


def _answer() -> Json:
    texts = {"token": {}, "expires_at": {"format": "date-time"}, "url": {"format": "uri"}}
    return object_of({name: {"type": "string", **more} for name, more in texts.items()})
