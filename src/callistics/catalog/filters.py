"""The filters of `POST /analytics`: each once, with its kind, JSON schema and help."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from callistics.records.field_types import DIRECTIONS


class FilterKind(StrEnum):
    """How a filter's value is read."""

    NAMES = "string or list of strings"
    DATE = "ISO 8601 date or time"
    SECONDS = "whole number of seconds"
    SCORE = "number from 0.0 to 1.0"
    PAYLOAD = "object of conditions"


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """One filter as the documentation shows it; `values` are all that there are, if few are."""

    name: str
    kind: FilterKind
    help: str
    example: object
    values: tuple[str, ...] = ()


_NAMES_SCHEMA: Mapping[str, object] = {
    "oneOf": [
        {"type": "string"},
        {"type": "array", "minItems": 1, "items": {"type": ["string", "null"]}},
        {"type": "null"},
    ]
}


def _words_schema(values: tuple[str, ...]) -> Mapping[str, object]:
    return {
        "oneOf": [
            {"enum": [*values, None]},
            {"type": "array", "minItems": 1, "items": {"enum": [*values, None]}},
        ]
    }


_SCALARS = ["string", "number", "boolean"]
OPERATOR_SCHEMAS: Mapping[str, Mapping[str, object]] = {
    "eq": {"type": [*_SCALARS, "null"]},
    "ne": {"type": [*_SCALARS, "null"]},
    "in": {"type": "array", "minItems": 1, "items": {"type": [*_SCALARS, "null"]}},
    "not_in": {"type": "array", "minItems": 1, "items": {"type": [*_SCALARS, "null"]}},
    "gt": {"type": ["string", "number"]},
    "gte": {"type": ["string", "number"]},
    "lt": {"type": ["string", "number"]},
    "lte": {"type": ["string", "number"]},
    "contains": {"type": "string"},
    "starts_with": {"type": "string"},
    "exists": {"type": "boolean"},
}
MAX_PAYLOAD_KEYS = 20

_SCHEMAS: Mapping[FilterKind, Mapping[str, object]] = {
    FilterKind.NAMES: _NAMES_SCHEMA,
    FilterKind.DATE: {"type": ["string", "null"]},
    FilterKind.SECONDS: {"type": ["integer", "null"], "minimum": 0},
    FilterKind.SCORE: {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    FilterKind.PAYLOAD: {
        "type": ["object", "null"],
        "maxProperties": MAX_PAYLOAD_KEYS,
        "propertyNames": {"minLength": 1, "maxLength": 128},
        "additionalProperties": {
            "oneOf": [
                {"type": [*_SCALARS, "null"]},
                {"type": "array", "minItems": 1, "items": {"type": [*_SCALARS, "null"]}},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": False,
                    "properties": OPERATOR_SCHEMAS,
                },
            ]
        },
    },
}


def schema(spec: FilterSpec) -> Mapping[str, object]:
    """The JSON schema of a filter's value."""
    return _words_schema(spec.values) if spec.values else _SCHEMAS[spec.kind]


def _names(name: str, text: str, example: object, values: tuple[str, ...] = ()) -> FilterSpec:
    return FilterSpec(name, FilterKind.NAMES, text, example, values)


FILTERS: Mapping[str, FilterSpec] = {
    spec.name: spec
    for spec in (
        _names("template_id", "The calling script, compared exactly.", "tpl_xyz789"),
        _names("merchant_id", "The merchant, compared exactly.", "mer_abc"),
        _names("reseller_id", "The reseller, compared exactly.", "res_north"),
        FilterSpec(
            "date_from",
            FilterKind.DATE,
            "From this moment on: a call's start, a lead's creation.",
            "2025-01-01",
        ),
        FilterSpec(
            "date_to",
            FilterKind.DATE,
            "Up to and including this moment, at the precision written.",
            "2025-01-31T23:59:59Z",
        ),
        FilterSpec("min_duration", FilterKind.SECONDS, "Calls at least this long.", 10),
        FilterSpec("max_duration", FilterKind.SECONDS, "Calls at most this long.", 600),
        FilterSpec("sentiment_min", FilterKind.SCORE, "Scored calls from this score on.", 0.5),
        FilterSpec("sentiment_max", FilterKind.SCORE, "Scored calls up to this score.", 1.0),
        FilterSpec(
            "payload_filters",
            FilterKind.PAYLOAD,
            "Conditions on the lead's payload: a key, or a path with dots, to a condition.",
            {"city": "Delhi", "age": {"gte": 60}},
        ),
        _names("provider", "The telephony provider of a call.", ["TWILIO", "PLIVO"]),
        _names("outcome", "What a call came to; null in a list: none recorded.", ["CONFIRMED"]),
        _names("status", "The lead's current status.", "converted"),
        _names("direction", "`outbound` or `inbound`.", "outbound", DIRECTIONS),
        _names("lead_id", "One person, or several.", "lead_81"),
    )
}
