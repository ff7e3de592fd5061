"""CSV files as lines of JSON: a header, then a record for each row."""

import csv
import io
from collections.abc import Iterator, Sequence
from io import BufferedReader
from itertools import chain

from callistics.files.encode import encoded
from callistics.files.lines import Line, UnreadableError
from callistics.files.mapping import Rules, TableMapper

_LARGEST_CELL = 1 << 26
_OTHER_DELIMITERS = (";", "\t", "|")


def csv_lines(data: BufferedReader, rules: Rules, delimiter: str | None = None) -> Iterator[Line]:
    """The records of a CSV file; a line's number is where its row begins.

    Empty cells are absent. Without a `delimiter` it is the comma, or where the header has none,
    the semicolon, tab or bar that it has. Raises `UnreadableError` for a header that does not fit.
    """
    csv.field_size_limit(_LARGEST_CELL)
    # Bytes that are no text survive as surrogates, and then spoil their own row only.
    text = io.TextIOWrapper(data, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        rows = _rows(text, delimiter)
        header = next(rows, None)
        if header is None:
            return
        names = _names(header[1])
        mapper = TableMapper(rules, names)
        for number, row in rows:
            yield _line(number, row, len(names), mapper)
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the line that each begins on."""
    first = text.readline()
    reader = csv.reader(chain([first], text), delimiter=delimiter or _delimiter(first), strict=True)
    number = 1
    try:
        for row in reader:
            if row:
                yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(f"line {number:,}: not CSV: {error}") from error


def _delimiter(header: str) -> str:
    others = [mark for mark in _OTHER_DELIMITERS if mark in header]
    return max(others, key=header.count) if others and "," not in header else ","


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip() or f"column {place}" for place, name in enumerate(header, start=1)]


def _line(number: int, row: list[str], width: int, mapper: TableMapper) -> Line:
    if len(row) != width:
        return Line(number, b"", f"has {len(row)} cells where the header has {width}")
    try:
        return encoded(number, mapper.record([cell or None for cell in row]))
    except ValueError as error:
        return Line(number, b"", str(error))
