"""The calls behind a figure, all of them."""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from callistics.exports.export import Export
from callistics.looking.parse import Asked
from callistics.looking.search import AT_ONCE, Page, Searches
from callistics.looking.shape import REACHED, shown
from callistics.model.json import decode_canonical
from callistics.model.query import Query
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import PAYLOAD, Storage
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
    query = asked.search.query
    asked = replace(asked, search=replace(asked.search, limit=AT_ONCE))
    # What is wrong is told before anything is sent.
    first = searches.page(asked)
    return Export(WHAT, query.range, calls_schema(query), _rows(searches, asked, first))


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


def _rows(searches: Searches, asked: Asked, page: Page) -> Iterator[dict[str, object]]:
    """Page by page, so that no state of the records is held for a client that is slow."""
    zone = asked.search.query.zone
    payloads = [name for name, one in ALL_FIELDS[RecordKind.CALLS].items() if one.type is PAYLOAD]
    while True:
        for call in page.calls:
            row = shown(RecordKind.CALLS, call, zone)
            for name in payloads:
                text = call[name]
                row[name] = None if text is None else decode_canonical(str(text))
            yield row
        if page.last is None:
            return
        asked = replace(asked, search=replace(asked.search, after=page.last))
        page = searches.page(asked)
