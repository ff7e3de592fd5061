"""What can be asked, as one JSON value: enough to build a form or the tool of an agent from.

It is what the OpenAPI document says of `POST /analytics`, type by type, and what the registries
say of filters, measures and dimensions; no name stands here that is defined elsewhere.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from callistics.analytics.parse_values import VALUE_FIELDS
from callistics.catalog.dimensions import GROUPABLE, PAYLOAD_PREFIX, Dimension, payload_dimension
from callistics.catalog.filters import FILTERS, Filter, Subject
from callistics.catalog.measures import MEASURES, Measure, measure_named
from callistics.catalog.payload_operators import OPERATORS
from callistics.http.openapi import analytics
from callistics.http.openapi_parts import Json
from callistics.http.openapi_schemas import request_schema, row_schema
from callistics.http.openapi_shared import shared_schemas
from callistics.model import relative_range
from callistics.model.buckets import Granularity
from callistics.model.json import encode
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.records.unreached import sources_by_key
from callistics.sql.selection import Policy, Unit

_ANY_PAYLOAD = f"{PAYLOAD_PREFIX}<key>"
_FILTERS = "Filters"
_SETTINGS = ("success_outcomes", "unreached_outcomes", "lead_stages")


class Described:
    """The description for an installation with these settings, as it is sent, and its tag."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @cached_property
    def body(self) -> bytes:
        """The same bytes for the same version and settings."""
        return encode(description(self._policy))

    @cached_property
    def tag(self) -> str:
        """A strong entity tag (RFC 9110)."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    def is_known(self, given: Sequence[str]) -> bool:
        """Whether one of the values of `If-None-Match` names it."""
        tags = {one.strip().removeprefix("W/") for value in given for one in value.split(",")}
        return not tags.isdisjoint({self.tag, "*"})


def description(policy: Policy) -> Json:
    """The whole of it."""
    return {
        "query_types": [_query_type(kind) for kind in registry().values()],
        "filters": [_filter(one) for one in FILTERS.values()],
        "payload_operators": [
            {"name": name, "description": one.help, "example": one.example, "schema": one.schema}
            for name, one in OPERATORS.items()
        ],
        "measures": [
            _measure(one) for one in (*MEASURES.values(), measure_named(_ANY_PAYLOAD)) if one
        ],
        "dimensions": [
            _dimension(one) for one in (*GROUPABLE.values(), payload_dimension("<key>"))
        ],
        "granularities": list(Granularity),
        "date_ranges": {"forms": relative_range.FORMS, "greatest_n": relative_range.MAX_COUNT},
        "compare": _comparisons(),
        "value_fields": VALUE_FIELDS,
        "formats": _formats(),
        "unreached_outcomes": _unreached(),
        "settings": {name: getattr(policy, name) for name in _SETTINGS},
        "schemas": {_FILTERS: shared_schemas()[_FILTERS]},
    }


def _shared(name: str) -> Json:
    return {"$ref": f"#/schemas/{name}"} if name == _FILTERS else shared_schemas()[name]


def _query_type(kind: QueryType) -> Json:
    return {
        "name": kind.name,
        "description": kind.summary,
        "unit": kind.unit,
        "time_series": kind.uses_granularity,
        "takes_measure": kind.takes_measure,
        "fields": _fields(kind),
        "group_by": [*kind.groupable, _ANY_PAYLOAD],
        "request": request_schema(kind, _shared),
        "example": {"query_type": kind.name, **kind.example},
    }


def _fields(kind: QueryType) -> list[Json]:
    """The fields of a row in order; those of `group_by` come before them."""
    row = row_schema(kind)
    properties = cast("Mapping[str, Mapping[str, Any]]", row["properties"])
    always = cast("Sequence[str]", row["required"])
    keys = {one.name for one in kind.columns} - {one.name for one in kind.figures}
    return [
        {
            "name": name,
            "type": _types(schema)[0],
            "nullable": "null" in _types(schema),
            "optional": name not in always,
            "role": "key" if name in keys else "figure",
            "description": schema["description"],
        }
        for name, schema in properties.items()
    ]


def _types(schema: Mapping[str, Any]) -> list[str]:
    """The JSON types that a schema allows, null last; of alternatives those of the first."""
    if "oneOf" in schema:
        return _types(schema["oneOf"][0])
    named = schema.get("type", "string")
    return [named] if isinstance(named, str) else list(named)


def _filter(one: Filter) -> Json:
    schema = one.type.schema
    optional = {
        "values": _choices(schema),
        "not_above": one.upper,
        "needs_one_of": one.with_one,
        "instead_of": one.instead_of,
    }
    return {
        "name": one.name,
        "description": one.help,
        "type": _types(schema)[0],
        "reads": one.type.label,
        "list": one.type.listed,
        "tests": {
            Unit.CALLS: Unit.LEADS if one.needs_lead else Unit.CALLS,
            Unit.LEADS: Unit.CALLS if one.subject is Subject.CALL else Unit.LEADS,
        },
        **{name: value for name, value in optional.items() if value},
        "schema": schema,
        "example": one.example,
    }


def _choices(schema: Mapping[str, Any]) -> Sequence[object]:
    """The values of an enumerated filter; none where any may be given."""
    (first, *_) = schema.get("oneOf", [schema])
    return first.get("enum", ())


def _measure(one: Measure) -> Json:
    split = None if one.split is None else one.split.name
    return {"name": one.name, "description": one.help, "split_by": split}


def _dimension(one: Dimension) -> Json:
    units = [unit for unit in Unit if one.on(unit) is not None]
    return {"name": one.name, "description": one.help, "type": one.type, "units": units}


def _comparisons() -> list[str]:
    """What a range can be compared with: the same for every type."""
    kind = next(iter(registry().values()))
    properties = cast("Mapping[str, Any]", request_schema(kind, _shared)["properties"])
    return [one for one in properties.get("compare", {}).get("enum", ()) if one is not None]


def _formats() -> list[str]:
    """The media types of answers."""
    responses = cast("Mapping[str, Any]", analytics()["responses"])
    return list(responses["200"]["content"])


def _unreached() -> list[Json]:
    """The default of the setting: each key, and where a word of it was found."""
    return [
        {
            "key": key,
            "sources": [{"owner": one.owner, "document": one.document} for one in sources],
        }
        for key, sources in sources_by_key().items()
    ]
