"""A roll-up as the source of a statement: whole steps, what changed since, and the cut edges.

Steps that lie wholly inside the range come from the roll-up's tables, the longest first; what they
leave at either end comes from the records. Together the rows are exact for any range.
"""

from collections.abc import Iterator, Sequence

from callistics.catalog.dimensions import BUCKET, HOUR, WEEKDAY, Dimension
from callistics.catalog.rollups import CHANGES, Rollup
from callistics.model import instants
from callistics.model.buckets import Piece
from callistics.sql.fragment import Sql, compose, instant, join, raw
from callistics.sql.selection import Frame, Source

Span = tuple[int | None, int | None]
"""A half-open range of instants; None is no end."""


def keeps(frame: Frame, dimension: Dimension, step: int) -> bool:
    """Whether a dimension has one value from the beginning to the end of every step."""
    if not dimension.timed:
        return True
    stride, pieces = _cuts(frame, dimension)
    return stride % step == 0 and all(
        piece.offset % step == 0 and (piece.begin or 0) % step == 0 for piece in pieces
    )


def _cuts(frame: Frame, dimension: Dimension) -> tuple[int, Sequence[Piece]]:
    """The length by which local time is cut into values, and the offsets of local time."""
    granularity = frame.selection.query.granularity
    match dimension.name:
        case HOUR.name:
            return instants.HOUR, frame.clock
        case WEEKDAY.name:
            return instants.DAY, frame.clock
        case BUCKET.name if granularity.is_clock:
            return granularity.clock_length, frame.clock
        case _:
            return instants.DAY, frame.calendar


def rolled(frame: Frame, rollup: Rollup, steps: Sequence[int]) -> Source | None:
    """The rows of a roll-up for the plan's range; None where no step lies wholly inside it."""
    selection = frame.selection
    outer = selection.seen
    found: list[tuple[int, Span]] = []
    inner: Span | None = None
    for step in steps:
        whole = _whole(step, outer)
        if whole is not None:
            found.extend((step, part) for part in _around(inner, whole))
            inner = whole
    if inner is None:
        return None
    parts = [_summed(rollup, step, span) for step, span in found]
    parts.append(_records(rollup, CHANGES[rollup.unit], f"{rollup.unit.alias}.n", inner))
    parts += [_records(rollup, rollup.unit, "1", edge) for edge in _around(inner, outer)]
    rows = compose(f"({{}}) AS {rollup.unit.alias}", join("\nUNION ALL\n", parts))
    return Source(rows, raw(f"{rollup.unit.alias}.n"), steps[-1])


def _whole(step: int, span: Span) -> Span | None:
    """The steps wholly inside a range, None if there are none."""
    begin, end = span
    low = None if begin is None else -(-begin // step) * step
    high = None if end is None else end // step * step
    return None if low is not None and high is not None and low >= high else (low, high)


def _around(inner: Span | None, outer: Span) -> Iterator[Span]:
    """What a range has before and after one inside it."""
    if inner is None:
        yield outer
        return
    for edge in ((outer[0], inner[0]), (inner[1], outer[1])):
        if None not in edge and edge[0] != edge[1]:
            yield edge


def _summed(rollup: Rollup, step: int, span: Span) -> Sql:
    columns = ", ".join((*rollup.key_names, *rollup.figures("n")))
    return _selected(rollup, columns, rollup.table(step), span)


def _records(rollup: Rollup, table: str, weight: str, span: Span) -> Sql:
    """Records, each as a row of the roll-up would be that sums up it alone."""
    figures = (f"{value} AS {name}" for name, value in rollup.figures(weight).items())
    return _selected(rollup, ", ".join((*rollup.key_names, *figures)), table, span)


def _selected(rollup: Rollup, columns: str, table: str, span: Span) -> Sql:
    time = rollup.unit.time_column
    ends = [
        compose(f"{time} {operator} {{}}", instant(end))
        for operator, end in zip((">=", "<"), span, strict=True)
        if end is not None
    ]
    within = compose(" WHERE {}", join(" AND ", ends)) if ends else raw("")
    return compose(f"SELECT {columns} FROM {table} AS {rollup.unit.alias}{{}}", within)
