"""Arrow streams and Parquet files: the same columns, typed."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
from pyarrow import ipc, types

from callistics.exports.rows import Rows, json_text
from callistics.records.columnar.parquet_files import parquet_writer

# A group of rows is read as one; its columns are in memory until it is written.
_GROUP_ROWS, _GROUP_BYTES = 50_000, 8_000_000


def write_arrow(schema: pa.Schema, chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The pieces of a stream."""
    sink = _Sink()
    writer = ipc.new_stream(pa.PythonFile(sink, mode="w"), schema)
    yield sink.taken()
    for rows in chunks:
        writer.write_batch(_batch(schema, rows))
        yield sink.taken()
    writer.close()
    yield sink.taken()


def write_parquet(schema: pa.Schema, chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The pieces of a file; one that is cut lacks its footer, without which nobody reads it."""
    sink = _Sink()
    writer = parquet_writer(pa.PythonFile(sink, mode="w"), schema, "snappy")
    for group in _groups(_batch(schema, rows) for rows in chunks):
        writer.write_table(pa.Table.from_batches(group, schema))
        yield sink.taken()
    writer.close()
    yield sink.taken()


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield group
            group, rows, size = [], 0, 0
    if group:
        yield group


def _batch(schema: pa.Schema, rows: Rows) -> pa.RecordBatch:
    columns = [
        pa.array([_value(row[field.name], field.type) for row in rows], field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _value(value: object, kind: pa.DataType) -> object:
    """A value of an answer as Arrow takes it for a type; texts of times name their offset."""
    if value is None:
        return None
    if types.is_decimal(kind):
        # The shortest text of a double is the rounded figure itself.
        return Decimal(str(value))
    if types.is_timestamp(kind):
        return datetime.fromisoformat(str(value))
    if types.is_date(kind):
        return date.fromisoformat(str(value))
    if types.is_string(kind) and not isinstance(value, str):
        return json_text(value)
    return value


class _Sink:
    """A file that gives what was written to whoever takes it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self.closed = False

    def write(self, data: bytes | memoryview) -> int:
        """Keep what is written until it is taken."""
        piece = bytes(data)
        self._pieces.append(piece)
        self._size += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)

    def tell(self) -> int:
        """How much was written in all."""
        return self._size

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """Nothing more is written."""
        self.closed = True
