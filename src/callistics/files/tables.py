"""Tables: named columns and numbered rows, whatever file they were read from."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from callistics.files.encode import record_line
from callistics.files.lines import Line
from callistics.files.mapped import table_mapper
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.table import TableMapper

Cells = Sequence[object]
"""The cells of a row in the order of the columns; one that is None is absent."""

Row = tuple[int, Cells | str]
"""A row's number with its cells, or with what is wrong with it."""

_LONGEST_SHOWN = 60


@dataclass
class Table:
    """The columns of a file and its rows, each with its number: the cells, or what is wrong.

    `left_out` counts the rows that were passed over as empty while `rows` were read; `ending` are
    those that were left out at the end. `header` is the line that names the columns, None where
    none does. Dates of the columns `dated` come as `DateText`. `taken` tells how many characters of
    rows were read so far, where that is known.
    """

    columns: list[str]
    rows: Iterator[Row]
    header: int | None = None
    left_out: int = 0
    delimiter: str | None = None
    notes: list[str] = field(default_factory=list[str])
    dated: frozenset[int] = frozenset()
    ending: list[Row] = field(default_factory=list[Row])
    taken: Callable[[], int] | None = None

    def about_ending(self) -> Iterator[str]:
        """What to say of the rows that were left out at the end, if any were."""
        if self.ending:
            shown = ", ".join(f"line {number:,} ({_shown(row)})" for number, row in self.ending[:3])
            more = f" and {len(self.ending) - 3:,} more" if len(self.ending) > 3 else ""
            yield f"left out at the end, as --skip-last says: {shown}{more}"


def _shown(row: Cells | str) -> str:
    text = row if isinstance(row, str) else " ".join(str(cell) for cell in row if cell is not None)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def without_last(rows: Iterator[Row], table: Table, number: int) -> Iterator[Row]:
    """The rows but the last so many, which the table is told of; so many are held back."""
    return _without_last(rows, table, number) if number else rows


def _without_last(rows: Iterator[Row], table: Table, number: int) -> Iterator[Row]:
    held = deque[Row]()
    for row in rows:
        held.append(row)
        if len(held) > number:
            yield held.popleft()
    table.ending += held


def table_lines(table: Table, mapping: RecordMapping) -> Iterator[Line]:
    """The records of a table. Raises `UnreadableError` where columns and mapping do not fit."""
    if not table.columns:
        return
    mapper = table_mapper(mapping, table.columns)
    table.dated = mapper.dated
    yield from row_lines(table.rows, mapper)


def row_lines(rows: Iterable[Row], mapper: TableMapper) -> Iterator[Line]:
    """The records of rows, each mapped by itself."""
    record = mapper.record
    for number, cells in rows:
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
