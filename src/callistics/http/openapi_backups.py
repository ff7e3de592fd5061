"""States that are held for backups in the OpenAPI document."""

from callistics.backups.states import EXPIRES_IN
from callistics.exports.formats import FORMATS
from callistics.http.openapi_parts import (
    Json,
    json_content,
    list_of,
    open_object,
    ref,
    responses,
)

_DIGEST: Json = {
    "description": "SHA-256 of the file (RFC 9530).",
    "schema": {"type": "string"},
    "example": "sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:",
}


def backup_paths() -> Json:
    """The paths with their operations."""
    return {
        "/backups": {"post": _hold()},
        "/backups/{backup_id}": {"delete": _end("release_state", "Release a state")},
        "/backups/{backup_id}/made": {
            "post": _end("backup_made", "Release a state of which a backup was made")
        },
        "/backups/{backup_id}/parts/{part}": {"get": _part()},
    }


def _hold() -> Json:
    return {
        "operationId": "hold_state",
        "tags": ["Operations"],
        "summary": "Hold one state of all that is stored",
        "description": "For `callistics backup`, which fetches its parts: it sees nothing of what"
        f" comes later. It goes when nothing of it was asked for in {EXPIRES_IN} seconds; there is"
        " one at a time.",
        "responses": {
            "201": {"description": "It is held.", "content": json_content(ref("HeldState"))},
            **responses(400, 401, 403, 409, 413, 429, 503),
        },
    }


def _end(name: str, summary: str) -> Json:
    return {
        "operationId": name,
        "tags": ["Operations"],
        "summary": summary,
        "parameters": [_path("backup_id")],
        "responses": {
            "204": {"description": "Done."},
            **responses(400, 401, 403, 404, 413, 429),
        },
    }


def _part() -> Json:
    content = {FORMATS["parquet"].media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "operationId": "state_part",
        "tags": ["Operations"],
        "summary": "The rows of a part of a state, as a Parquet file",
        "parameters": [_path("backup_id"), _path("part")],
        "responses": {
            "200": {
                "description": "The file.",
                "headers": {"Content-Digest": _DIGEST},
                "content": content,
            },
            **responses(400, 401, 403, 404, 429),
        },
    }


def _path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def backup_schemas() -> Json:
    """The schema of a state."""
    text: Json = {"type": "string"}
    part: Json = {
        "table": text,
        "month": {"type": ["string", "null"], "description": "Such as `2025-01`."},
        "rows": {"type": "integer"},
        "fingerprint": {**text, "description": "Another where the rows say anything else."},
    }
    state: Json = {
        "id": text,
        "created_at": {"type": "string", "format": "date-time"},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "product": text,
        "engine": text,
        "engine_version": text,
        "schema": {"type": "integer"},
        "parts": list_of(open_object(part)),
    }
    return {"HeldState": open_object(state)}
