"""The statement that most query types share: group, count, order."""

from collections.abc import Sequence
from enum import StrEnum

from callistics.catalog.conditions import needs_lead, where
from callistics.catalog.counting import standing, there
from callistics.catalog.dimensions import Dimension, groupable
from callistics.catalog.metrics import Measure
from callistics.catalog.plan import Frame, Unit
from callistics.model.buckets import Granularity, Piece
from callistics.sql.fragment import Sql, all_of, compose, join, raw

MAX_ROWS = 1_000_000

CALLS_SOURCE = "calls AS c"
CALLS_WITH_LEAD = (
    "calls AS c LEFT JOIN {} ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id"
)
LEADS_SOURCE = "leads AS l"
# What calls are joined with their leads for.
_LEAD_COLUMNS = ("merchant_id", "lead_id", "status")


class Order(StrEnum):
    """How the rows of one group follow each other."""

    KEY = "by key"
    COUNT = "by count, largest first"


def groups_of(frame: Frame) -> list[Dimension]:
    """The dimensions of `group_by`, in the order asked."""
    found = [groupable(name) for name in frame.plan.query.group_by]
    return [dimension for dimension in found if dimension is not None]


def expression(frame: Frame, dimension: Dimension) -> Sql:
    """A dimension in SQL, for the plan's unit."""
    build = dimension.on(frame.plan.unit)
    assert build is not None, f"{dimension.name} is not one of {frame.plan.unit}"
    return build(frame)


def source(frame: Frame, dimensions: Sequence[Dimension]) -> Sql:
    """The table of the plan's unit, with the calls' leads beside it where they are needed."""
    if frame.plan.unit is Unit.LEADS:
        return raw(LEADS_SOURCE)
    with_lead = needs_lead(frame.plan.query.filters) or any(d.needs_lead for d in dimensions)
    if not with_lead:
        return raw(CALLS_SOURCE)
    return compose(CALLS_WITH_LEAD, standing(frame.dialect, "leads", "l", _LEAD_COLUMNS))


def grouped(
    frame: Frame,
    key: Dimension | None,
    measures: Sequence[Measure],
    order: Order = Order.KEY,
    only: Sql | None = None,
) -> Sql:
    """Rows of (groups…, key, measures…), ordered by the groups and then as asked."""
    dimensions = [*groups_of(frame), *([key] if key else [])]
    select = [
        compose(f"{{}} AS k{place}", expression(frame, dimension))
        for place, dimension in enumerate(dimensions)
    ]
    select += [compose(f"{{}} AS {measure.name}", measure.sql(frame)) for measure in measures]
    lines = [
        compose("SELECT {}", join(",\n       ", select)),
        compose("FROM {}", source(frame, dimensions)),
        compose("WHERE {}", condition(frame, only)),
    ]
    if dimensions:
        lines.append(group_by(frame, len(dimensions)))
        lines.append(order_by(len(dimensions), order if key else Order.KEY))
    return join("\n", [*lines, limit()])


def condition(frame: Frame, only: Sql | None) -> Sql:
    """The plan's WHERE clause and what a query type adds to it."""
    return where(frame) if only is None else all_of([where(frame), only])


def group_by(frame: Frame, count: int, *more: str) -> Sql:
    """GROUP BY the first columns and those named, for groups of rows of the plan's unit."""
    columns = [*(f"k{place}" for place in range(count)), *more]
    return raw(f"GROUP BY {', '.join(columns)}{there(frame.dialect, frame.plan.unit.alias)}")


def order_by(count: int, order: Order) -> Sql:
    """ORDER BY the first columns, nulls last; the last of them after the count if so asked."""
    columns = [f"k{place} ASC NULLS LAST" for place in range(count)]
    if order is Order.COUNT:
        columns.insert(count - 1, "n DESC")
    return raw("ORDER BY " + ", ".join(columns))


def limit() -> Sql:
    """One row more than may be answered, so that too many are noticed and never cut off."""
    return raw(f"LIMIT {MAX_ROWS + 1}")


def extent(frame: Frame, only: Sql | None = None) -> Sql:
    """The first and last instant (µs) among the matching records."""
    time = frame.dialect.micros(frame.plan.unit.time)
    rows = compose("{}\nWHERE {}", source(frame, []), condition(frame, only))
    exact = there(frame.dialect, frame.plan.unit.alias)
    if not exact:
        return compose("SELECT min({}), max({})\nFROM {}", time, time, rows)
    # Which instants are there takes a group for each: only the first and last hour are looked at.
    hour = frame.dialect.clock_bucket(frame.plan.unit.time, Granularity.HOUR, (Piece(None, 0),))
    hours = compose(f"SELECT {{}} AS h FROM {{}}\nGROUP BY h{exact}", hour, rows)
    return compose(
        "WITH hours AS (SELECT min(h) AS low, max(h) AS high FROM ({}) AS cut)\n"
        "SELECT min(t), max(t) FROM (\nSELECT {} AS t\nFROM {}\n"
        "  AND ({} = (SELECT low FROM hours) OR {} = (SELECT high FROM hours))\n"
        f"GROUP BY t{exact}) AS edges",
        hours,
        time,
        rows,
        hour,
        hour,
    )
