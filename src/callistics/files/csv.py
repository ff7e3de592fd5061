"""CSV files as tables: a header, or names that are given, and rows."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from io import BufferedReader
from itertools import chain

from callistics.files.lines import CUT_IN_IT, UnreadableError
from callistics.files.tables import Row, Table, column_names, named_columns, without_last
from callistics.mapping.mapping import Layout
from callistics.texts import counted

OTHER_WIDTH = "where the header has"
"""What is said of a row that has more cells than the header, or fewer."""
_LARGEST_CELL = 1 << 26
_MOST_READINGS = 8
# The first of those that a header has equally often.
_DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR = re.compile(r'\ufeff?"?sep=(.)"?\r?\n?', re.IGNORECASE)
_MARK = '="'
_AS_TEXT = re.compile(rf'{_MARK}([^"]*)"')
# Under the header some switches write the types of the columns.
_TYPE = re.compile(
    r"(?:n?varchar|char|text|string|integer|int|bigint|smallint|float|double|real|decimal|numeric"
    r"|boolean|bool|date|time|datetime|timestamp|uniqueidentifier|uuid)(?: ?\([\d, ]+\))?",
    re.IGNORECASE | re.ASCII,
)

Numbered = tuple[int, list[str] | csv.Error]


def csv_table(data: BufferedReader, layout: Layout) -> Table:
    """The table of a CSV file of UTF-8; the number of a row is that of the line it begins on.

    Empty cells are absent, and rows of nothing else are left out. Without a delimiter it is that
    of a line `sep=;`, else the comma, semicolon, tab or bar that the header has most, outside of
    quotes; as often, the comma. Raises `UnreadableError` for a header that does not fit.
    """
    csv.field_size_limit(_LARGEST_CELL)
    # Bytes that are no text survive as surrogates, and then spoil their own row only.
    text = io.TextIOWrapper(data, "utf-8-sig", errors="surrogateescape", newline="")
    lines, mark = _begun(text, layout)
    rows = _rows(lines, mark)
    first = next(rows, None)
    if first is None:
        text.detach()
        return Table([], iter(()))
    number, cells = first
    if isinstance(cells, csv.Error):
        raise UnreadableError(f"line {number:,}: not CSV: {cells}")
    if layout.columns and not _names_columns(cells, layout.columns):
        columns, header, rows = (
            named_columns(layout.columns, len(cells)),
            None,
            chain([first], rows),
        )
    else:
        columns, header = column_names(cells), number
    table = Table(columns, iter(()), header, delimiter=mark, taken=lambda: lines.taken)
    table.rows = without_last(_detaching(_cells(rows, table, lines), text), table, layout.skip_last)
    return table


def _detaching(rows: Iterator[Row], text: io.TextIOWrapper) -> Iterator[Row]:
    """The rows; the file stays open after them, for what asks how far it was read."""
    try:
        yield from rows
    finally:
        # Who stops in the middle may have closed it before.
        if not text.closed:
            text.detach()


def _names_columns(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether a row is a header of a file that need not have one: most cells are known names."""
    known = {name.casefold() for name in columns}
    cells = [cell.strip().casefold() for cell in cells]
    return sum(cell in known for cell in cells) * 2 > len(cells)


def _begun(text: io.TextIOWrapper, layout: Layout) -> tuple["_Lines", str]:
    """The lines from the first that counts on, and the delimiter."""
    skipped, said = 0, layout.delimiter
    first = text.readline()
    while skipped < layout.skip_lines or _SEPARATOR.fullmatch(first):
        found = _SEPARATOR.fullmatch(first)
        said = said or (found[1] if found else None)
        skipped += 1
        first = text.readline()
        if not first:
            break
    lines = _Lines(chain([first] if first else [], text), skipped)
    return lines, said or _delimiter(first)


def _cells(rows: Iterator[Numbered], table: Table, lines: "_Lines") -> Iterator[Row]:
    width, header, is_first = len(table.columns), table.header, True
    for number, row in rows:
        if isinstance(row, csv.Error):
            cells: Sequence[str | None] | str = f"not CSV: {row}{lines.cut}"
        elif not row[0].strip() and not any(map(str.strip, row)):
            table.left_out += 1
            continue
        elif is_first and header is not None and _is_types(row):
            table.notes.append(f"line {number:,} has the types of the columns and is left out")
            is_first = False
            continue
        elif len(row) != width:
            cells = f"has {counted(len(row), 'cell')} {OTHER_WIDTH} {width}{lines.cut}"
        else:
            cells = [cell or None for cell in (map(_text, row) if lines.marked else row)]
        is_first = False
        yield number, cells


def _text(cell: str) -> str:
    """A cell; one that keeps spreadsheets from reading a number, `="007"`, is the text in it."""
    found = _AS_TEXT.fullmatch(cell) if cell.startswith("=") else None
    return found[1] if found else cell


def _is_types(row: Sequence[str]) -> bool:
    return all(_TYPE.fullmatch(cell.strip()) for cell in row if cell.strip())


def _rows(lines: "_Lines", mark: str) -> Iterator[Numbered]:
    """The rows that are not blank, with the line that each begins on, or what is wrong there.

    After a line that is no CSV the next one begins a row, though quotes may have run across it.
    """
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

    def __init__(self, lines: Iterator[str], before: int) -> None:
        self._lines = lines
        # Each with how often it was read.
        self._row: list[tuple[str, int]] = []
        self._again: deque[tuple[str, int]] = deque()
        self.number = before
        self.taken = 0
        """How many characters were read, those that are read again too."""
        self.marked = False
        """Whether a cell of the row may begin with `="`."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._row and self._again and self._again[0][1] >= _MOST_READINGS:
            raise StopIteration
        line, times = self._again.popleft() if self._again else (next(self._lines), 0)
        self.number += 1
        self.taken += len(line)
        self.marked |= _MARK in line
        self._row.append((line, times + 1))
        return line

    @property
    def cut(self) -> str:
        """What to say of a row that is wrong where the file ends in the middle of its line."""
        if not self._row or self._row[-1][0].endswith(("\n", "\r")):
            return ""
        return CUT_IN_IT

    def begin_row(self) -> None:
        """Those before it are not needed any more."""
        self._row.clear()
        self.marked = False

    def back_to_second(self) -> None:
        """All lines of the row but its first are next."""
        rest = self._row[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)


def _delimiter(header: str) -> str:
    bare = _QUOTED.sub("", header)
    return max(_DELIMITERS, key=bare.count)
