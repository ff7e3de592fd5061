"""Tables: named columns and numbered rows, whatever file they were read from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from callistics.files.encode import record_line
from callistics.files.lines import Line
from callistics.files.mapped import table_mapper
from callistics.mapping.mapping import RecordMapping

Cells = Sequence[object]
"""The cells of a row in the order of the columns; one that is None is absent."""


@dataclass
class Table:
    """The columns of a file and its rows, each with its number: the cells, or what is wrong.

    `left_out` counts the rows that were passed over as empty while `rows` were read; `header` is
    the line that names the columns, None where none does.
    """

    columns: list[str]
    rows: Iterator[tuple[int, Cells | str]]
    header: int | None = None
    left_out: int = 0
    delimiter: str | None = None
    notes: list[str] = field(default_factory=list[str])


def table_lines(table: Table, mapping: RecordMapping) -> Iterator[Line]:
    """The records of a table. Raises `UnreadableError` where columns and mapping do not fit."""
    if not table.columns:
        return
    record = table_mapper(mapping, table.columns).record
    for number, cells in table.rows:
        if isinstance(cells, str):
            yield Line(number, b"", cells)
            continue
        try:
            line = record_line(number, record(cells))
        except ValueError as error:
            line = Line(number, b"", str(error))
        yield line


def column_names(header: Sequence[str]) -> list[str]:
    """The names of columns as a header has them; those without one are named by their place."""
    return [name.strip() or f"column {place}" for place, name in enumerate(header, start=1)]


def named_columns(names: Sequence[str], width: int) -> list[str]:
    """The columns of a file without a header, whose rows are so wide: those named, then others."""
    return [*names[:width], *(f"column {place}" for place in range(len(names) + 1, width + 1))]
