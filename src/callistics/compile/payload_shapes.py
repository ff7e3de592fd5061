"""The shapes of payloads: which keys they have, and the JSON types of what is under these."""

from callistics.compile.where import where
from callistics.sql.aggregates import count, there
from callistics.sql.fragment import Sql, compose, join, raw
from callistics.sql.selection import Frame


def payload_shapes(counted: Frame, named: tuple[Frame, ...], limit: int) -> Sql:
    """Rows of (shape, how many of the counted records have it), those of most first.

    Shapes that none of them has are those of the named records; one more than `limit` at most.
    """
    # Those that are only named are not counted: an engine tells them apart in half the time.
    parts = [_shapes(counted, count(counted)), *(_shapes(one, raw("0")) for one in named)]
    return compose(
        "SELECT k0, sum(n) AS records\nFROM ({}) AS found\nWHERE k0 IS NOT NULL\nGROUP BY k0\n"
        f"ORDER BY records DESC, k0\nLIMIT {limit + 1}",
        join("\nUNION ALL\n", parts),
    )


def _shapes(frame: Frame, number: Sql) -> Sql:
    return compose(
        f"SELECT {frame.selection.unit.alias}.payload_shape AS k0, {{}} AS n\n"
        "FROM {}\nWHERE {}\nGROUP BY k0{}",
        number,
        frame.source.rows,
        where(frame),
        there(frame.source.weight),
    )
