"""What ClickHouse gives as Arrow columns, as Arrow's own types."""

import pyarrow as pa
from pyarrow import types

_WIDE = pa.decimal128(38, 0)


def wide_as_decimals(rows: pa.Table) -> pa.Table:
    """The rows with their whole numbers of 128 bits, which come as bytes, as decimals.

    Both are written the same: 16 bytes, the lowest first.
    """
    for place, field in enumerate(rows.schema):
        if types.is_fixed_size_binary(field.type) and field.type.byte_width == _WIDE.byte_width:
            chunks = [_decimals(chunk) for chunk in rows.column(place).chunks]
            rows = rows.set_column(place, field.name, pa.chunked_array(chunks, _WIDE))
    return rows


def _decimals(chunk: pa.Array) -> pa.Array:
    buffers, offset = chunk.buffers(), chunk.offset
    return pa.Array.from_buffers(_WIDE, len(chunk), buffers, chunk.null_count, offset)
