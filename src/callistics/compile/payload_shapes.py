"""The shapes of payloads: which keys they have, and the JSON types of what is under these."""

from callistics.compile.where import where
from callistics.sql.aggregates import count, count_where, there
from callistics.sql.fragment import Sql, all_of, compose, instant, raw
from callistics.sql.selection import Frame, Unit


def payload_shapes(calls: Frame, leads: Frame, begin: int, end: int, limit: int) -> Sql:
    """Rows of (shape, calls that started from `begin` to before `end`), most of them first.

    Shapes are those of calls and of leads; one more than `limit` at most.
    """
    within = all_of(
        [
            compose("{} >= {}", Unit.CALLS.time, instant(begin)),
            compose("{} < {}", Unit.CALLS.time, instant(end)),
        ]
    )
    found = compose(
        "{}\nUNION ALL\n{}", _shapes(calls, count_where(calls, within)), _shapes(leads, raw("0"))
    )
    return compose(
        "SELECT k0, sum(recent) AS calls\nFROM ({}) AS found\nGROUP BY k0\n"
        f"ORDER BY calls DESC, sum(n) DESC, k0\nLIMIT {limit + 1}",
        found,
    )


def _shapes(frame: Frame, recent: Sql) -> Sql:
    alias = frame.selection.unit.alias
    return compose(
        f"SELECT {alias}.payload_shape AS k0, {{}} AS n, {{}} AS recent\n"
        f"FROM {{}}\nWHERE {{}}\n  AND {alias}.payload_shape IS NOT NULL\nGROUP BY k0{{}}",
        count(frame),
        recent,
        frame.source.rows,
        where(frame),
        there(frame.source.weight),
    )
