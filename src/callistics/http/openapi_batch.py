"""`POST /analytics/batch` in the OpenAPI document."""

from callistics.analytics.parse_batch import FIELD, MAX_QUERIES
from callistics.http.openapi_parts import (
    ANSWER_HEADERS,
    Json,
    json_content,
    object_of,
    ref,
    request_body,
    responses,
)
from callistics.queries import registry

_EXAMPLES = ("call_count", "outcome_distribution")


def operation() -> Json:
    """The operation."""
    queries = [{"query_type": name, **registry()[name].example} for name in _EXAMPLES]
    return {
        "operationId": "analytics_batch",
        "tags": ["Analytics"],
        "summary": "Run several queries",
        "description": "All of them see the same state of the records.",
        "requestBody": request_body("BatchRequest", {FIELD: queries}),
        "responses": {
            "200": {
                "description": "An answer for each query, in their order.",
                "headers": {"Server-Timing": ANSWER_HEADERS["Server-Timing"]},
                "content": json_content(ref("BatchAnswer")),
            },
            **responses(400, 401, 403, 406, 408, 413, 415, 429, 503, 504),
        },
    }


def batch_schemas() -> Json:
    """The schemas of its request and answer, by their names."""
    return {"BatchRequest": _batch_schema(), "BatchAnswer": _batch_answer_schema()}


def _batch_schema() -> Json:
    queries: Json = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_QUERIES,
        "items": {"type": "object"},
        "description": "Each as `AnalyticsRequest`; one that is wrong gets its own problem.",
    }
    return object_of({FIELD: queries})


def _batch_answer_schema() -> Json:
    either = {"anyOf": [ref("AnalyticsAnswer"), ref("Problem")]}
    answers: Json = {"type": "array", "minItems": 1, "maxItems": MAX_QUERIES, "items": either}
    return object_of({"answers": answers})
