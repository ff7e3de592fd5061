"""Parquet and Arrow files as records: a record for each row, numbered from 1."""

from collections.abc import Callable, Container, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import repeat
from typing import Any

from callistics.errors import first_line
from callistics.files.arrow.opening import UNREADABLE, TypedFile, open_arrow, open_parquet
from callistics.files.arrow.types import RefusedTypeError, has_dates, reader
from callistics.files.lines import Line, UnreadableError
from callistics.files.mapped import table_mapper
from callistics.files.tables import Row, Table, row_lines
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.table import TableMapper
from callistics.mapping.times import DateText

Convert = Callable[[Any], list[object]]

_OPENED: Mapping[bool, tuple[Callable[[str], AbstractContextManager[TypedFile]], str]] = {
    False: (open_parquet, "Parquet"),
    True: (open_arrow, "Arrow"),
}


def parquet_lines(name: str, mapping: RecordMapping) -> Iterator[Line]:
    """The records of a Parquet file; nulls are absent.

    Raises `UnreadableError` where it cannot be read, or its columns and the mapping do not fit.
    """
    with mapped_table(name, mapping, is_arrow=False) as (table, mapper):
        yield from row_lines(table.rows, mapper)


def arrow_lines(name: str, mapping: RecordMapping) -> Iterator[Line]:
    """The records of an Arrow file or stream, as `parquet_lines`."""
    with mapped_table(name, mapping, is_arrow=True) as (table, mapper):
        yield from row_lines(table.rows, mapper)


def row_count(name: str) -> int:
    """How many rows a Parquet file has, from its footer."""
    with _readable("Parquet"), open_parquet(name) as file:
        return file.rows or 0


@contextmanager
def mapped_table(
    name: str, mapping: RecordMapping, *, is_arrow: bool
) -> Generator[tuple[Table, TableMapper]]:
    """The rows of a file, of the columns that are needed alone, and what maps them.

    Raises `UnreadableError`, also within its context, as `parquet_lines`.
    """
    opened, format_ = _OPENED[is_arrow]
    with _readable(format_), opened(name) as file:
        columns = [str(field.name) for field in file.fields]
        mapper = table_mapper(mapping, columns)
        reads = _told_apart(_reads(file, mapper.indexes), file, mapper.dated)
        taken = 0

        def rows() -> Iterator[Row]:
            nonlocal taken
            number = 0
            with _readable(format_):
                for batch in file.batches([columns[index] for index in reads]):
                    taken += batch.nbytes
                    parts = {index: batch.column(columns[index]) for index in reads}
                    yield from _batch(number, batch.num_rows, parts, reads, len(columns))
                    number += batch.num_rows

        yield Table(columns, rows(), taken=lambda: taken), mapper


@contextmanager
def whole_table(name: str, *, is_arrow: bool) -> Generator[Table]:
    """All columns of a file and their rows; a column of a type that is not read is empty."""
    opened, format_ = _OPENED[is_arrow]
    with _readable(format_), opened(name) as file:
        columns = [str(field.name) for field in file.fields]
        table = Table(columns, iter(()))
        reads: dict[int, Convert] = {}
        for index in range(len(columns)):
            try:
                reads |= _reads(file, [index])
            except UnreadableError as error:
                table.notes.append(str(error))
        table.rows = _rows(file, table, reads)
        yield table


def _rows(file: TypedFile, table: Table, reads: Mapping[int, Convert]) -> Iterator[Row]:
    number, columns = 0, table.columns
    reads = _told_apart(reads, file, table.dated)
    for batch in file.batches([columns[index] for index in reads]):
        parts = {index: batch.column(columns[index]) for index in reads}
        try:
            found = {index: read(parts[index]) for index, read in reads.items()}
        except ValueError:
            yield number + 1, _wrong(parts, reads)
            return
        for place in range(batch.num_rows):
            number += 1
            yield number, [found[i][place] if i in found else None for i in range(len(columns))]


@contextmanager
def _readable(format_: str) -> Generator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise UnreadableError(f"cannot be read as {format_}: {first_line(error)}") from error


def _reads(file: TypedFile, used: Sequence[int]) -> dict[int, Convert]:
    """How each column that is used is read. Raises `UnreadableError` for those that are not."""
    found: dict[int, Convert] = {}
    refused: list[str] = []
    for index in used:
        try:
            found[index] = reader(file.fields[index], iter(file.notes[index]))
        except RefusedTypeError as error:
            refused.append(f'  "{file.fields[index].name}": {error}')
    if refused:
        advice = "Leave them out with --drop, or write them as another type, such as text."
        raise UnreadableError("\n".join(["columns of types that are not read:", *refused, advice]))
    return found


def _told_apart(
    reads: Mapping[int, Convert], file: TypedFile, dated: Container[int]
) -> Mapping[int, Convert]:
    """The same, with dates of the columns `dated` as `DateText`."""
    return {
        index: _as_dates(read) if index in dated and has_dates(file.fields[index].type) else read
        for index, read in reads.items()
    }


def _as_dates(read: Convert) -> Convert:
    return lambda array: [None if one is None else DateText(one) for one in read(array)]


def _batch(
    first: int,
    size: int,
    parts: Mapping[int, Any],
    reads: Mapping[int, Convert],
    width: int,
) -> Iterator[Row]:
    """The rows of a batch; where a value cannot be read, each by itself."""
    try:
        columns = {index: read(parts[index]) for index, read in reads.items()}
    except ValueError:
        if size > 1:
            for place in range(size):
                row = {index: part.slice(place, 1) for index, part in parts.items()}
                yield from _batch(first + place, 1, row, reads, width)
            return
        yield first + 1, _wrong(parts, reads)
        return
    nothing = [None] * size
    whole = [columns.get(index, nothing) for index in range(width)]
    cells = zip(*whole, strict=True) if whole else repeat((), size)
    yield from enumerate(cells, start=first + 1)


def _wrong(parts: Mapping[int, Any], reads: Mapping[int, Convert]) -> str:
    for index, read in reads.items():
        try:
            read(parts[index])
        except UnicodeDecodeError:
            return "not valid UTF-8 text"
        except ValueError as error:
            return first_line(error)
    raise AssertionError
