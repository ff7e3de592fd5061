"""How many calls are under way at once."""

from collections.abc import Sequence

from callistics.catalog.dimensions import BUCKET, bucket_of
from callistics.catalog.metrics import MEAN_LEVEL, PEAK
from callistics.catalog.spans import LASTS, end_of, start_of
from callistics.compile.select import (
    condition,
    expression,
    group_by,
    groups_of,
    limit,
    order_by,
    source,
)
from callistics.model.rounding import ratio
from callistics.queries.base import Counted, QueryType, Row, Slot
from callistics.queries.series import DATE, bucket_slots
from callistics.sql.aggregates import count
from callistics.sql.fragment import Sql, compose, integer, join, raw
from callistics.sql.selection import Frame, Selection, Unit


def _statement(query: QueryType, frame: Frame) -> Sql:
    """What each bucket changes: starts add one, ends take one off.

    `most` is the most calls under way beyond those at its beginning, from `first` on; `moment` is
    the sum of the changes times their instants, from which follows the time of all calls together.
    """
    groups = groups_of(frame)
    keys = "".join(f"k{place}, " for place in range(len(groups)))
    until = integer(frame.selection.end or 0)
    parts = [
        compose("under_way AS ({})", _under_way(query, frame)),
        compose(
            f"events AS (SELECT {keys}s AS t, w AS d\nFROM under_way\nUNION ALL\n"
            f"SELECT {keys}e AS t, -w AS d\nFROM under_way\nWHERE e < {{}})",
            until,
        ),
        compose(
            f"cut AS (SELECT {keys}{{}} AS b, t, d\nFROM events)",
            bucket_of(frame, frame.dialect.from_micros(raw("t"))),
        ),
        raw(
            f"levels AS (SELECT {keys}b, t, d,"
            f" sum(d) OVER (PARTITION BY {keys}b ORDER BY t) AS level\nFROM cut)"
        ),
    ]
    moment = compose("sum({} * d)", frame.dialect.wide(raw("t")))
    return join(
        "\n",
        [
            compose("WITH {}", join(",\n", parts)),
            compose(
                f"SELECT {keys}b AS k{len(groups)}, min(t) AS first, max(level) AS most,"
                " sum(d) AS change, {} AS moment\nFROM levels",
                moment,
            ),
            raw(f"GROUP BY {keys}b"),
            order_by(len(groups) + 1, query.order),
            limit(),
        ],
    )


def _under_way(query: QueryType, frame: Frame) -> Sql:
    """The part of each call inside the range; `w` calls have the same."""
    begin, end = frame.selection.begin or 0, frame.selection.end or 0
    groups = groups_of(frame)
    named = [
        compose(f"{{}} AS k{place}", expression(frame, group)) for place, group in enumerate(groups)
    ]
    weighted = frame.source.weight is not None
    columns = [
        *named,
        compose("greatest({}, {}) AS s", start_of(frame), integer(begin)),
        compose("least({}, {}) AS e", end_of(frame), integer(end)),
        compose("{} AS w", count(frame) if weighted else raw("1")),
    ]
    return compose(
        "SELECT {}\nFROM {}\nWHERE {}{}",
        join(", ", columns),
        source(frame, groups),
        condition(frame, query.only),
        compose("\n{}", group_by(frame, len(groups), "s", "e")) if weighted else raw(""),
    )


def _arrange(_: Selection, slots: Sequence[Slot], counted: Sequence[Counted]) -> list[Row]:
    """The calls under way are carried from bucket to bucket."""
    changes = {one.key: one.measures for one in counted}
    rows: list[Row] = []
    level = 0
    for slot in slots:
        begin, end = slot.span
        peak, time = level, level * (end - begin)
        change = changes.get(slot.key)
        if change is not None:
            first, most, by, moment = (change[name] or 0 for name in _CHANGES)
            peak = level + most if first == begin else max(level, level + most)
            time += by * end - moment
            level += by
        rows.append({"date": slot.shown[0], "peak": peak, "avg": ratio(time, end - begin)})
    return rows


QUERY = QueryType(
    name="concurrency",
    summary="Calls under way at once: the most, and on average, in each bucket.",
    unit=Unit.CALLS,
    key=BUCKET,
    fields=(DATE,),
    figures=(PEAK, MEAN_LEVEL),
    slots=bucket_slots,
    only=LASTS,
    overlap=True,
    uses_granularity=True,
    statement=_statement,
    arrange=_arrange,
    example={
        "filters": {"date_from": "2025-01-01", "date_to": "2025-01-05"},
        "granularity": "hour",
    },
)
_CHANGES = [measure.name for measure in QUERY.measures]
