"""The statements that find calls in the order of their positions: where a page ends, then the page.

Of the many calls that match only the starts are read, and all else of those alone that stand within
the page.
"""

from collections.abc import Iterator

from callistics.compile.records import CALLS, call_columns, rows
from callistics.compile.select import source
from callistics.compile.where import where
from callistics.model.search import Position, Search
from callistics.sql.fragment import Sql, all_of, compose, instant, join, raw, text
from callistics.sql.selection import Frame, Source

_POSITION = ("started_at", "merchant_id", "call_id")


def edge(frame: Frame, search: Search, count: int) -> Sql:
    """The last start (µs) among the first so many rows of calls, and how many there are of them.

    Of rows that are cancelled it counts both.
    """
    furthest = "min" if search.newest_first else "max"
    rows = compose(
        "SELECT c.started_at AS t\nFROM {}\nWHERE {}\n{}",
        source(frame, ()),
        all_of([where(frame), *_not_before(search)]),
        raw(f"ORDER BY c.started_at {_direction(search)}\nLIMIT {count}"),
    )
    last = frame.dialect.micros(raw(f"{furthest}(t)"))
    return compose("SELECT {}, count(*)\nFROM ({}) AS edge", last, rows)


def page(frame: Frame, search: Search, until: int | None, count: int) -> Sql:
    """The first so many calls, up to a start (µs) if one is given, as `records.calls` has them."""
    within = () if until is None else (_up_to(search, until),)
    conditions = [where(frame), *_not_before(search), *_after(search), *within]
    calls = Source(source(frame, ()), frame.source.weight)
    direction = _direction(search)
    order = ", ".join(f"v{CALLS.names.index(name)} {direction}" for name in _POSITION)
    return compose(
        f"{{}}\nORDER BY {order}\nLIMIT {count}",
        rows(calls, call_columns(frame, CALLS), conditions),
    )


def _direction(search: Search) -> str:
    return "DESC" if search.newest_first else "ASC"


def _up_to(search: Search, until: int) -> Sql:
    return compose(f"c.started_at {'>=' if search.newest_first else '<='} {{}}", instant(until))


def _not_before(search: Search) -> Iterator[Sql]:
    """By the start alone, which skips most of what stands before the page."""
    if search.after is not None:
        sign = "<=" if search.newest_first else ">="
        yield compose(f"c.started_at {sign} {{}}", instant(search.after.started_at))


def _after(search: Search) -> Iterator[Sql]:
    if search.after is not None:
        yield _behind(search.after, "<" if search.newest_first else ">")


def _behind(after: Position, sign: str) -> Sql:
    steps = (
        (raw("c.started_at"), instant(after.started_at)),
        (raw("c.merchant_id"), text(after.merchant_id)),
        (raw("c.call_id"), text(after.call_id)),
    )
    options = [
        all_of(
            [
                *(compose("{} = {}", *same) for same in steps[:place]),
                compose(f"{{}} {sign} {{}}", *step),
            ]
        )
        for place, step in enumerate(steps)
    ]
    return compose("({})", join("\n    OR ", (compose("({})", one) for one in options)))
