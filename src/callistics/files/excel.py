"""Sheets of Excel workbooks as tables."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine

from callistics.errors import did_you_mean
from callistics.files.cells import finite
from callistics.files.contents import what_is
from callistics.files.extent import check_extent
from callistics.files.lines import UnreadableError
from callistics.files.tables import Row, Table, column_names, named_columns, without_last
from callistics.mapping.mapping import Layout
from callistics.mapping.numbers import ALL_DIGITS
from callistics.mapping.times import DateText

_MIDNIGHT = time()


def excel_table(name: str, layout: Layout) -> Table:
    """The table of a sheet: that of the layout's name, else the first one that is shown.

    The number of a row is the one that Excel shows. Raises `UnreadableError` where the file is no
    workbook, or has no such sheet, or nothing is in it.
    """
    try:
        with _opened(name) as book:
            chosen = _chosen(book, layout.sheet)
            check_extent(name, chosen)
            sheet = book.get_sheet_by_name(chosen)
            rows = list(sheet.iter_rows())
            title, others = sheet.name, [one for one in book.sheet_names if one != sheet.name]
    except (calamine.CalamineError, OSError) as error:
        message = f"cannot be read as a workbook ({error}): {what_is(name)}"
        raise UnreadableError(message) from error
    if not rows:
        raise UnreadableError(f'the sheet "{title}" has no rows: choose another with --sheet')
    table = _table(list(enumerate(rows, start=1)), title, layout)
    more = f"; others: {', '.join(others)}" if others else ""
    table.notes.append(f'read from the sheet "{title}"{more}')
    return table


def _opened(name: str) -> Any:
    library: Any = calamine
    return library.CalamineWorkbook.from_path(name)


def _chosen(book: Any, name: str | None) -> str:
    names: list[str] = book.sheet_names
    if not names:
        raise UnreadableError("the workbook has no sheets")
    if name is not None and name not in names:
        hint = did_you_mean(name, names) or f", only {', '.join(names)}"
        raise UnreadableError(f'--sheet: there is no sheet "{name}"{hint}')
    return _first(book) if name is None else name


def _first(book: Any) -> str:
    """The first sheet that is shown: hidden ones hold lists of words and the like."""
    sheets = list(book.sheets_metadata)
    shown = [one for one in sheets if one.visible == calamine.SheetVisibleEnum.Visible]
    cells = [one for one in shown if one.typ == calamine.SheetTypeEnum.WorkSheet]
    return str((cells or shown or sheets)[0].name)


def _table(rows: Sequence[tuple[int, list[Any]]], title: str, layout: Layout) -> Table:
    counted = [one for one in rows[layout.skip_lines :] if any(cell != "" for cell in one[1])]
    if not counted:
        raise UnreadableError(f'the sheet "{title}" has no rows: choose another with --sheet')
    number, names = counted[0]
    if layout.columns:
        table = Table(named_columns(layout.columns, len(names)), iter(()))
    else:
        table = Table(column_names([_name(cell) for cell in names]), iter(()), number)
        counted = counted[1:]
    table.left_out = len(rows[layout.skip_lines :]) - len(counted) - (table.header is not None)
    table.rows = without_last(_cells(counted, table), table, layout.skip_last)
    return table


def _name(cell: object) -> str:
    return str(_value(cell)) if cell != "" else ""


def _cells(rows: Sequence[tuple[int, list[Any]]], table: Table) -> Iterator[Row]:
    for number, row in rows:
        cells = [None if cell == "" else _value(cell) for cell in row]
        for place in table.dated:
            if isinstance(row[place], date):
                cells[place] = DateText(cells[place])
        yield number, cells


def _value(cell: object) -> object:
    """A cell as JSON has it: numbers without a fraction whole, times as ISO 8601 text."""
    if isinstance(cell, float):
        is_whole = cell.is_integer() and abs(cell) < ALL_DIGITS
        return int(cell) if is_whole else finite(cell)
    if isinstance(cell, timedelta):
        return _clock(cell)
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == _MIDNIGHT else cell).isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else cell


def _clock(length: timedelta) -> str:
    """A length of time as `0:02:46`, which is read so whatever unit the field has."""
    minutes, seconds = divmod(length, timedelta(minutes=1))
    parts = f"{minutes // 60}:{minutes % 60:02}:{seconds.seconds:02}"
    return f"{parts}.{seconds.microseconds:06}" if seconds.microseconds else parts
