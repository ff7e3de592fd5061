"""The calls behind a figure, all of them."""

from itertools import chain

import pyarrow as pa

from callistics.exports.export import Export
from callistics.looking.parse import Asked
from callistics.looking.search import Searches
from callistics.looking.shape import REACHED, shown
from callistics.model.query import Query
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import Storage
from callistics.records.fields import ALL_FIELDS

WHAT = "calls"
_BY_STORAGE = {
    Storage.TEXT: pa.string(),
    Storage.INTEGER: pa.int64(),
    Storage.LONG: pa.int64(),
    Storage.DOUBLE: pa.float64(),
    Storage.BOOLEAN: pa.bool_(),
}


def of_search(searches: Searches, asked: Asked) -> Export:
    """All calls that a search finds, whatever its limit. Raises `RequestError`."""
    query, parts = asked.search.query, searches.rows(asked)
    # What is wrong is told before anything is sent.
    first = next(parts, ())
    rows = (
        [shown(RecordKind.CALLS, call, query.zone) for call in part]
        for part in chain([first] if first else (), parts)
    )
    return Export(WHAT, query.range, calls_schema(query), rows)


def calls_schema(query: Query) -> pa.Schema:
    """The columns of calls, in the order of their fields."""
    fields = ALL_FIELDS[RecordKind.CALLS]
    columns = [pa.field(name, _type_of(field, query)) for name, field in fields.items()]
    about = {"range": query.range.text, "timezone": query.zone.name}
    return pa.schema([*columns, pa.field(REACHED, pa.bool_())], about)


def _type_of(field: RecordField, query: Query) -> pa.DataType:
    if field.type.storage is Storage.INSTANT:
        return pa.timestamp("us", tz=query.zone.name)
    if field.type.scale is not None:
        return pa.decimal128(18, len(str(field.type.scale)) - 1)
    return _BY_STORAGE[field.type.storage]
