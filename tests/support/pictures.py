"""Pictures as SVG, and what is told of their marks."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert

from callistics.pictures.frame import ROWS
from callistics.pictures.specification import specification
from callistics.pictures.theme import theme

Rows = Sequence[Mapping[str, Any]]


def drawn(
    name: str, rows: Rows, group_by: Sequence[str] = (), measure: str | None = None, **params: Any
) -> str:
    """The picture as SVG."""
    spec = specification(name, group_by, measure)
    assert spec is not None
    spec |= {"data": {"name": ROWS, "values": list(rows)}, "width": 500}
    spec["params"] = [
        {**one, "value": params.get(one["name"], one["value"])} for one in spec["params"]
    ]
    svg = vl_convert.vegalite_to_svg(spec, config=theme("light"))
    assert "NaN" not in svg
    assert "Infinity" not in svg
    assert "undefined" not in svg
    return svg


def told(svg: str) -> list[str]:
    """What a reader of the screen is told of the marks."""
    labels = re.findall(r'aria-label="([^"]*)"[^>]*role="graphics-symbol"', svg)
    labels += re.findall(r'role="graphics-symbol"[^>]*aria-label="([^"]*)"', svg)
    return [one for one in labels if "axis" not in one and "legend" not in one]
