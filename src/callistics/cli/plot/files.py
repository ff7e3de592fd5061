"""Writing pictures: HTML that opens without a network, or one picture as SVG or PNG."""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import click

from callistics.cli.output import cell_text
from callistics.cli.plot.drawing import Drawing
from callistics.cli.root import Failure
from callistics.dashboard.assets import charts_script
from callistics.pictures.frame import ROWS
from callistics.pictures.theme import theme

_PAGE = Path(__file__).with_name("page.html")
_WIDTH = 800
_SCALE = 2
_WHITE = "#ffffff"
_EXPORTS = re.compile(r"export\s*\{([^}]*)\};?\s*$")
_HOW_TO_INSTALL = (
    "SVG and PNG are drawn by vl-convert-python, which is not installed: pip install"
    " 'callistics[plot]', or plot to a file ending in .html"
)


def check_plot(path: Path, types: Sequence[str], format_: str) -> None:
    """Raises `UsageError` for a file that no picture, or not so many, can be written to."""
    if path.suffix.lower() not in _WRITERS:
        raise click.UsageError(f"--plot {path}: must end in {', '.join(_WRITERS)}")
    if len(types) > 1 and path.suffix.lower() != ".html":
        raise click.UsageError("--plot of several TYPEs needs a file ending in .html")
    if format_ != "table":
        raise click.UsageError("--plot and --format exclude each other")


def write_plot(path: Path, drawings: Sequence[Drawing]) -> None:
    """Write the pictures to a file of the kind that its name says. Raises `Failure`."""
    content = _WRITERS[path.suffix.lower()](drawings)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from error
    click.echo(f"Wrote {path}", err=True)


def html_page(drawings: Sequence[Drawing]) -> str:
    """A page with a picture and a table for each, in light and dark, that loads nothing."""
    template = _PAGE.read_text(encoding="utf-8")
    specs = [_with_rows(one.spec, one.rows) if one.spec and one.rows else None for one in drawings]
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
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    kind = " class=number" if is_number else ""
    return f"<td{kind}>{html.escape(cell_text(value))}</td>"


def _with_rows(spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {**spec, "data": {"name": ROWS, "values": [dict(row) for row in rows]}}


def _image(drawings: Sequence[Drawing], form: Literal["svg", "png"]) -> bytes:
    (drawing,) = drawings
    if drawing.spec is None:
        raise Failure(f"{drawing.title} has no picture here: plot to .html, which has its table")
    if not drawing.rows:
        raise Failure(f"{drawing.title}: nothing matches, so there is nothing to draw")
    try:
        import vl_convert  # noqa: PLC0415
    except ImportError as error:
        raise Failure(_HOW_TO_INSTALL) from error
    spec = {
        **json.loads(json.dumps(_with_rows(drawing.spec, drawing.rows), default=float)),
        "width": _WIDTH,
        "title": {"text": drawing.title, "subtitle": drawing.subtitle},
    }
    config = theme("light") | {"background": _WHITE}
    if form == "svg":
        return vl_convert.vegalite_to_svg(spec, config=config).encode()
    return vl_convert.vegalite_to_png(spec, scale=_SCALE, config=config)


_WRITERS: Mapping[str, Callable[[Sequence[Drawing]], bytes]] = {
    ".html": lambda drawings: html_page(drawings).encode(),
    ".svg": lambda drawings: _image(drawings, "svg"),
    ".png": lambda drawings: _image(drawings, "png"),
}
