"""A page with pictures that opens without a network."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callistics.client.plot.cells import cell_text, is_number
from callistics.client.plot.drawing import Drawing
from callistics.dashboard.assets import charts_script
from callistics.pictures.frame import ROWS
from callistics.pictures.theme import theme

_PAGE = Path(__file__).with_name("page.html")
_EXPORTS = re.compile(r"export\s*\{([^}]*)\};?\s*$")


def html_page(drawings: Sequence[Drawing]) -> str:
    """A page with a picture and a table for each, in light and dark, that loads nothing."""
    template = _PAGE.read_text(encoding="utf-8")
    specs = [with_rows(one.spec, one.rows) if one.spec and one.rows else None for one in drawings]
    data = {"specs": specs, "themes": {"light": theme("light"), "dark": theme("dark")}}
    return _filled(
        template,
        TITLE=html.escape(", ".join(one.title for one in drawings)),
        SECTIONS="\n".join(_section(one) for one in drawings),
        DATA=json.dumps(data, default=float).replace("<", r"\u003c"),
        CHARTS=_in_script(_as_constant(charts_script())),
    )


def _filled(template: str, **parts: str) -> str:
    """In one pass: a part may read like the place of another."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _as_constant(module: str) -> str:
    """The module's exports as one constant: a script inside a page has nothing to import from."""
    found = _EXPORTS.search(module)
    assert found is not None
    names = (pair.split(" as ") for pair in found[1].split(","))
    members = ", ".join(f"{pair[-1].strip()}: {pair[0].strip()}" for pair in names)
    return f"{module[: found.start()]}const callisticsCharts = {{ {members} }};"


def _in_script(text: str) -> str:
    """Nothing in it ends the script early; in a program these stand in texts alone."""
    return re.sub(r"<(?=/script|!--|script)", r"\\x3c", text, flags=re.IGNORECASE)


def _section(drawing: Drawing) -> str:
    head = "".join(f"<th scope=col>{html.escape(text)}</th>" for _, text in drawing.columns)
    body = "\n".join(
        "<tr>" + "".join(_cell(row.get(name)) for name, _ in drawing.columns) + "</tr>"
        for row in drawing.rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"
    if not drawing.rows:
        shown = "<p>Nothing matches.</p>"
    elif drawing.spec is None:
        shown = table
    else:
        shown = f"<div class=picture></div><details><summary>Table</summary>{table}</details>"
    title, subtitle = html.escape(drawing.title), html.escape(drawing.subtitle)
    return f"<section><h2>{title}</h2><p>{subtitle}</p>{shown}</section>"


def _cell(value: object) -> str:
    kind = " class=number" if is_number(value) else ""
    return f"<td{kind}>{html.escape(cell_text(value))}</td>"


def with_rows(spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A specification with the rows that it lacks."""
    return {**spec, "data": {"name": ROWS, "values": [dict(row) for row in rows]}}
