"""Parquet and Arrow files as records: a record for each row, numbered from 1."""

from collections.abc import Callable, Container, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from callistics.errors import first_line
from callistics.files.arrow.opening import UNREADABLE, TypedFile, open_arrow, open_parquet
from callistics.files.arrow.types import RefusedTypeError, has_dates, reader
from callistics.files.encode import record_line
from callistics.files.lines import Line, UnreadableError
from callistics.files.mapped import table_mapper
from callistics.files.tables import Row, Table
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.table import TableMapper
from callistics.mapping.times import DateText

Convert = Callable[[Any], list[object]]


def parquet_lines(name: str, mapping: RecordMapping) -> Iterator[Line]:
    """The records of a Parquet file; nulls are absent.

    Raises `UnreadableError` where it cannot be read, or its columns and the mapping do not fit.
    """
    return _lines(name, open_parquet, "Parquet", mapping)


def arrow_lines(name: str, mapping: RecordMapping) -> Iterator[Line]:
    """The records of an Arrow file or stream, as `parquet_lines`."""
    return _lines(name, open_arrow, "Arrow", mapping)


def row_count(name: str) -> int:
    """How many rows a Parquet file has, from its footer."""
    with _readable("Parquet"), open_parquet(name) as file:
        return file.rows or 0


def _lines(
    name: str,
    opened: Callable[[str], AbstractContextManager[TypedFile]],
    format_: str,
    mapping: RecordMapping,
) -> Iterator[Line]:
    with _readable(format_), opened(name) as file:
        columns = [str(field.name) for field in file.fields]
        mapper = table_mapper(mapping, columns)
        reads = _told_apart(_reads(file, mapper.indexes), file, mapper.dated)
        number = 0
        for batch in file.batches([columns[index] for index in reads]):
            parts = {index: batch.column(columns[index]) for index in reads}
            yield from _batch(number, batch.num_rows, parts, reads, mapper)
            number += batch.num_rows


@contextmanager
def whole_table(name: str, *, is_arrow: bool) -> Generator[Table]:
    """All columns of a file and their rows; a column of a type that is not read is empty."""
    opened, format_ = (open_arrow, "Arrow") if is_arrow else (open_parquet, "Parquet")
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
    mapper: TableMapper,
) -> Iterator[Line]:
    """The lines of a batch; where a value cannot be read, each row by itself."""
    try:
        columns = {index: read(parts[index]) for index, read in reads.items()}
    except ValueError:
        if size > 1:
            for place in range(size):
                row = {index: part.slice(place, 1) for index, part in parts.items()}
                yield from _batch(first + place, 1, row, reads, mapper)
            return
        yield Line(first + 1, b"", _wrong(parts, reads))
        return
    for place in range(size):
        yield _line(first + place + 1, {index: c[place] for index, c in columns.items()}, mapper)


def _wrong(parts: Mapping[int, Any], reads: Mapping[int, Convert]) -> str:
    for index, read in reads.items():
        try:
            read(parts[index])
        except UnicodeDecodeError:
            return "not valid UTF-8 text"
        except ValueError as error:
            return first_line(error)
    raise AssertionError


def _line(number: int, row: Mapping[int, object], mapper: TableMapper) -> Line:
    try:
        return record_line(number, mapper.record(row))
    except ValueError as error:
        return Line(number, b"", str(error))
