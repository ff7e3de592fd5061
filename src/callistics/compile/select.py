"""The statement that most query types share: group, count, order."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from callistics.catalog.dimensions import Dimension, groupable
from callistics.catalog.metrics import Aggregate, Verdict
from callistics.catalog.spans import end_of, start_of
from callistics.compile.where import needs_lead, where
from callistics.model.buckets import Granularity, Piece
from callistics.sql.aggregates import count, standing, there
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, all_of, compose, join, raw
from callistics.sql.selection import Frame, Source, Unit

MAX_ROWS = 1_000_000


class Order(StrEnum):
    """How the rows of one group follow each other."""

    KEY = "by key"
    COUNT = "by count, largest first"
    ANY = "in any order"


def groups_of(frame: Frame) -> list[Dimension]:
    """The dimensions of `group_by`, in the order asked."""
    found = [groupable(name) for name in frame.selection.query.group_by]
    return [dimension for dimension in found if dimension is not None]


def expression(frame: Frame, dimension: Dimension) -> Sql:
    """A dimension in SQL, for the plan's unit."""
    build = dimension.on(frame.selection.unit)
    assert build is not None, f"{dimension.name} is not one of {frame.selection.unit}"
    return build(frame)


def source(frame: Frame, dimensions: Sequence[Dimension]) -> Sql:
    """The rows of the plan's unit, with the calls' leads beside them where they are needed."""
    own = frame.source.rows
    needed = needs_lead(frame) or any(d.needs_lead for d in dimensions)
    if frame.selection.unit is Unit.LEADS or not needed:
        return own
    return _with_lead(own, frame.dialect)


def _with_lead(calls: Sql, dialect: Dialect) -> Sql:
    # The status is what calls are joined with their leads for.
    leads = standing(dialect, "leads", "l", (*dialect.lead_key, "status"))
    same = " AND ".join(f"l.{column} = c.{column}" for column in dialect.lead_key)
    return compose(f"{{}} LEFT JOIN {{}} ON {same}", calls, leads)


def grouped(
    frame: Frame,
    key: Dimension | None,
    aggregates: Sequence[Aggregate],
    order: Order = Order.KEY,
    only: Sql | None = None,
) -> Sql:
    """Rows of (groups…, key, aggregates…), ordered by the groups and then as asked."""
    dimensions = [*groups_of(frame), *([key] if key else [])]
    keys = [
        compose(f"{{}} AS k{place}", expression(frame, dimension))
        for place, dimension in enumerate(dimensions)
    ]
    rows = compose("{}\nWHERE {}", source(frame, dimensions), condition(frame, only))
    verdicts = _verdicts(aggregates)
    if verdicts:
        frame, rows = _counted_first(frame, keys, verdicts, rows)
        keys = [raw(f"k{place}") for place in range(len(dimensions))]
    figures = [
        compose(
            f"{{}} AS {aggregate.name}",
            aggregate.of_counted(frame) if verdicts else aggregate.sql(frame),
        )
        for aggregate in aggregates
    ]
    lines = [compose("SELECT {}\nFROM {}", join(",\n       ", [*keys, *figures]), rows)]
    if dimensions:
        lines.append(group_by(frame, len(dimensions)))
        order = order if key else Order.KEY
        if len(dimensions) > 1 or order is not Order.ANY:
            lines.append(order_by(len(dimensions), order))
        lines.append(limit())
    return join("\n", lines)


def _verdicts(aggregates: Sequence[Aggregate]) -> list[Verdict]:
    """What to count by first: nothing unless every aggregate is a number of records."""
    if not all(aggregate.verdict or aggregate.name == "n" for aggregate in aggregates):
        return []
    return [aggregate.verdict for aggregate in aggregates if aggregate.verdict is not None]


def _counted_first(
    frame: Frame, keys: Sequence[Sql], verdicts: Sequence[Verdict], rows: Sql
) -> tuple[Frame, Sql]:
    """Records counted by the keys and verdicts, as the rows of a frame."""
    alias = frame.selection.unit.alias
    columns = [*keys, *(raw(f"{verdict.value} AS {verdict.name}") for verdict in verdicts)]
    counts = compose(
        f"(SELECT {{}}, {{}} AS n\nFROM {{}}\n{{}}) AS {alias}",
        join(", ", columns),
        count(frame),
        rows,
        group_by(frame, len(keys), *(verdict.name for verdict in verdicts)),
    )
    return replace(frame, rolled=Source(counts, raw(f"{alias}.n"))), counts


def condition(frame: Frame, only: Sql | None) -> Sql:
    """The plan's WHERE clause and what a query type adds to it."""
    return where(frame) if only is None else all_of([where(frame), only])


def group_by(frame: Frame, count: int, *more: str) -> Sql:
    """GROUP BY the first columns and those named, for groups of rows of the plan's unit."""
    columns = [*(f"k{place}" for place in range(count)), *more]
    return compose(f"GROUP BY {', '.join(columns)}{{}}", there(frame.source.weight))


def order_by(count: int, order: Order) -> Sql:
    """ORDER BY the first columns, nulls last; the last of them after the count if so asked."""
    columns = [f"k{place} ASC NULLS LAST" for place in range(count)]
    if order is Order.COUNT:
        columns.insert(count - 1, "n DESC")
    elif order is Order.ANY:
        del columns[-1]
    return raw("ORDER BY " + ", ".join(columns))


def limit() -> Sql:
    """One row more than may be answered, so that too many are noticed and never cut off."""
    return raw(f"LIMIT {MAX_ROWS + 1}")


def extent(frame: Frame, only: Sql | None = None) -> Sql:
    """The first and last instant (µs) among the matching records.

    Of a roll-up it is the first instant of the first step that has some, and the last of the last.
    """
    if frame.selection.overlap:
        return _extent_of_spans(frame, only)
    time = frame.dialect.micros(frame.selection.unit.time)
    rows = compose("{}\nWHERE {}", source(frame, []), condition(frame, only))
    weight, step = frame.source.weight, frame.source.step
    if weight is None:
        return compose("SELECT min({}), max({})\nFROM {}", time, time, rows)
    exact = there(weight)
    if step is not None:
        begin = step_of(frame, step)
        steps = compose("SELECT {} AS t\nFROM {}\nGROUP BY t{}", begin, rows, exact)
        return compose(f"SELECT min(t), max(t) + {step - 1}\nFROM ({{}}) AS steps", steps)
    # Which instants are there takes a group for each: only the first and last hour are looked at.
    hour = frame.dialect.clock_bucket(
        frame.selection.unit.time, Granularity.HOUR, (Piece(None, 0),)
    )
    hours = compose("SELECT {} AS h FROM {}\nGROUP BY h{}", hour, rows, exact)
    return compose(
        "WITH hours AS (SELECT min(h) AS low, max(h) AS high FROM ({}) AS cut)\n"
        "SELECT min(t), max(t) FROM (\nSELECT {} AS t\nFROM {}\n"
        "  AND ({} = (SELECT low FROM hours) OR {} = (SELECT high FROM hours))\n"
        "GROUP BY t{}) AS edges",
        hours,
        time,
        rows,
        hour,
        hour,
        exact,
    )


def step_of(frame: Frame, step: int) -> Sql:
    """The first instant (µs) of the step that a record lies in."""
    time = frame.dialect.micros(frame.selection.unit.time)
    return compose(f"{{}} - (({{}} % {step}) + {step}) % {step}", time, time)


def _extent_of_spans(frame: Frame, only: Sql | None) -> Sql:
    """The first and last instant (µs) at which a matching call is under way."""
    rows = compose("{}\nWHERE {}", source(frame, []), condition(frame, only))
    spans = compose("SELECT {} AS s, {} AS e\nFROM {}", start_of(frame), end_of(frame), rows)
    weight = frame.source.weight
    if weight is not None:
        spans = compose("{}\nGROUP BY s, e{}", spans, there(weight))
    return compose("SELECT min(s), max(e) - 1\nFROM ({}) AS spans", spans)
