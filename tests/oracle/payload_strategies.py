"""Payloads, the keys into them, and the conditions that they are filtered by."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from . import pools
from .reference.canonical import numeric
from .weights import weighted

INNER_KEYS = ("b", "b.c", "c", "a", "city", "")


@cache
def _scalars() -> st.SearchStrategy[Any]:
    core = st.sampled_from(pools.CORE_SCALARS)
    clustered = st.sampled_from(pools.CLUSTERS).flatmap(st.sampled_from)
    return weighted((1, core), (1, clustered))


@cache
def _values() -> st.SearchStrategy[Any]:
    """Scalars and null, lists of anything, small objects."""
    leaves = weighted((5, _scalars()), (1, st.none()))
    deep = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(INNER_KEYS), inner, max_size=2),
        ),
        max_leaves=4,
    )
    return weighted((2, leaves), (1, deep))


def _chains() -> st.SearchStrategy[dict[str, Any]]:
    """The path a, b, c written with any of its dots inside a key."""

    def build(parts: tuple[bool, bool, Any]) -> dict[str, Any]:
        first, second, value = parts
        path = "a" + ("." if first else "/") + "b" + ("." if second else "/") + "c"
        for key in reversed(path.split("/")):
            value = {key: value}
        return value

    return st.tuples(st.booleans(), st.booleans(), _values()).map(build)


def _names(others: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Mostly the few that payloads and filters share."""
    core = st.sampled_from(pools.CORE_KEYS)
    return weighted((5, core), (1, st.sampled_from(others)))


@cache
def payloads() -> st.SearchStrategy[dict[str, Any]]:
    core = st.fixed_dictionaries({}, optional={key: _values() for key in pools.CORE_KEYS})
    others = st.dictionaries(st.sampled_from(pools.LITERAL_KEYS), _values(), max_size=2)
    plain = st.tuples(others, core).map(lambda pair: pair[0] | pair[1])
    mixed = st.tuples(_chains(), _chains(), plain).map(lambda p: p[0] | p[1] | p[2])
    return weighted((6, plain), (2, mixed), (1, st.just({})))


@cache
def keys() -> st.SearchStrategy[str]:
    return _names(pools.KEYS)


@cache
def _operand(name: str) -> st.SearchStrategy[Any]:
    scalar_or_null = weighted((6, _scalars()), (1, st.none()))
    if name in ("eq", "ne"):
        return scalar_or_null
    if name in ("in", "not_in"):
        return st.lists(scalar_or_null, min_size=1, max_size=4)
    if name in ("contains", "starts_with"):
        return st.sampled_from(pools.PARTS)
    if name == "exists":
        return st.booleans()
    numbers = st.sampled_from((*pools.NUMBERS, *pools.NUMBER_TEXTS))
    return numbers | st.sampled_from(pools.DATES)


OPERATORS = (
    "eq",
    "ne",
    "in",
    "not_in",
    "gt",
    "gte",
    "lt",
    "lte",
    "contains",
    "starts_with",
    "exists",
)


@st.composite
def _operators(draw: st.DrawFn) -> dict[str, Any]:
    most = draw(st.sampled_from((1, 1, 2, 3)))
    names = draw(st.lists(st.sampled_from(OPERATORS), min_size=1, max_size=most, unique=True))
    return {name: draw(_operand(name)) for name in names}


@cache
def conditions() -> st.SearchStrategy[Any]:
    several = st.lists(weighted((6, _scalars()), (1, st.none())), min_size=1, max_size=4)
    plain = weighted((4, _scalars()), (2, several), (1, st.none()))
    return weighted((2, plain), (3, _operators()))


@cache
def payload_filters() -> st.SearchStrategy[dict[str, Any]]:
    one = st.dictionaries(keys(), conditions(), min_size=1, max_size=1)
    return weighted((4, one), (1, st.dictionaries(keys(), conditions(), max_size=4)))


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every scalar and null of a payload with a key that may lead to it."""
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item, path)]
    if isinstance(value, dict):
        inner = [(f"{path}.{key}" if path else key, item) for key, item in value.items()]
        return [leaf for key, item in inner for leaf in leaves(item, key)]
    return [(path, value)] if 0 < len(path) <= 128 else []


@cache
def relatives(place: int, name: str) -> st.SearchStrategy[Any]:
    """Operands from one cluster that are valid for an operator."""
    values = pools.CLUSTERS[place]
    if name in ("gt", "gte", "lt", "lte"):
        ordered = [v for v in values if v in pools.DATES or numeric(v) is not None]
        return st.sampled_from(ordered or (0, 82, "1"))
    if name in ("contains", "starts_with"):
        return st.sampled_from([v for v in values if isinstance(v, str)])
    if name == "exists":
        return st.booleans()
    one = st.sampled_from((*values, *values, None))
    return st.lists(one, min_size=1, max_size=3) if name in ("in", "not_in") else one


@st.composite
def focused_filters(draw: st.DrawFn, drawn: list[tuple[str, Any]]) -> dict[str, Any]:
    """A condition on a value that some payload has, by what might be mistaken for it."""
    key, value = draw(st.sampled_from(drawn))
    places = [n for n, c in enumerate(pools.CLUSTERS) if repr(value) in map(repr, c)]
    if not places:
        return {key: draw(conditions())}
    names = draw(st.lists(st.sampled_from(OPERATORS[:-1]), min_size=1, max_size=2, unique=True))
    wanted = {name: draw(relatives(places[0], name)) for name in names}
    plain = "eq" in wanted and draw(st.booleans())
    return {key: wanted["eq"] if plain else wanted}
