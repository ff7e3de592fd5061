"""How large the table of a sheet is, before room is made for all of its cells."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import join, normpath
from typing import IO
from xml.etree import ElementTree as ET

from callistics.files.lines import UnreadableError

MOST_CELLS = 50_000_000
"""Cells from A1 to the last row and column, empty ones among them."""

# Of another format, damaged, or packed in a way that is not known.
_NO_WORKBOOK = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError),
    *(KeyError, ET.ParseError),
)
_CHUNK = 1 << 20
_LONGEST_TAG = 1 << 12
_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
# Cells that are only coloured have no value, and take no room.
_CELL = rb"""<%bc\s(?:[^>]*?\s)??r=["']([A-Z]{1,3}+)(\d{1,10}+)["'][^>]*+(?<!/)>(?!</)"""
# Of the columns A to AU all rows that a sheet can have fit. Whether there are others, or rows of so
# many digits that they may be too many, is seen much sooner than the cells are counted.
_FITTING = 47 << 20
_FURTHER = re.compile(rb"""r=["'](?:A[V-Z]|[B-Z][A-Z]|[A-Z]{3}|[A-Z]{1,2}\d{6})\d""")
_ROOT = re.compile(rb"<(\w+:)?worksheet\b")


def check_extent(name: str, sheet: str, most: int | None = None) -> None:
    """Raises `UnreadableError` where a sheet of an `.xlsx` file reaches over too many cells.

    That is more than `most`, or `MOST_CELLS`. Room is made for all cells up to the last one, and
    the process ends where there is not enough: one that was filled by mistake far away from the
    others makes a small file such a table.
    """
    most = MOST_CELLS if most is None else most
    try:
        with zipfile.ZipFile(name) as book:
            part = _part(book, sheet)
            if part is None:
                return
            with book.open(part) as file:
                if most >= _FITTING and not any(map(_FURTHER.search, _pieces(file))):
                    return
                rows, columns = _extent(file)
    except _NO_WORKBOOK:
        # Which is told where it is read.
        return
    if rows * columns > most:
        raise UnreadableError(
            f'the sheet "{sheet}" reaches over {rows:,} rows and {columns:,} columns, more than'
            f" {most:,} cells: delete what is in cells far away from the table, or save it as CSV"
        )


def _part(book: zipfile.ZipFile, sheet: str) -> str | None:
    """The file in a workbook that has a sheet."""
    sheets = _xml(book, _BOOK).findall(".//{*}sheet")
    # The namespace of the attribute depends on how strict the writer is.
    links = [
        value
        for one in sheets
        if one.get("name") == sheet
        for key, value in one.items()
        if key.endswith("}id")
    ]
    targets = _xml(book, _LINKS)
    target = next((one.get("Target") for one in targets if one.get("Id") in links), None)
    return None if target is None else normpath(join("/xl", target)).lstrip("/")


def _xml(book: zipfile.ZipFile, part: str) -> ET.Element:
    # The parser itself bounds what entities may become.
    return ET.fromstring(book.read(part))  # noqa: S314


def _extent(file: IO[bytes]) -> tuple[int, int]:
    """The numbers of the last row and the last column of a sheet in which a cell has a value."""
    rows, columns = 0, set[bytes]()
    file.seek(0)
    root = _ROOT.search(file.read(_LONGEST_TAG))
    # A pattern that begins with what is always there is looked for several times as fast.
    cell = re.compile(_CELL % ((root and root[1]) or b""))
    file.seek(0)
    for piece in _pieces(file):
        found: list[tuple[bytes, bytes]] = cell.findall(piece)
        columns |= {column for column, _ in found}
        rows = max([rows, *map(int, {row for _, row in found})])
    return rows, max(map(_number, columns), default=0)


def _number(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces that end before a cell begins."""
    rest = b""
    while piece := file.read(_CHUNK):
        text = rest + piece
        cut = text.rfind(b"<c")
        cut = cut if cut > 0 else max(len(text) - _LONGEST_TAG, 0)
        yield text[:cut]
        rest = text[cut:]
    yield rest
