"""Webhooks and their endpoints in the OpenAPI document."""

from callistics.http.openapi_parts import (
    Json,
    json_content,
    list_of,
    open_object,
    ref,
    request_body,
    responses,
)
from callistics.model.webhooks import MAPPED_AS
from callistics.webhooks.endpoint_request import FIELDS, MAX_ITEMS, PATCHED
from callistics.webhooks.platforms import platforms
from callistics.webhooks.stored import LETTERS_SHOWN, MOST_LETTERS

_TEXT: Json = {"type": ["string", "null"], "minLength": 1}
_TEXTS: Json = {
    "type": ["array", "null"],
    "maxItems": MAX_ITEMS,
    "items": {"type": "string", "minLength": 1},
}
_TIME: Json = {"type": ["string", "null"], "format": "date-time"}
_FIELDS: Json = {
    "source": {"type": "string", "enum": sorted(platforms())},
    "merchant_id": {**_TEXT, "description": "Whose calls they are; or `merchant_from`."},
    "merchant_from": {**_TEXT, "description": "Path of the merchant in the body, such as `a.b`."},
    "reseller_id": {**_TEXT, "description": "Their reseller; or `reseller_from`, or the default."},
    "reseller_from": {**_TEXT, "description": "Path of the reseller in the body."},
    "template_from": {**_TEXT, "description": "Path of the template in the body."},
    "secret": {**_TEXT, "description": "What the platform signs with; kept as it is, never shown."},
    "second_secret": {**_TEXT, "description": "Another that holds as well, during a rotation."},
    "payload_keep": {**_TEXTS, "description": "Paths whose values go into the payload."},
    "addresses": {**_TEXTS, "description": "Addresses and networks that alone may send."},
}
_EXAMPLE: Json = {
    "source": "vapi",
    "merchant_id": "mer_abc",
    "reseller_id": "res_1",
    "secret": "a secret of the platform",
    "payload_keep": ["message.analysis.summary"],
}
_ENDPOINT_ID: Json = {
    "name": "endpoint_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
}
_LIMIT: Json = {
    "name": "limit",
    "in": "query",
    "required": False,
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_LETTERS, "default": LETTERS_SHOWN},
    "description": "So many of the newest.",
}


def webhook_paths() -> Json:
    """The paths with their operations."""
    letters = "/webhook-endpoints/{endpoint_id}/dead-letters"
    return {
        "/webhooks/{source}/{token}": {"post": _receive()},
        "/webhook-endpoints": {"post": _create(), "get": _list()},
        "/webhook-endpoints/{endpoint_id}": {"patch": _change(), "delete": _end()},
        letters: {"get": _dead_letters(), "delete": _delete_letters()},
        f"{letters}/replay": {"post": _replay()},
    }


def _operation(name: str, summary: str, *parameters: Json, **more: object) -> Json:
    found: Json = {"operationId": name, "tags": ["Webhooks"], "summary": summary}
    return found | ({"parameters": list(parameters)} if parameters else {}) | more


def _receive() -> Json:
    names = ("source", "token")
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    types = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    content: Json = {one: {"schema": {}} for one in types}
    return _operation(
        "receive_webhook",
        "Take what a platform sends",
        *parameters,
        description="The body is durable once answered and mapped soon after. It is signed as the"
        " platform defines it.",
        security=[],
        requestBody={"required": True, "content": content},
        responses={
            "200": {"description": "Kept."},
            **responses(400, 401, 404, 408, 413, 415, 503),
        },
    )


def _create() -> Json:
    return _operation(
        "create_webhook_endpoint",
        "Make a webhook endpoint",
        description="The answer shows its address, this once.",
        requestBody=request_body("WebhookEndpointRequest", _EXAMPLE),
        responses={
            "201": {"description": "Made.", "content": json_content(ref("WebhookEndpoint"))},
            **responses(400, 401, 403, 408, 413, 415, 422, 429, 503),
        },
    )


def _list() -> Json:
    found = open_object({"webhook_endpoints": list_of(ref("WebhookEndpoint"))})
    return _operation(
        "list_webhook_endpoints",
        "List webhook endpoints",
        responses={
            "200": {
                "description": "The endpoints in the key's scope.",
                "content": json_content(found),
            },
            **responses(400, 401, 403, 429),
        },
    )


def _change() -> Json:
    return _operation(
        "change_webhook_endpoint",
        "Change a webhook endpoint, to rotate its secrets",
        _ENDPOINT_ID,
        requestBody=request_body("WebhookEndpointPatch", {"second_secret": "the next secret"}),
        responses={
            "200": {"description": "Changed.", "content": json_content(ref("WebhookEndpoint"))},
            **responses(400, 401, 403, 404, 408, 413, 415, 422, 429, 503),
        },
    )


def _end() -> Json:
    return _operation(
        "end_webhook_endpoint",
        "End a webhook endpoint at once",
        _ENDPOINT_ID,
        responses={
            "204": {"description": "Ended."},
            **responses(400, 401, 403, 404, 429, 503),
        },
    )


def _dead_letters() -> Json:
    found = open_object({"dead_letters": list_of(ref("DeadLetter")), "total": {"type": "integer"}})
    return _operation(
        "list_dead_letters",
        "What could not be mapped",
        _ENDPOINT_ID,
        _LIMIT,
        responses={
            "200": {"description": "The newest.", "content": json_content(found)},
            **responses(400, 401, 403, 404, 422, 429, 503, 504),
        },
    )


def _delete_letters() -> Json:
    return _operation(
        "delete_dead_letters",
        "Delete what could not be mapped",
        _ENDPOINT_ID,
        responses={
            "200": {
                "description": "Deleted.",
                "content": json_content(open_object({"deleted": {"type": "integer"}})),
            },
            **responses(400, 401, 403, 404, 408, 413, 429, 503, 504),
        },
    )


def _replay() -> Json:
    numbers: Json = {name: {"type": "integer"} for name in ("replayed", *MAPPED_AS)}
    return _operation(
        "replay_dead_letters",
        "Map again what could not be mapped",
        _ENDPOINT_ID,
        responses={
            "200": {"description": "How many.", "content": json_content(open_object(numbers))},
            **responses(400, 401, 403, 404, 408, 413, 429, 503, 504),
        },
    )


def webhook_schemas() -> Json:
    """The schemas of its requests and answers, by their names."""
    patched: Json = {name: _FIELDS[name] for name in PATCHED}
    texts: Json = {name: {"type": "string"} for name in ("id", "reason", "content_type", "body")}
    came: Json = {"type": "string", "format": "date-time"}
    return {
        "WebhookEndpointRequest": {
            "type": "object",
            "required": ["source"],
            "additionalProperties": False,
            "properties": {name: _FIELDS[name] for name in FIELDS},
        },
        "WebhookEndpointPatch": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": patched,
        },
        "WebhookEndpoint": _endpoint(),
        "DeadLetter": open_object({**texts, "received_at": came}),
    }


def _endpoint() -> Json:
    tenants: Json = {name: {"type": ["string", "null"]} for name in FIELDS[1:6]}
    texts: Json = {"type": "array", "items": {"type": "string"}}
    properties: Json = {
        "id": {"type": "string"},
        "url": {"type": "string", "description": "Only in the answer that made it."},
        "source": {"type": "string"},
        **tenants,
        "secrets": {"type": "integer", "description": "How many there are."},
        "payload_keep": texts,
        "addresses": texts,
        "created_at": {"type": "string", "format": "date-time"},
        "ended_at": _TIME,
    }
    return open_object(properties, "url")
