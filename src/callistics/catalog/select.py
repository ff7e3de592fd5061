"""The statement that most query types share: group, count, order."""

from collections.abc import Sequence
from enum import StrEnum

from callistics.catalog.conditions import needs_lead, where
from callistics.catalog.dimensions import Dimension, groupable
from callistics.catalog.metrics import Measure
from callistics.catalog.plan import Frame, Unit
from callistics.sql.fragment import Sql, all_of, compose, join, raw

MAX_ROWS = 1_000_000

CALLS_SOURCE = "calls AS c"
CALLS_WITH_LEAD = (
    "calls AS c LEFT JOIN leads AS l ON l.merchant_id = c.merchant_id AND l.lead_id = c.lead_id"
)
LEADS_SOURCE = "leads AS l"


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
    return raw(CALLS_WITH_LEAD if with_lead else CALLS_SOURCE)


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
        lines.append(group_by(len(dimensions)))
        lines.append(order_by(len(dimensions), order if key else Order.KEY))
    return join("\n", [*lines, limit()])


def condition(frame: Frame, only: Sql | None) -> Sql:
    """The plan's WHERE clause and what a query type adds to it."""
    return where(frame) if only is None else all_of([where(frame), only])


def group_by(count: int) -> Sql:
    """GROUP BY the first columns."""
    return raw("GROUP BY " + ", ".join(f"k{place}" for place in range(count)))


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
    return compose(
        "SELECT min({}), max({})\nFROM {}\nWHERE {}",
        time,
        time,
        source(frame, []),
        condition(frame, only),
    )
