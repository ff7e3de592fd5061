"""What a query is compared with, and the two ranges that this means."""

from dataclasses import replace

from callistics.errors import Problem, did_you_mean, invalid, malformed
from callistics.model.bodies import Object
from callistics.model.comparison import Comparison, Sides, equal_parts, whole_sides
from callistics.model.instants import to_millisecond
from callistics.model.json import as_object
from callistics.model.query import Query
from callistics.queries.base import QueryType

_AT = "/compare"
_MILLISECOND = 1000
_EVER = 2**63 - 1


def parse_comparison(body: Object, problems: list[Problem]) -> Comparison | None:
    """What a body asks to be compared with; what is wrong is added to `problems`."""
    name = body.get("compare")
    if name is None:
        return None
    if not isinstance(name, str) or name not in list(Comparison):
        hint = did_you_mean(name, Comparison) if isinstance(name, str) else ""
        message = f"must be one of {', '.join(Comparison)}{hint}"
        problems.append(malformed(_AT, message, name))
        return None
    if _is_open(body.get("filters")):
        message = "needs both ends of the range: date_from and date_to, or date_range"
        problems.append(invalid(_AT, message, name))
    return Comparison(name)


def _is_open(filters: object) -> bool:
    """Whether an end of the range was left out; of what are no filters nobody can tell."""
    given = as_object({} if filters is None else filters)
    if given is None or given.get("date_range") is not None:
        return False
    return any(given.get(name) is None for name in ("date_from", "date_to"))


def with_sides(query: Query, how: Comparison, kind: QueryType, now: int) -> Query:
    """The query with both ranges, and the instants between which they are these."""
    begin, end = query.filters.begin, query.filters.end
    assert begin is not None
    assert end is not None
    # Filters that exclude each other may leave an end before the beginning.
    sides = whole_sides(how, query.zone, begin, max(begin, end))
    if kind.uses_granularity:
        return replace(query, sides=sides)
    return _with_equal_parts(query, how, sides, to_millisecond(now))


def _with_equal_parts(query: Query, how: Comparison, sides: Sides, now: int) -> Query:
    """Of a range that is not over the parts are longer with every millisecond."""
    since, until = query.holds or (-_EVER, _EVER)
    over = to_millisecond(sides.this[1] + _MILLISECOND - 1)
    first, last = (over, _EVER) if over <= now else (now, now + _MILLISECOND)
    return replace(
        query,
        sides=equal_parts(how, query.zone, sides, now),
        holds=(max(since, first), min(until, last)),
    )
