"""How many calls are under way at once."""

from collections.abc import Iterator, Sequence

from callistics.catalog.dimensions import BUCKET, bucket_of
from callistics.catalog.metrics import MEAN_LEVEL, PEAK, Tally
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
from callistics.queries.base import Counted, QueryType, Row, Slot, row_of
from callistics.queries.picture import Series
from callistics.queries.series import DATE, bucket_slots
from callistics.sql.aggregates import count
from callistics.sql.fragment import Sql, compose, integer, join, raw
from callistics.sql.selection import Frame, Selection, Unit


def _statement(query: QueryType, frame: Frame) -> Sql:
    """What happens in each bucket: a call's start adds one to the level, its end takes one off.

    `most` is the highest level after an event in the bucket, `change` the sum of its changes, and
    `moment` that of the changes times their instants, from which the time of all calls follows.
    """
    groups = len(groups_of(frame))
    keys = "".join(f"k{place}, " for place in range(groups))
    moment = compose("sum({} * d)", frame.dialect.wide(raw("t")))
    return join(
        "\n",
        [
            compose("WITH under_way AS ({})", _under_way(query, frame)),
            compose(", events AS ({})", _events(frame, keys)),
            # Every call of a group has ended before the next group begins.
            raw(
                f", levels AS (SELECT {keys}b, t, d,"
                f" sum(d) OVER (ORDER BY {keys}t, d ROWS UNBOUNDED PRECEDING) AS level"
                "\nFROM events)"
            ),
            compose(
                f"SELECT {keys}b AS k{groups}, max(level) AS most, sum(d) AS change, {{}} AS moment"
                "\nFROM levels",
                moment,
            ),
            raw(f"GROUP BY {keys}b"),
            order_by(groups + 1, query.order),
            limit(),
        ],
    )


def _events(frame: Frame, keys: str) -> Sql:
    """Starts and ends; an end is in the bucket of the last instant before it."""
    time = frame.dialect.from_micros
    return compose(
        f"SELECT {keys}{{}} AS b, s AS t, w AS d\nFROM under_way\nUNION ALL\n"
        f"SELECT {keys}{{}} AS b, e AS t, -w AS d\nFROM under_way",
        bucket_of(frame, time(raw("s"))),
        bucket_of(frame, time(raw("e - 1"))),
    )


def _under_way(query: QueryType, frame: Frame) -> Sql:
    """The part of each call inside the range; `w` calls have the same."""
    begin, end = frame.selection.begin or 0, frame.selection.end or 0
    groups = groups_of(frame)
    weighted = frame.source.weight is not None
    columns = [
        *(compose(f"{{}} AS k{at}", expression(frame, one)) for at, one in enumerate(groups)),
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


def _arrange(_: Selection, slots: Sequence[Slot], counted: Sequence[Counted]) -> Iterator[Row]:
    """The level is carried from bucket to bucket."""
    found = {one.key: one.aggregates for one in counted}
    level = 0
    for slot in slots:
        begin, end = slot.span
        most, change, moment = (found.get(slot.key, {}).get(name) or 0 for name in _LEVELS)
        time = level * (end - begin) + change * end - moment
        levels = {"most": max(level, most), "time": time, "length": end - begin}
        yield row_of(QUERY, slot.shown, Tally(levels, None), 0)
        level += change


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
    picture=Series("peak", unit="calls", bars=True, beside="avg", names_peak=True),
    example={"filters": {"date_from": "2025-01-01", "date_to": "2025-01-05"}},
)
_LEVELS = [aggregate.name for aggregate in QUERY.aggregates]
