"""NDJSON: each row as the JSON that an answer has of it, on a line."""

from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa

from callistics.exports.rows import Rows, json_text
from callistics.model.json import encode


def write_ndjson(schema: pa.Schema, chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The pieces of the file; the fields of each row are those of the schema, in its order."""
    names = schema.names
    for rows in chunks:
        yield b"".join(encode({name: _shown(row[name]) for name in names}) + b"\n" for row in rows)


def _shown(value: object) -> object:
    """Objects and lists have one text, and so each of their numbers, wherever they are shown."""
    if isinstance(value, dict | list):
        return msgspec.Raw(json_text(value).encode())
    return value
