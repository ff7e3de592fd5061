"""CSV files as records: a header, then a record for each row."""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from io import BufferedReader
from itertools import chain

from callistics.files.encode import record_line
from callistics.files.lines import Line, UnreadableError
from callistics.files.mapped import table_mapper
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.table import TableMapper

_LARGEST_CELL = 1 << 26
_MOST_READINGS = 8
_OTHER_DELIMITERS = (";", "\t", "|")


def csv_lines(
    data: BufferedReader, mapping: RecordMapping, delimiter: str | None = None
) -> Iterator[Line]:
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
        if isinstance(header[1], csv.Error):
            raise UnreadableError(f"line {header[0]:,}: not CSV: {header[1]}")
        names = _names(header[1])
        mapper = table_mapper(mapping, names)
        for number, row in rows:
            yield _line(number, row, len(names), mapper)
    finally:
        text.detach()


def _rows(
    text: io.TextIOWrapper, delimiter: str | None
) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """The rows that are not blank, with the line that each begins on, or what is wrong there.

    After a line that is no CSV the next one begins a row, though quotes may have run across it.
    """
    first = text.readline()
    lines = _Lines(chain([first], text))
    mark = delimiter or _delimiter(first)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    while True:
        lines.begin_row()
        number = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.back_to_second()
            reader = csv.reader(lines, delimiter=mark, strict=True)
            yield number, error
        else:
            if row:
                yield number, row


class _Lines:
    """Lines of which those of the row that is being read can be read again.

    One that has run on a row which is no CSV a few times is taken to begin a row itself: there are
    lines whose quotes close one cell and open another, and so would all be read from each other.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        # Each with how often it was read.
        self._row: list[tuple[str, int]] = []
        self._again: deque[tuple[str, int]] = deque()
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._row and self._again and self._again[0][1] >= _MOST_READINGS:
            raise StopIteration
        line, times = self._again.popleft() if self._again else (next(self._lines), 0)
        self.number += 1
        self._row.append((line, times + 1))
        return line

    def begin_row(self) -> None:
        """Those before it are not needed any more."""
        self._row.clear()

    def back_to_second(self) -> None:
        """All lines of the row but its first are next."""
        rest = self._row[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)


def _delimiter(header: str) -> str:
    others = [mark for mark in _OTHER_DELIMITERS if mark in header]
    return max(others, key=header.count) if others and "," not in header else ","


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip() or f"column {place}" for place, name in enumerate(header, start=1)]


def _line(number: int, row: list[str] | csv.Error, width: int, mapper: TableMapper) -> Line:
    if isinstance(row, csv.Error):
        return Line(number, b"", f"not CSV: {row}")
    if len(row) != width:
        return Line(number, b"", f"has {len(row)} cells where the header has {width}")
    try:
        return record_line(number, mapper.record([cell or None for cell in row]))
    except ValueError as error:
        return Line(number, b"", str(error))
