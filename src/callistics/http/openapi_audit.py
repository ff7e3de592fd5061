"""The audit log in the OpenAPI document."""

from callistics.audit.log import MOST_SHOWN, NEWEST_FIRST, OLDEST_FIRST, SHOWN
from callistics.http.openapi_parts import (
    Json,
    json_content,
    list_of,
    object_of,
    open_object,
    ref,
    responses,
)
from callistics.model.audit import Action

_TEXT: Json = {"type": "string"}
_HASH: Json = {"type": "string", "description": "SHA-256 in hex; empty before the first entry."}
_ENTRY: Json = {
    "at": {"type": "string", "format": "date-time"},
    "action": {"type": "string", "enum": [str(one) for one in Action]},
    "who": open_object({"key_id": {"type": ["string", "null"]}, "name": _TEXT}),
    "details": {"type": "object", "description": "What is told of the action."},
    "hash": _HASH,
}
_CHAIN: Json = {
    "sequence": {"type": "integer", "minimum": 1, "description": "Not shown to a scoped key."},
    "previous": {**_HASH, "description": "Hash of the entry before. Not shown to a scoped key."},
}
_PARAMETERS: tuple[tuple[str, Json, str], ...] = (
    ("action", {"type": "string", "enum": [str(one) for one in Action]}, "Entries of this one."),
    ("from", _TEXT, "Entries of this date or time on, in UTC."),
    ("to", _TEXT, "Entries up to this date or time, the whole of what is written."),
    (
        "order",
        {"type": "string", "enum": [NEWEST_FIRST, OLDEST_FIRST], "default": NEWEST_FIRST},
        "Which come first.",
    ),
    (
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_SHOWN, "default": SHOWN},
        "Entries of a page.",
    ),
    ("cursor", _TEXT, "The `next_cursor` of the page before."),
)


def audit_paths() -> Json:
    """The path with its operation."""
    page = {"description": "A page.", "content": json_content(ref("AuditEntries"))}
    operation: Json = {
        "operationId": "list_audit_entries",
        "tags": ["Operations"],
        "summary": "What was done by whom",
        "description": "The audit log; a key with a scope sees what keys within its scope did.",
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, schema, text in _PARAMETERS
        ],
        "responses": {"200": page, **responses(400, 401, 403, 422, 429, 503, 504)},
    }
    return {"/audit": {"get": operation}}


def audit_schemas() -> Json:
    """The schemas of its answer, by their names."""
    page = {"data": list_of(ref("AuditEntry")), "next_cursor": {"type": ["string", "null"]}}
    return {
        "AuditEntry": object_of({**_ENTRY, **_CHAIN}, *_CHAIN),
        "AuditEntries": object_of(page),
    }
