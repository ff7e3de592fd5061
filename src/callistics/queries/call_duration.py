"""How long calls last: count, average, extremes, sum and percentiles."""

from callistics.catalog.metrics import (
    AVERAGE,
    DURATION_KNOWN,
    LONGEST,
    MAX_MS,
    MIN_MS,
    SHORTEST,
    TIMED,
    TOTAL,
    TOTAL_MS,
    N,
    percentile,
)
from callistics.compile.ranks import PERCENTILES, percentiles, ranked
from callistics.compile.select import (
    condition,
    expression,
    group_by,
    groups_of,
    limit,
    order_by,
    source,
)
from callistics.queries.base import QueryType
from callistics.queries.picture import Spread
from callistics.sql.aggregates import told_apart
from callistics.sql.fragment import Sql, compose, join, raw
from callistics.sql.selection import Frame, Unit


def _statement(query: QueryType, frame: Frame) -> Sql:
    """Percentiles by nearest rank, exactly: over a histogram of whole seconds."""
    groups = groups_of(frame)
    keys = [f"k{place}" for place in range(len(groups))]
    named = [
        compose(f"{{}} AS {key}", expression(frame, group))
        for key, group in zip(keys, groups, strict=True)
    ]
    histogram = compose(
        "SELECT {},\n       {} AS n, {} AS total_ms,\n"
        "       {} AS min_ms, {} AS max_ms\n"
        "FROM {}\nWHERE {}\n{}",
        join(", ", [*named, compose("{} AS secs", frame.dialect.whole_seconds("c.duration_ms"))]),
        *(aggregate.sql(frame) for aggregate in (N, TOTAL_MS, MIN_MS, MAX_MS)),
        source(frame, groups),
        condition(frame, query.only),
        group_by(frame, len(keys), "secs", *told_apart(frame, "c.duration_ms")),
    )
    figures = [
        "coalesce(sum(n), 0) AS n_timed",
        "sum(total_ms) AS total_ms",
        "min(min_ms) AS min_ms",
        "max(max_ms) AS max_ms",
        *percentiles("secs"),
    ]
    closing = [raw("GROUP BY " + ", ".join(keys)), order_by(len(keys), query.order)] if keys else []
    return join(
        "\n",
        [
            compose(
                "WITH histogram AS ({}),\nranked AS ({})",
                histogram,
                ranked(keys, "secs", "histogram"),
            ),
            raw("SELECT " + ",\n       ".join([*keys, *figures]) + "\nFROM ranked"),
            *closing,
            limit(),
        ],
    )


QUERY = QueryType(
    name="call_duration",
    summary="Durations of the calls whose duration is known.",
    unit=Unit.CALLS,
    figures=(
        TIMED,
        AVERAGE.named("avg", "Average in seconds."),
        SHORTEST,
        LONGEST,
        TOTAL,
        *(percentile(percent) for percent in PERCENTILES),
    ),
    picture=Spread(("min", "p50", "avg", "p90", "p95", "p99", "max"), "avg", "seconds", "total"),
    example={"filters": {"merchant_id": "mer_abc", "min_duration": 10}},
    only=DURATION_KNOWN,
    statement=_statement,
)
