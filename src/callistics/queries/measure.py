"""Any number that calls have: count, sum, average, extremes and percentiles."""

from dataclasses import replace

from callistics.catalog.measures import measure_named
from callistics.catalog.metrics import COUNT, GREATEST, LEAST, MEAN, SUM, value_percentile
from callistics.compile.ranks import PERCENTILES, percentiles, ranked
from callistics.compile.select import (
    expression,
    group_by,
    groups_of,
    limit,
    order_by,
    source,
)
from callistics.compile.where import where
from callistics.model.query import Query
from callistics.queries.base import Field, QueryType
from callistics.queries.picture import Spread
from callistics.sql.aggregates import count
from callistics.sql.fragment import Sql, compose, join, raw
from callistics.sql.selection import Frame, Unit


def _for_query(kind: QueryType, query: Query) -> QueryType:
    """What may not be added up, such as amounts in different currencies, is the rows' key."""
    measured = measure_named(query.measure or "")
    split = measured and measured.split
    return replace(kind, key=split, fields=kind.fields if split else ())


def _statement(query: QueryType, frame: Frame) -> Sql:
    measured = measure_named(frame.selection.query.measure or "")
    assert measured is not None
    dimensions = [*groups_of(frame), *([query.key] if query.key else [])]
    keys = [f"k{place}" for place in range(len(dimensions))]
    named = [
        compose(f"{{}} AS {key}", expression(frame, dimension))
        for key, dimension in zip(keys, dimensions, strict=True)
    ]
    # Counted by what is stored first: there are fewer different numbers than calls.
    histogram = compose(
        "SELECT {}, {} AS n\nFROM {}\nWHERE {}\n{}",
        join(", ", [*named, compose("{} AS x", measured.stored(frame))]),
        count(frame),
        source(frame, dimensions),
        where(frame),
        group_by(frame, len(keys), "x"),
    )
    numbers = compose(
        f"SELECT {', '.join([*keys, 'n'])}, {{}} AS v\nFROM histogram",
        measured.millionths(frame.dialect, "x"),
    )
    total = compose("sum({} * n)", frame.dialect.wide(raw("v")))
    figures = [
        raw("coalesce(sum(n), 0) AS measured"),
        compose("{} AS total", total),
        *map(raw, ("min(v) AS least", "max(v) AS greatest", *percentiles("v"))),
    ]
    closing = [raw("GROUP BY " + ", ".join(keys)), order_by(len(keys), query.order)] if keys else []
    return join(
        "\n",
        [
            compose(
                "WITH histogram AS ({}),\nnumbers AS ({}),\nranked AS ({})",
                histogram,
                numbers,
                ranked(keys, "v", "numbers\nWHERE v IS NOT NULL"),
            ),
            compose("SELECT {}\nFROM ranked", join(",\n       ", [*map(raw, keys), *figures])),
            *closing,
            limit(),
        ],
    )


QUERY = QueryType(
    name="measure",
    summary="A number that calls have: its sum, average, extremes and percentiles.",
    unit=Unit.CALLS,
    fields=(
        Field(
            "currency",
            "string|null",
            "Only of `cost`, which has a row for each; null where none was named.",
            optional=True,
        ),
    ),
    figures=(
        COUNT.named("count", "Calls that have a number there."),
        SUM,
        MEAN,
        LEAST,
        GREATEST,
        *(value_percentile(percent) for percent in PERCENTILES),
    ),
    takes_measure=True,
    for_query=_for_query,
    statement=_statement,
    picture=Spread(("min", "p50", "avg", "p90", "p95", "p99", "max"), "avg", "", "sum"),
    example={"measure": "cost", "filters": {"merchant_id": "mer_abc"}},
)
