"""A file opened as what it is: its lines, or its columns and rows, and how far it was read."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BufferedReader
from pathlib import Path

from callistics.files.contents import check_is_text
from callistics.files.csv import csv_table
from callistics.files.encoding import as_utf8, marked
from callistics.files.lines import Batch, Line, UnreadableError
from callistics.files.mapped import changed, table_mapper
from callistics.files.ndjson import json_lines, whole_document
from callistics.files.open import STDIN, Format, OpenFile, format_named, format_of, open_file
from callistics.files.tables import Table, table_lines
from callistics.mapping.mapping import Layout, RecordMapping

_TYPED = ("parquet", "arrow")
_TEXT = ("columns", "delimiter", "encoding", "skip_lines", "skip_last")
USES: Mapping[Format, tuple[str, ...]] = {
    "ndjson": ("records", "encoding"),
    "csv": _TEXT,
    "tsv": _TEXT,
    "xlsx": ("columns", "sheet", "skip_lines", "skip_last"),
    "parquet": (),
    "arrow": (),
}
"""What of a layout the reading of each format looks at."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file's lines, how much of it there is in bytes or rows, and how much was read so far.

    `table` is there where they are made of the rows of one, `batches` where they can be had as
    columns: of so many lines and bytes at the most, as `batched`. Only one of the two is read.
    """

    lines: Iterator[Line]
    size: int | None
    position: Callable[[], int]
    table: Table | None = None
    batches: Callable[[int, int], Iterator[Batch]] | None = None


def format_for(name: str, said: Format | None, layout: Layout) -> Format:
    """The format of a file: as is said, else by its name, else what the mapping is for.

    Raises `UnreadableError` where nothing tells it.
    """
    if said is not None:
        return said
    fallback = format_named(layout.reads)
    if fallback is not None and name == STDIN:
        return fallback
    try:
        return format_of(name)
    except UnreadableError:
        if fallback is None:
            raise
        return fallback


@contextmanager
def opened(name: str, format_: Format, mapping: RecordMapping) -> Generator[Source]:
    """Open a file of a format. Raises `UnreadableError` where it is none of that format."""
    if format_ in _TYPED:
        yield _typed(name, format_, mapping)
        return
    if format_ == "xlsx":
        table = _sheet(name, mapping.layout)
        yield Source(table_lines(table, mapping), None, lambda: 0, table)
        return
    with open_file(name) as file:
        text = _text(file, mapping.layout)
        if format_ == "ndjson":
            lines = _json(text, mapping.layout)
            mapped = lines if mapping.changes_nothing else changed(lines, mapping)
            yield Source(mapped, file.size, file.position)
            return
        table = csv_table(text, _layout(format_, mapping.layout))
        batches = partial(_batches, table, mapping)
        yield Source(table_lines(table, mapping), file.size, file.position, table, batches)


def _batches(table: Table, mapping: RecordMapping, most: int, most_bytes: int) -> Iterator[Batch]:
    # Loaded here: a client of a server does without Arrow.
    from callistics.files.columns import column_batches  # noqa: PLC0415

    if table.columns:
        mapper = table_mapper(mapping, table.columns)
        yield from column_batches(table, mapper, mapping, most, most_bytes)


@contextmanager
def documents(name: str, mapping: RecordMapping) -> Generator[Iterator[Line]]:
    """The values of a file of JSON as they are, before anything is mapped."""
    with open_file(name) as file:
        yield _json(_text(file, mapping.layout), mapping.layout)


def _text(file: OpenFile, layout: Layout) -> BufferedReader:
    encoding = layout.encoding or marked(file.data)
    check_is_text(file.data, encoding)
    return as_utf8(file.data, encoding)


def _layout(format_: Format, layout: Layout) -> Layout:
    if format_ == "tsv" and layout.delimiter is None:
        return replace(layout, delimiter="\t")
    return layout


def _json(data: BufferedReader, layout: Layout) -> Iterator[Line]:
    is_whole = any(path.startswith("[") for path in layout.records)
    return (whole_document if is_whole else json_lines)(data)


def _sheet(name: str, layout: Layout) -> Table:
    # Loaded here: other formats do without.
    from callistics.files.excel import excel_table  # noqa: PLC0415

    _check_is_file(name, "a workbook")
    return excel_table(name, layout)


def _check_is_file(name: str, what: str) -> None:
    if name == STDIN or not Path(name).is_file():
        raise UnreadableError(f"{what} is read from a file, so it cannot come from a pipe")


@contextmanager
def typed_table(name: str, format_: Format) -> Generator[Table]:
    """The rows of a Parquet or Arrow file, all columns as they are."""
    # Loaded here: other formats do without Arrow.
    from callistics.files import parquet as rows  # noqa: PLC0415

    _check_is_file(name, format_.title())
    with rows.whole_table(name, is_arrow=format_ == "arrow") as table:
        yield table


def _typed(name: str, format_: Format, mapping: RecordMapping) -> Source:
    # Loaded here: other formats do without Arrow.
    from callistics.files import parquet as rows  # noqa: PLC0415
    from callistics.files.columns import column_batches  # noqa: PLC0415

    _check_is_file(name, format_.title())
    read = 0
    is_arrow = format_ == "arrow"
    lines = rows.arrow_lines if is_arrow else rows.parquet_lines
    total = None if is_arrow else rows.row_count(name)

    def counted() -> Iterator[Line]:
        nonlocal read
        for line in lines(name, mapping):
            read = line.number
            yield line

    def batches(most: int, most_bytes: int) -> Iterator[Batch]:
        nonlocal read
        with rows.mapped_table(name, mapping, is_arrow=is_arrow) as (table, mapper):
            for batch in column_batches(table, mapper, mapping, most, most_bytes):
                read = batch.last
                yield batch

    return Source(counted(), total, lambda: read, batches=batches)
