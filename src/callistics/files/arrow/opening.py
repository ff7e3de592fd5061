"""Opening files of typed columns."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from callistics.files.arrow import wide
from callistics.files.arrow.types import leaves

_ROWS = 5_000
_MAGIC = b"ARROW1"
UNREADABLE: tuple[type[Exception], ...] = (pa.ArrowException, OSError, EOFError, UnicodeDecodeError)
"""What is raised where a file is not what it should be."""

# Logical types of Parquet's that Arrow may show as what they are stored as.
_NOTED = ("BSON", "GEOGRAPHY", "GEOMETRY", "INTERVAL", "JSON", "UUID")


@dataclass(frozen=True, slots=True)
class TypedFile:
    """The columns of a file, the notes of their leaves, its rows if known, and its batches.

    `batches` reads at least the columns named.
    """

    fields: Sequence[Any]
    notes: list[list[str]]
    rows: int | None
    batches: Callable[[Sequence[str]], Iterator[Any]]


@contextmanager
def open_parquet(name: str) -> Generator[TypedFile]:
    """Open a Parquet file. Raises `OSError` or `pa.ArrowException` where it is none."""
    with _source(name, wide.in_parquet) as (source, notes), _parquet(source) as file:
        columns = [file.schema.column(place) for place in range(len(file.schema))]
        noted = [_note(column.logical_type.type, column.converted_type) for column in columns]
        fields = list(file.schema_arrow)

        def batches(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
            return file.iter_batches(_ROWS, columns=list(names))

        either = [one or other for one, other in zip(notes or noted, noted, strict=True)]
        yield TypedFile(fields, _by_field(fields, either), file.metadata.num_rows, batches)


def _note(*annotations: str) -> str:
    return next((one for one in annotations if one in _NOTED), "")


def _parquet(source: object) -> parquet.ParquetFile:
    return parquet.ParquetFile(source, arrow_extensions_enabled=True)


@contextmanager
def open_arrow(name: str) -> Generator[TypedFile]:
    """Open an Arrow file or stream, as `open_parquet`."""
    with _source(name, wide.in_arrow) as (source, notes):
        is_file = _head(name) == _MAGIC
        with ipc.open_file(source) if is_file else ipc.open_stream(source) as reader:
            fields = list(reader.schema)
            count = sum(leaves(field.type) for field in fields)

            def batches(_: Sequence[str]) -> Iterator[pa.RecordBatch]:
                whole = (
                    (reader.get_batch(place) for place in range(reader.num_record_batches))
                    if is_file
                    else iter(reader)
                )
                for batch in whole:
                    _check(batch)
                    yield from _parts(batch)

            yield TypedFile(fields, _by_field(fields, notes or [""] * count), None, batches)


def _check(batch: pa.RecordBatch) -> None:
    """Raises `pa.ArrowInvalid` where values lie outside the batch: nobody has looked at that yet.

    A text that is no UTF-8 is a matter of its row.
    """
    for column in batch.columns:
        try:
            _as_bytes(column).validate(full=True)
        except pa.ArrowInvalid as error:
            if "UTF8" not in str(error):
                raise


def _as_bytes(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        return column.view(pa.binary())
    return column.view(pa.large_binary()) if pa.types.is_large_string(column.type) else column


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    return (batch.slice(begin, _ROWS) for begin in range(0, batch.num_rows, _ROWS))


def _head(name: str) -> bytes:
    with Path(name).open("rb") as file:
        return file.read(len(_MAGIC))


@contextmanager
def _source(
    name: str, find: Callable[[Path], wide.WideIntegers]
) -> Generator[tuple[object, list[str]]]:
    """The file, and the notes of its leaves where it had to be shown otherwise than it is."""
    try:
        found = find(Path(name))
    except (IndexError, ValueError):
        # It is no such file, as will be said.
        found = wide.WideIntegers()
    if not any(found.notes):
        yield name, []
        return
    with wide.Patched(Path(name), found.patches) as source:
        yield source, found.notes


def _by_field(fields: Sequence[pa.Field], notes: Sequence[str]) -> list[list[str]]:
    rest = iter(notes)
    return [list(islice(rest, leaves(field.type))) for field in fields]
