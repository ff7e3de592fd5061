"""What alerts are asked with and answered as, in the OpenAPI document."""

from callistics.alerts.condition import CHANGES, TESTS
from callistics.alerts.hours import MOST as MOST_HOURS
from callistics.alerts.machine import NO_DATA_AS
from callistics.alerts.parse import (
    FIELDS,
    LEAST_RENOTIFY,
    LONGEST_DELAY,
    LONGEST_RENOTIFY,
    MOST_BUCKETS,
    MOST_FOR,
    MOST_MINIMUM,
)
from callistics.alerts.targets import MOST_ADDRESSES, MOST_TARGETS
from callistics.alerts.windows import VERSUS
from callistics.http.openapi_parts import Json, choice, list_of, nullable, object_of, ref
from callistics.model.alerts import AlertState, DeliveryState
from callistics.model.bodies import MAX_NAME

_TIME: Json = {"type": "string", "format": "date-time"}
_TIME_OR_NOT: Json = {"type": ["string", "null"], "format": "date-time"}
_TEXT: Json = {"type": "string"}
_TEXT_OR_NOT: Json = {"type": ["string", "null"]}
_FIGURE: Json = {"type": ["number", "null"]}
_STATE: Json = {"type": "string", "enum": [str(one) for one in AlertState]}


def _whole(low: int, high: int, default: int, text: str) -> Json:
    return {
        "type": ["integer", "null"],
        "minimum": low,
        "maximum": high,
        "default": default,
        "description": text,
    }


def _hours(text: str) -> Json:
    items = ref("AlertHours")
    return {
        "type": ["array", "null"],
        "maxItems": MOST_HOURS,
        "items": items,
        "description": text,
    }


def _fields() -> Json:
    fields: Json = {
        "name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME},
        "query": ref("AnalyticsRequest"),
        "field": {**_TEXT, "description": "Which figure of the rows."},
        "condition": ref("AlertCondition"),
        "buckets": _whole(1, MOST_BUCKETS, 1, "The figure is of so many closed buckets."),
        "delay": _whole(0, LONGEST_DELAY, 60, "Seconds after its end until a bucket is closed."),
        "for": _whole(0, MOST_FOR, 0, "So many buckets more the condition must hold."),
        "minimum": _whole(0, MOST_MINIMUM, 0, "Fewer calls, or leads, are no data."),
        "no_data": {
            **ref("AlertNoData"),
            "description": "The state where there is no figure; `keep`: the one it has.",
        },
        "timezone": {**_TEXT_OR_NOT, "description": "Of the hours; by default the query's."},
        "quiet_hours": _hours("Nothing is told then, but after them."),
        "active_hours": _hours("Only buckets that lie in them are evaluated."),
        "renotify": {
            "type": ["integer", "null"],
            "minimum": LEAST_RENOTIFY,
            "maximum": LONGEST_RENOTIFY,
            "description": "Seconds after which it is told again that it fires.",
        },
        "notify": {
            "type": ["array", "null"],
            "maxItems": MOST_TARGETS,
            "items": ref("AlertTarget"),
        },
        "enabled": {"type": ["boolean", "null"], "default": True},
    }
    assert tuple(fields) == FIELDS
    return fields


def alert_schemas() -> Json:
    """The schemas of its requests and answers, by their names."""
    fields, span = _fields(), dict[str, object]({"from": _TEXT, "to": _TEXT_OR_NOT})
    needed = ("name", "query", "field", "condition")
    optional = [name for name in FIELDS if name not in needed]
    figures: Json = {
        "value": _FIGURE,
        "previous": _FIGURE,
        "count": {"type": ["integer", "null"]},
    }
    group: Json = {"type": "object", "description": "What tells it from others; `{}`: nothing."}
    status: Json = {"group": group, "state": _STATE, "since": _TIME, **figures}
    change: Json = {
        "at": _TIME,
        "group": group,
        "from": _STATE,
        "to": _STATE,
        **figures,
        "buckets": ref("AlertBuckets"),
        "error": _TEXT_OR_NOT,
    }
    shown: Json = {
        "id": _TEXT,
        **fields,
        "scope": {"type": "object"},
        "created_at": _TIME,
        "changed_at": _TIME,
        "paused": {**_TEXT_OR_NOT, "description": "Why it is not evaluated; null where it is."},
        "state": {**_STATE, "description": "The most serious of its groups."},
        "since": _TIME_OR_NOT,
        "last_value": {**_FIGURE, "description": "Where it has one group."},
        "last_evaluated_at": _TIME_OR_NOT,
        "error": _TEXT_OR_NOT,
        "notices_overdue": {
            "type": "integer",
            "description": "How many notices did not arrive yet, though they were sent.",
        },
    }
    whole: Json = {
        **shown,
        "last_buckets": nullable(ref("AlertBuckets")),
        "groups": list_of(object_of(status)),
        "history": list_of(object_of(change)),
        "deliveries": list_of(_delivery()),
    }
    told: Json = {**change, "told_at": _TIME_OR_NOT}
    simulation: Json = {
        "from": _TIME,
        "to": _TIME,
        "changes": list_of(object_of(told)),
        "figures": list_of(object_of({"buckets": ref("AlertBuckets"), **status})),
    }
    return {
        "AlertRequest": object_of(fields, *optional),
        "AlertPatch": {**object_of(fields, *FIELDS), "minProperties": 1},
        "AlertSpan": object_of(span, "to"),
        "AlertSimulationRequest": object_of({**fields, **span}, "name", "to", *optional),
        **_conditions(),
        "AlertNoData": choice(NO_DATA_AS),
        "AlertHours": _hours_schema(),
        **_targets(),
        "AlertBuckets": object_of({"from": _TIME, "to": _TIME}),
        "Alert": object_of(shown),
        "WholeAlert": object_of(whole),
        "AlertSimulation": object_of(simulation),
        "AlertTest": object_of({"to": _TEXT, "sent": {"type": "boolean"}, "error": _TEXT_OR_NOT}),
    }


def _conditions() -> Json:
    number: Json = {"type": "number"}
    threshold = object_of({"op": {"type": "string", "enum": list(TESTS)}, "value": number})
    change: Json = {
        "change": {"type": "string", "enum": list(CHANGES)},
        "percent": {"type": "number", "minimum": 0},
        "versus": ref("AlertVersus"),
    }
    return {
        "AlertCondition": {"anyOf": [ref("AlertThreshold"), ref("AlertChange")]},
        "AlertThreshold": threshold,
        "AlertChange": object_of(change, "versus"),
        "AlertVersus": choice(VERSUS),
    }


def _hours_schema() -> Json:
    time: Json = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
    days: Json = {
        "type": ["array", "null"],
        "minItems": 1,
        "items": {"type": "integer", "minimum": 1, "maximum": 7},
        "description": "On which they begin, 1 is Monday; by default all.",
    }
    return object_of({"from": time, "to": time, "days": days}, "days")


def _targets() -> Json:
    secret: Json = {
        "type": ["string", "null"],
        "description": "`whsec_` and 24 to 64 bytes in base64; by default one is made.",
    }
    webhook = object_of({"url": {"type": "string", "format": "uri"}, "secret": secret}, "secret")
    to: Json = {"type": "array", "minItems": 1, "maxItems": MOST_ADDRESSES, "items": _TEXT}
    email = object_of({"to": to})
    return {
        "AlertTarget": {"anyOf": [ref("AlertWebhookTarget"), ref("AlertEmailTarget")]},
        "AlertWebhookTarget": object_of({"webhook": ref("AlertWebhook")}),
        "AlertEmailTarget": object_of({"email": ref("AlertEmail")}),
        "AlertWebhook": webhook,
        "AlertEmail": email,
    }


def _delivery() -> Json:
    return object_of(
        {
            "id": _TEXT,
            "to": _TEXT,
            "made_at": _TIME,
            "state": {"type": "string", "enum": [str(one) for one in DeliveryState]},
            "attempts": {"type": "integer"},
            "next_attempt_at": _TIME_OR_NOT,
            "error": _TEXT_OR_NOT,
        }
    )
