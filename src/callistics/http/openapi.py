"""The OpenAPI 3.1 document, built from the registries: what they define is documented."""

from collections.abc import Sequence
from functools import cache
from typing import cast

import msgspec

from callistics import __version__
from callistics.http.openapi_alert_schemas import alert_schemas
from callistics.http.openapi_alerts import alert_paths
from callistics.http.openapi_audit import audit_paths, audit_schemas
from callistics.http.openapi_backups import backup_paths, backup_schemas
from callistics.http.openapi_batch import operation
from callistics.http.openapi_discovery import discovery_paths
from callistics.http.openapi_embed import TOKEN, embed_schemas, operations
from callistics.http.openapi_export import FORMULAS, export_content
from callistics.http.openapi_keys import key_paths
from callistics.http.openapi_parts import (
    ANSWER_HEADERS,
    BEARER,
    IDEMPOTENCY_KEY,
    ON_ERROR,
    TIMEZONE,
    Json,
    json_content,
    ref,
    responses,
)
from callistics.http.openapi_schemas import schemas
from callistics.http.openapi_search import erasing, look_up, search_schemas, searching
from callistics.http.openapi_webhooks import webhook_paths, webhook_schemas
from callistics.http.token_routes import TOKEN_ROUTES
from callistics.queries import registry
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS

_DESCRIPTION = """Analytics for outbound calling and voice-AI platforms.

Send calls and leads, query `POST /analytics`. Every request carries `Authorization: Bearer <key>`;
a key sees only the resellers, merchants and templates of its scope."""


@cache
def document() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(build())


def build() -> Json:
    """The document."""
    found = _document()
    paths = cast("dict[str, dict[str, Json]]", found["paths"])
    for method, path in sorted(TOKEN_ROUTES):
        if path in paths:
            paths[path][method.lower()]["security"] = [{"key": []}, {"token": []}]
    return found


def _document() -> Json:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Callistics",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"key": []}],
        "tags": [
            {"name": "Analytics", "description": "Queries."},
            {"name": "Records", "description": "Sending calls and leads, and looking at them."},
            {"name": "Keys", "description": "Access keys and their scopes."},
            {"name": "Webhooks", "description": "What platforms send, as they send it."},
            {"name": "Alerts", "description": "Who is told when a figure is not as it should be."},
            {"name": "Operations", "description": "Running the server."},
        ],
        "paths": {
            "/analytics": {"post": analytics()},
            "/analytics/batch": {"post": operation()},
            **discovery_paths(),
            "/calls": {"post": _records(RecordKind.CALLS)},
            "/leads": {"post": _records(RecordKind.LEADS)},
            "/calls/search": {"post": searching()},
            **{
                f"/{kind}/{{{kind.id_field}}}": {"get": look_up(kind), "delete": erasing(kind)}
                for kind in RecordKind
            },
            "/pending": {"get": _pending()},
            **key_paths(),
            "/embed-tokens": operations(),
            **webhook_paths(),
            **alert_paths(),
            **backup_paths(),
            **audit_paths(),
            "/health/live": {"get": _health("The process runs.", "isLive", ("status",), 200)},
            "/health/ready": {
                "get": _health(
                    "Requests are taken.", "isReady", ("status", "timezone_rules"), 200, 503
                )
            },
            "/metrics": {"get": _metrics()},
        },
        "components": {
            "securitySchemes": {"key": BEARER, "token": TOKEN},
            "schemas": schemas()
            | search_schemas()
            | embed_schemas()
            | webhook_schemas()
            | alert_schemas()
            | backup_schemas()
            | audit_schemas(),
        },
    }


def analytics() -> Json:
    """`POST /analytics`."""
    requests = {
        name: {"summary": kind.summary, "value": {"query_type": name, **kind.example}}
        for name, kind in registry().items()
    }
    content = {"schema": ref("AnalyticsRequest"), "examples": requests}
    return {
        "operationId": "analytics",
        "tags": ["Analytics"],
        "summary": "Run a query",
        "parameters": [FORMULAS],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "200": {
                "description": "The page asked for, or all rows in another format.",
                "headers": ANSWER_HEADERS,
                "content": {**json_content(ref("AnalyticsAnswer")), **export_content()},
            },
            **responses(400, 401, 403, 406, 408, 413, 415, 422, 429, 503, 504),
        },
    }


def _records(kind: RecordKind) -> Json:
    one = ref("Call" if kind is RecordKind.CALLS else "Lead")
    example = {name: spec.example for name, spec in ALL_FIELDS[kind].items()}
    body = {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}
    lines: Json = {"description": "One JSON object a line."}
    line = msgspec.json.encode(example).decode() + "\n"
    return {
        "operationId": f"push_{kind}",
        "tags": ["Records"],
        "summary": f"Send {kind}",
        "description": (
            "One object, an array or NDJSON, up to 100,000 records, optionally with "
            "`Content-Encoding: gzip` or `zstd`. 200 means durable and visible."
        ),
        "parameters": [ON_ERROR, TIMEZONE, IDEMPOTENCY_KEY],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": body, "example": example},
                "application/x-ndjson": {"schema": lines, "example": line},
            },
        },
        "responses": {
            "200": {"description": "Stored.", "content": json_content(ref("Receipt"))},
            **responses(400, 401, 403, 408, 409, 410, 413, 415, 422, 429, 503),
        },
    }


def _pending() -> Json:
    return {
        "operationId": "pending",
        "tags": ["Records"],
        "summary": "What waits for required fields",
        "description": "The records in the key's scope that are in no figure, by what they lack.",
        "responses": {
            "200": {"description": "What waits.", "content": json_content(ref("PendingRecords"))},
            **responses(400, 401, 403, 429, 503, 504),
        },
    }


def _health(text: str, operation: str, members: Sequence[str], *statuses: int) -> Json:
    body = {"type": "object", "properties": {name: {"type": "string"} for name in members}}
    return {
        "operationId": operation,
        "tags": ["Operations"],
        "summary": text,
        "security": [],
        "responses": {
            "200": {"description": text, "content": json_content(body)},
            **responses(400, *(status for status in statuses if status != 200)),
        },
    }


def _metrics() -> Json:
    text = {"text/plain": {"schema": {"type": "string"}}}
    return {
        "operationId": "metrics",
        "tags": ["Operations"],
        "summary": "Figures for Prometheus",
        "description": "Of all tenants together: needs an admin key without a scope.",
        "responses": {
            "200": {"description": "Exposition text.", "content": text},
            **responses(400, 401, 403, 429),
        },
    }
