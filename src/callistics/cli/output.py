"""Answers of queries as a table for people, as JSON, or as CSV."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from callistics.client.plot.cells import NULL, cell_text, is_number
from callistics.texts import counted

Row = Mapping[str, object]

_WIDE = 10_000


def console() -> Console:
    """Standard output; where it is no terminal, lines are as long as they need to be."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=_WIDE, color_system=None)


def table_of(columns: Sequence[str], rows: Sequence[Row], null: str = NULL) -> Table:
    """The rows with numbers to the right, thousands separated, and `null` where nothing is."""
    shown = Table(show_edge=False, pad_edge=False)
    for name in columns:
        numbers = any(is_number(row.get(name)) for row in rows)
        shown.add_column(Text(name), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell_text(row.get(name), null)) for name in columns))
    return shown


def columns_of(rows: Sequence[Row], otherwise: Sequence[str] = ()) -> list[str]:
    """The names of the rows' fields in order; `otherwise` where there are no rows."""
    names = dict.fromkeys(name for row in rows for name in row)
    return list(names) if rows else list(otherwise)


def total_line(envelope: Mapping[str, Any], shown: int) -> str:
    """`31 rows`, or which of them are shown and how to see the others."""
    total, page, size = envelope["total"], envelope["page"], envelope["page_size"]
    if shown == total:
        return counted(total, "row")
    if not shown:
        return f"{counted(total, 'row')}, none of them on page {page:,}"
    first = (page - 1) * size + 1
    return f"rows {first:,} to {first + shown - 1:,} of {total:,}; --page for others, --all for all"
