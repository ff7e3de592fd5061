"""A figure of zero is no bar, and a line of zeros lies on the axis."""

import re
from collections.abc import Iterator

import pytest

from callistics.pictures.specification import specification
from callistics.queries import registry
from support.pictures import answer, drawn, records
from support.store import Store, opened

PALEST = 'fill="rgb(238, 242, 251)"'
"""The colour of nothing in a grid."""


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with opened() as made:
        made.send("calls", records())
        yield made


def extents(svg: str) -> list[tuple[float, float]]:
    """Width and height of each bar, and of each line, that is seen."""
    found: list[tuple[float, float]] = []
    for path in re.findall(r"<path[^>]*>", "".join(re.findall(r"mark-rect role-mark.*?</g>", svg))):
        size = re.search(r'd="M[^h]*h([\d.]+)v([\d.]+)h', path)
        if size and ' opacity="0"' not in path and PALEST not in path:
            found.append((float(size[1]), float(size[2])))
    for points in re.findall(r'mark-line[^>]*><path[^>]* d="(M[^"]+)"', svg):
        heights = [float(one.split(",")[1]) for one in re.split("[ML]", points) if one]
        found.append((1, 220 - min(heights)))
    return found


@pytest.mark.parametrize("name", sorted(registry()))
def test_nothing_is_drawn_as_nothing(name: str, store: Store) -> None:
    measure = "cost" if registry()[name].takes_measure else None
    figures = {one.name for one in registry()[name].figures}
    own = registry()[name].groupable
    for group_by in ((), ("merchant_id",), ("hour",) if "hour" in own else ()):
        rows = [
            {key: 0 if key in figures else value for key, value in row.items()}
            for row in answer(store, name, group_by=list(group_by))
        ]
        if specification(name, group_by, measure) is None:
            continue
        for extent in extents(drawn(name, rows, group_by, measure)):
            assert min(extent) == 0
