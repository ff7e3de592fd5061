"""The columns of an answer, derived from what its rows are declared to have."""

import pyarrow as pa

from callistics.analytics.plan import Plan
from callistics.catalog.dimensions import BUCKET, Dimension
from callistics.model.query import Query
from callistics.queries.base import Field

_BY_JSON_TYPE = {"string": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}


def schema_of(plan: Plan) -> pa.Schema:
    """The columns of the rows of a plan, in order.

    The metadata of the schema has the query type, the range as it was read, and the zone.
    """
    query = plan.selection.query
    fields = [
        *(pa.field(group.name, _type_of_group(group, query)) for group in plan.groups),
        *(pa.field(field.name, _type_of_field(field, query)) for field in _columns(plan)),
    ]
    return pa.schema(fields, metadata_of(query))


def _columns(plan: Plan) -> list[Field]:
    before = [] if plan.other is None else plan.kind.previous_columns
    return [*plan.kind.columns, *before]


def metadata_of(query: Query) -> dict[str, str]:
    """What an answer is about, as the metadata of its schema."""
    return {
        "query_type": query.query_type,
        "range": query.range.text,
        "timezone": query.zone.name,
    }


def _type_of_group(group: Dimension, query: Query) -> pa.DataType:
    return _bucket(query) if group is BUCKET else _BY_JSON_TYPE[group.type]


def _type_of_field(field: Field, query: Query) -> pa.DataType:
    if field.bucket:
        return _bucket(query)
    if field.digits is not None:
        return pa.decimal128(field.digits.all, field.digits.decimals)
    return _BY_JSON_TYPE[field.type.partition("|")[0]]


def _bucket(query: Query) -> pa.DataType:
    """Minutes and hours begin at an instant; a day and what is longer is a date."""
    if query.granularity.is_clock:
        return pa.timestamp("us", tz=query.zone.name)
    return pa.date32()
