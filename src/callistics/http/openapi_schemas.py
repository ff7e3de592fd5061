"""The schemas of the OpenAPI document: requests, answers, records, keys and problems."""

from collections.abc import Callable

from callistics.analytics.parse import DEFAULT_PAGE_SIZE, MAX_GROUPS, MAX_PAGE_SIZE
from callistics.catalog.measures import MEASURES
from callistics.http.openapi_batch import batch_schemas
from callistics.http.openapi_discovery import discovery_schemas
from callistics.http.openapi_parts import (
    KEY_SCHEMA,
    KEY_SCOPE,
    PAYLOAD_KEY,
    Json,
    nullable,
    ref,
)
from callistics.http.openapi_shared import filter_schemas, shared_schemas
from callistics.http.problems import NO_TYPE
from callistics.ingest.receipt import MOST_NAMED
from callistics.model.keys import Permission
from callistics.model.scope import SCOPE_LISTS
from callistics.problem_types import PROBLEM_TYPES
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS


def schemas() -> Json:
    """Every schema by its name."""
    kinds = registry().values()
    rows = {_row_name(kind): row_schema(kind) for kind in kinds}
    asked = {_request_name(kind): request_schema(kind, ref) for kind in kinds}
    return {
        "AnalyticsRequest": {"oneOf": [ref(_request_name(kind)) for kind in kinds]},
        **shared_schemas(),
        **filter_schemas(),
        **asked,
        "AnalyticsAnswer": _answer_schema(),
        **batch_schemas(),
        **discovery_schemas(),
        **rows,
        "Call": _record_schema(RecordKind.CALLS),
        "Lead": _record_schema(RecordKind.LEADS),
        "Receipt": _receipt_schema(),
        "PendingRecords": _pending_schema(),
        "KeyRequest": _key_request_schema(),
        "KeyRequestScope": _scope_schema(),
        "KeyScope": KEY_SCOPE,
        "Key": KEY_SCHEMA,
        "Problem": _problem_schema(),
        "ProblemItem": _problem_item_schema(),
    }


def _row_name(kind: QueryType) -> str:
    return f"{kind.name}_row"


def _type(text: str) -> Json:
    names = text.split("|")
    return {"type": names[0] if len(names) == 1 else names}


def row_schema(kind: QueryType) -> Json:
    """A row of a query type; fields of `group_by` come before these."""
    fields = [*kind.columns, *kind.previous_columns]
    columns = {one.name: {**_type(one.type), "description": one.help} for one in fields}
    return {
        "type": "object",
        "description": kind.summary,
        "required": [one.name for one in kind.columns if not one.optional],
        "properties": columns,
    }


def _request_name(kind: QueryType) -> str:
    return f"{kind.name}_request"


def request_schema(kind: QueryType, shared: Callable[[str], Json]) -> Json:
    """The body of a query of a type; `shared` gives each of `shared_schemas`, or refers to it."""
    page = {"type": ["integer", "null"], "minimum": 1}
    return {
        "type": "object",
        "required": ["query_type", *(["measure"] if kind.takes_measure else [])],
        "additionalProperties": False,
        "properties": {
            "query_type": {"const": kind.name, "description": kind.summary},
            "filters": shared("Filters"),
            "granularity": {
                **shared("Granularity"),
                "description": "Length of a bucket, `day` by default"
                + ("." if kind.uses_granularity else "; this query type ignores it."),
            },
            "timezone": {
                "type": ["string", "null"],
                "description": "IANA zone of filters without offset, buckets and hours.",
                "examples": ["Europe/Lisbon"],
            },
            "group_by": _group_by_schema(kind),
            "measure": _measure_schema(kind),
            "compare": {
                **shared("Comparison"),
                "description": "Put the figures of another range beside each row, as "
                "`previous.…`: the period right before, or the same dates one year before. Both "
                "ends of the range are required.",
                "examples": ["previous_period"],
            },
            "page": {**page, "default": 1, "description": "Page, from 1."},
            "page_size": {
                **page,
                "maximum": MAX_PAGE_SIZE,
                "default": DEFAULT_PAGE_SIZE,
                "description": "Rows on a page.",
            },
        },
    }


def _measure_schema(kind: QueryType) -> Json:
    if not kind.takes_measure:
        # Some generators of clients have no type of null alone.
        none: Json = {"type": ["string", "null"], "enum": [None]}
        return {**none, "description": "Not of this query type."}
    return {
        "anyOf": [{"enum": list(MEASURES)}, PAYLOAD_KEY],
        "description": "The number of calls that is measured.",
        "examples": ["cost", "payload.age"],
    }


def _group_by_schema(kind: QueryType) -> Json:
    return {
        "type": ["array", "null"],
        "maxItems": MAX_GROUPS,
        "uniqueItems": True,
        "items": {"anyOf": [{"enum": kind.groupable}, PAYLOAD_KEY]},
        "description": "Fields to group by, first in each row.",
    }


def _answer_schema() -> Json:
    rows = [ref(_row_name(kind)) for kind in registry().values()]
    return {
        "type": "object",
        "required": ["query_type", "data", "total", "page", "page_size"],
        "additionalProperties": False,
        "properties": {
            "query_type": {"type": "string", "enum": list(registry())},
            "data": {"type": "array", "items": {"anyOf": rows}},
            "total": {"type": "integer", "description": "Rows before paging."},
            "page": {"type": "integer"},
            "page_size": {"type": "integer"},
        },
    }


def _record_schema(kind: RecordKind) -> Json:
    fields: dict[str, Json] = {}
    for name, spec in ALL_FIELDS[kind].items():
        never_null = name == kind.id_field or (spec.required and name != "merchant_id")
        value = dict(spec.schema) if never_null else nullable(spec.schema)
        fields[name] = {**value, "description": spec.help, "examples": [spec.example]}
    return {
        "type": "object",
        "required": [kind.id_field],
        "additionalProperties": False,
        "properties": fields,
        "description": (
            "A record may be partial: a field left out keeps its stored value, null clears it."
        ),
    }


def _receipt_schema() -> Json:
    count = {"type": "integer", "minimum": 0}
    errors = {"type": "array", "items": ref("ProblemItem")}
    return {
        "type": "object",
        "required": ["received", "stored", "unchanged", "pending", "rejected"],
        "additionalProperties": False,
        "properties": {
            "received": count,
            "stored": {**count, "description": "Records that changed something."},
            "unchanged": {**count, "description": "Records that said nothing new."},
            "pending": {**count, "description": "Records that wait for required fields."},
            "rejected": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["index", "errors"],
                    "properties": {"index": count, "errors": errors},
                },
                "maxItems": MOST_NAMED,
            },
            "rejected_count": {
                **count,
                "description": "How many were rejected; there where not all of them are named.",
            },
            "missing": {
                "type": "array",
                "description": "What the first pending records lack; there while any is pending.",
                "items": {
                    "type": "object",
                    "required": ["index", "id", "fields"],
                    "properties": {
                        "index": count,
                        "id": {"type": "string"},
                        "fields": {"type": "array", "items": {"type": "string"}},
                    },
                },
            },
        },
    }


def _pending_schema() -> Json:
    names = {"type": "array", "items": {"type": "string"}}
    record = {name: {"type": "string"} for name in ("merchant_id", "id")}
    first = {"type": "object", "required": list(record), "properties": record}
    members = {
        "kind": {"type": "string", "enum": [kind.value for kind in RecordKind]},
        "missing": names,
        "count": {"type": "integer", "minimum": 1},
        "first": {"type": "array", "maxItems": 10, "items": first},
    }
    one = {"type": "object", "required": list(members), "properties": members}
    return {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "array", "items": one}},
    }


def _key_request_schema() -> Json:
    return {
        "type": "object",
        "required": ["name", "permissions"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
            "permissions": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "enum": list(Permission)},
            },
            "scope": ref("KeyRequestScope"),
            "expires_at": {"type": ["string", "null"], "format": "date-time"},
        },
    }


def _scope_schema() -> Json:
    ids = {"type": ["array", "null"], "minItems": 1, "items": {"type": "string"}}
    return {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": dict.fromkeys(SCOPE_LISTS, ids),
        "description": "Lists that must all hold; an absent list is no limit.",
    }


def _problem_schema() -> Json:
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "errors"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri",
                "enum": [*(kind.uri for kind in PROBLEM_TYPES), NO_TYPE],
                "description": "The kind of error; stable.",
            },
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": ref("ProblemItem")},
        },
    }


def _problem_item_schema() -> Json:
    return {
        "type": "object",
        "required": ["pointer", "message"],
        "properties": {
            "pointer": {"type": "string", "description": "Where, as a JSON pointer."},
            "message": {"type": "string"},
            "value": {"description": "What was sent there; left out where nothing was."},
        },
    }
