"""Alerts in the OpenAPI document."""

from callistics.http.openapi_parts import (
    Json,
    json_content,
    list_of,
    object_of,
    ref,
    request_body,
    responses,
)

_ALERT_ID: Json = {
    "name": "alert_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
}
_EXAMPLE: Json = {
    "name": "Answer rate falls against last week",
    "query": {
        "query_type": "success_rate",
        "filters": {"merchant_id": "mer_abc"},
        "granularity": "hour",
        "timezone": "Asia/Kolkata",
    },
    "field": "reach_rate",
    "condition": {"change": "below", "percent": 25, "versus": "previous_week"},
    "minimum": 50,
    "for": 1,
    "notify": [{"webhook": {"url": "https://ops.example/callistics"}}],
}


def alert_paths() -> Json:
    """The paths with their operations."""
    listed = object_of({"alerts": list_of(ref("Alert"))})
    return {
        "/alerts": {
            "get": _operation(
                "list_alerts",
                "List alerts",
                _found("The alerts in the key's scope.", listed),
                400, 401, 403, 429, 503, 504,
            ),
            "post": _operation(
                "create_alert",
                "Make an alert",
                _found("Made; secrets are shown this once.", ref("Alert"), 201),
                400, 401, 403, 413, 415, 422, 429, 503, 504,
                body=request_body("AlertRequest", _EXAMPLE),
            ),
        },
        "/alerts/simulate": {
            "post": _operation(
                "simulate_new_alert",
                "What an alert that is not saved would have done",
                _found("By the records as they are now.", ref("AlertSimulation")),
                400, 401, 403, 413, 415, 422, 429, 503, 504,
                body=request_body("AlertSimulationRequest", {**_EXAMPLE, "from": "2025-01-01"}),
            )
        },
        "/alerts/{alert_id}": {
            "get": _operation(
                "show_alert",
                "Where an alert stands, and what happened",
                _found("The alert.", ref("WholeAlert")),
                400, 401, 403, 404, 429, 503, 504,
                of_one=True,
            ),
            "patch": _operation(
                "change_alert",
                "Change an alert",
                _found("Changed; new secrets are shown this once.", ref("Alert")),
                400, 401, 403, 404, 413, 415, 422, 429, 503, 504,
                body=request_body("AlertPatch", {"enabled": False}),
                of_one=True,
            ),
            "delete": _operation(
                "delete_alert",
                "Delete an alert",
                {"204": {"description": "Deleted."}},
                400, 401, 403, 404, 429, 503, 504,
                of_one=True,
            ),
        },
        "/alerts/{alert_id}/simulate": {
            "post": _operation(
                "simulate_alert",
                "What an alert would have done",
                _found("By the records as they are now.", ref("AlertSimulation")),
                400, 401, 403, 404, 413, 415, 422, 429, 503, 504,
                body=request_body("AlertSpan", {"from": "2025-01-01", "to": "2025-01-31"}),
                of_one=True,
            )
        },
        "/alerts/{alert_id}/test": {
            "post": _operation(
                "test_alert",
                "Send a notice that is marked as a test",
                _found("What became of it.", object_of({"notices": list_of(ref("AlertTest"))})),
                400, 401, 403, 404, 408, 413, 429, 503, 504,
                of_one=True,
            )
        },
    }  # fmt: skip


def _operation(
    name: str,
    summary: str,
    found: Json,
    *errors: int,
    body: Json | None = None,
    of_one: bool = False,
) -> Json:
    operation: Json = {"operationId": name, "tags": ["Alerts"], "summary": summary}
    if of_one:
        operation["parameters"] = [_ALERT_ID]
    if body is not None:
        operation["requestBody"] = body
    return {**operation, "responses": {**found, **responses(*errors)}}


def _found(text: str, schema: Json, status: int = 200) -> Json:
    return {str(status): {"description": text, "content": json_content(schema)}}
