"""Pictures of answers as SVG, and what is told of their marks."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert

from callistics.pictures.frame import ROWS
from callistics.pictures.specification import specification
from callistics.pictures.theme import theme
from callistics.queries import registry
from support.store import Store

MARKUP = '<script>alert("&")</script>'
RANGE = {"date_from": "2025-01-01", "date_to": "2025-01-12"}
Rows = Sequence[Mapping[str, Any]]


def records() -> list[dict[str, Any]]:
    """Calls with and without each thing that pictures show."""
    return [
        {
            "call_id": f"c{number}",
            "merchant_id": f"m{number % 3}",
            "reseller_id": "r",
            "lead_id": f"l{number % 17}",
            "started_at": f"2025-01-{number % 9 + 1:02}T{number % 24:02}:10:00Z",
            "duration": None if number % 5 == 0 else 10 * number,
            "sentiment": None if number % 2 else number % 11 / 10,
            "outcome": (MARKUP, "CONFIRMED", None, "BUSY")[number % 4],
            "status": ("new", "won")[number % 2],
            "provider": None if number % 6 == 0 else "TWILIO",
            "cost": number / 100,
            "currency": ("INR", "USD", None)[number % 3],
            "payload": {"city": ("Delhi", None, '"quo\\ted"')[number % 3]},
        }
        for number in range(60)
    ]


def answer(store: Store, name: str, **body: Any) -> Rows:
    """The rows of a query type, as JSON has them."""
    measured = {"measure": "cost"} if registry()[name].takes_measure else {}
    filters = body.pop("filters", RANGE)
    return _plain(store.rows(name, filters=filters, **measured, **body))


def _plain(rows: Rows) -> Rows:
    found: Rows = json.loads(json.dumps(rows, default=float))
    return found


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
