"""Looking at calls and leads in the OpenAPI document."""

from callistics.http.openapi_export import FORMULAS, export_content
from callistics.http.openapi_parts import (
    ANSWER_HEADERS,
    TIMEZONE,
    Json,
    choice,
    json_content,
    list_of,
    object_of,
    ref,
    request_body,
    responses,
)
from callistics.looking.parse import DEFAULT_LIMIT, MAX_LIMIT, ORDERS
from callistics.looking.shape import REACHED
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import PAYLOAD, Storage
from callistics.records.fields import ALL_FIELDS
from callistics.texts import MAX_TEXT

_EXAMPLE: Json = {
    "filters": {"merchant_id": "mer_abc", "outcome": "BUSY", "date_range": "last_7_days"},
    "timezone": "Asia/Kolkata",
    "limit": 50,
}
_TYPES: dict[Storage, Json] = {
    Storage.TEXT: {"type": ["string", "null"]},
    Storage.INSTANT: {"type": ["string", "null"], "format": "date-time"},
    Storage.INTEGER: {"type": ["integer", "null"]},
    Storage.LONG: {"type": ["number", "null"]},
    Storage.DOUBLE: {"type": ["number", "null"]},
    Storage.BOOLEAN: {"type": ["boolean", "null"]},
}
_SHOWN = {RecordKind.CALLS: "ShownCall", RecordKind.LEADS: "ShownLead"}
_MERCHANT: Json = {
    "name": "merchant_id",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "Whose record it is, where several merchants have one of that id.",
}
_ZONE: Json = {**TIMEZONE, "description": "IANA zone of times; else that of the settings."}


def searching() -> Json:
    """The operation `POST /calls/search`."""
    return {
        "operationId": "search_calls",
        "tags": ["Records"],
        "summary": "The calls behind a figure",
        "parameters": [FORMULAS],
        "description": "Filtered exactly as query types of calls are. While records arrive no call "
        "comes twice and none is left out, as long as its start and what it matches stay.",
        "requestBody": request_body("SearchRequest", _EXAMPLE),
        "responses": {
            "200": {
                "description": "A page of calls.",
                "headers": ANSWER_HEADERS,
                "content": {**json_content(ref("SearchAnswer")), **export_content()},
            },
            **responses(400, 401, 403, 406, 408, 413, 415, 422, 429, 503, 504),
        },
    }


def _identity(kind: RecordKind) -> Json:
    return {
        "name": kind.id_field,
        "in": "path",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
    }


def look_up(kind: RecordKind) -> Json:
    """The operation that shows one record by its id."""
    one = kind.value.removesuffix("s")
    more = "" if kind is RecordKind.CALLS else ", with its calls and the history of its status"
    return {
        "operationId": f"show_{one}",
        "tags": ["Records"],
        "summary": f"One {one}{more}",
        "description": "Also one that is in no figure. 422 where `merchant_id` must be named.",
        "parameters": [_identity(kind), _MERCHANT, _ZONE],
        "responses": {
            "200": {"description": f"The {one}.", "content": json_content(ref(_SHOWN[kind]))},
            **responses(400, 401, 403, 404, 422, 429, 503, 504),
        },
    }


def erasing(kind: RecordKind) -> Json:
    """The operation that erases one record by its id."""
    one = kind.value.removesuffix("s")
    more = "" if kind is RecordKind.CALLS else " with all its calls"
    return {
        "operationId": f"erase_{one}",
        "tags": ["Records"],
        "summary": f"Erase a {one}{more}",
        "description": "For good, also one that is in no figure: all becomes as if it had never "
        "come. Later records of it are refused for the days of `erase_block_days`. 422 where "
        "`merchant_id` must be named.",
        "parameters": [_identity(kind), _MERCHANT],
        "responses": {
            "200": {"description": "What was erased.", "content": json_content(ref("Erased"))},
            **responses(400, 401, 403, 404, 422, 429, 503, 504),
        },
    }


def search_schemas() -> Json:
    """The schemas of these requests and answers, by their names."""
    return {
        "SearchRequest": _request(),
        "CallOrder": choice(ORDERS),
        "SearchAnswer": _answer(),
        "ShownCall": _call(),
        "ShownLead": _lead(),
        "Erased": _erased(),
    }


def _request() -> Json:
    zone: Json = {"type": ["string", "null"], "description": "IANA zone of filters and times."}
    limit: Json = {"minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "filters": ref("Filters"),
            "timezone": {**zone, "examples": ["Europe/Lisbon"]},
            "order": {
                **ref("CallOrder"),
                "description": "By start, then merchant and id; with a minus the newest first, "
                f"`{ORDERS[0]}` by default.",
            },
            "limit": {"type": ["integer", "null"], **limit, "description": "Calls on a page."},
            "cursor": {
                "type": ["string", "null"],
                "description": "`next_cursor` of the page before, of the same filters, zone and "
                "order.",
            },
        },
    }


def _answer() -> Json:
    cursor: Json = {"type": ["string", "null"], "description": "Null where no call follows."}
    data = {**list_of(ref("ShownCall")), "maxItems": MAX_LIMIT}
    return object_of({"data": data, "next_cursor": cursor})


def _erased() -> Json:
    count: Json = {"type": "integer", "minimum": 0}
    return object_of({"calls": count, "leads": count})


def _call() -> Json:
    reached: Json = {"type": "boolean", "description": "Whether somebody was spoken to."}
    return object_of({**_fields(RecordKind.CALLS), REACHED: reached})


def _lead() -> Json:
    event = object_of({"status": {"type": "string"}, "since": _TYPES[Storage.INSTANT]})
    calls: Json = {"description": "Those that count, by start.", "items": ref("ShownCall")}
    history: Json = {"description": "Every status it ever had, by time.", "items": event}
    return object_of(
        {
            **_fields(RecordKind.LEADS),
            "calls": {"type": "array", **calls},
            "history": {"type": "array", **history},
        }
    )


def _fields(kind: RecordKind) -> Json:
    return {name: _field(one) for name, one in ALL_FIELDS[kind].items()}


def _field(field: RecordField) -> Json:
    kind: Json = _TYPES[field.type.storage]
    if field.type is PAYLOAD:
        kind = {"type": ["object", "null"], "additionalProperties": True}
    return {**kind, "description": field.help}
