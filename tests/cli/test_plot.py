"""`callistics query --plot`: pictures of answers in files."""

import builtins
import re
from pathlib import Path
from typing import Any

import pytest

from callistics.client.plot import page

from .conftest import Fill, Run

MARKUP = "</script><b>bold</b>"


@pytest.fixture
def filled(run: Run, fill: Fill) -> Run:
    rows = [
        f"c{n},mer,res,2025-01-{n + 1:02d}T10:00:00Z,{MARKUP if n % 3 else ''}" for n in range(9)
    ]
    header = "call_id,merchant_id,reseller_id,started_at,outcome"
    fill("\n".join([header, *rows]))
    return run


@pytest.fixture(autouse=True)
def _script(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the script that a build makes, which is tested by itself."""
    module = "const a=1,b=2;export{a as View,b as compile};\n"
    monkeypatch.setattr(page, "charts_script", lambda: module)


def test_html_holds_the_script_the_rows_and_a_table(filled: Run, folder: Path) -> None:
    filled("query", "outcome_distribution", "--plot", "out.html")
    text = (folder / "out.html").read_text(encoding="utf-8")
    assert "const callisticsCharts = { View: a, compile: b };" in text
    assert "<td>&lt;/script&gt;&lt;b&gt;bold&lt;/b&gt;</td>" in text
    assert MARKUP not in text
    assert r'"outcome": "\u003c/script>\u003cb>bold\u003c/b>"' in text
    assert not re.findall(r"(?:src|href)=\"(?!data:)", text)


def test_html_holds_several_and_a_table_where_there_is_no_picture(
    filled: Run, folder: Path
) -> None:
    filled("query", "call_count", "calls_over_time", "--plot", "out.html")
    text = (folder / "out.html").read_text(encoding="utf-8")
    assert text.count("<section>") == 2
    assert text.count("<div class=picture>") == 1
    assert "<th scope=col>Calls</th>" in text


def test_html_of_nothing_says_so(filled: Run, folder: Path) -> None:
    filled("query", "outcome_distribution", "--merchant", "gone", "--plot", "out.html")
    assert "Nothing matches." in (folder / "out.html").read_text(encoding="utf-8")


def test_what_is_yet_to_come_is_drawn_unfinished(filled: Run, folder: Path) -> None:
    options = ("--from", "2025-01-01", "--to", "2999-12-31", "--granularity", "year")
    filled("query", "calls_over_time", *options, "--plot", "out.html")
    found = re.search(
        r'"unfinished_from", "value": "(\d{4})-01-01"', (folder / "out.html").read_text()
    )
    assert found is not None
    assert 2025 < int(found[1]) < 2999


def test_svg_and_png_are_drawn_without_a_browser(filled: Run, folder: Path) -> None:
    filled("query", "outcome_distribution", "--plot", "out.svg")
    filled("query", "outcome_distribution", "--plot", "out.png")
    svg = (folder / "out.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "&lt;/script&gt;&lt;b&gt;bold" in svg
    assert (folder / "out.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "text", "code"),
    [
        (("outcome_distribution", "--plot", "out.pdf"), "must end in .html, .svg, .png", 2),
        (("call_count", "top_outcomes", "--plot", "out.svg"), "needs a file ending in .html", 2),
        (("call_count", "--format", "json", "--plot", "out.html"), "exclude each other", 2),
        (("call_count", "--plot", "out.svg"), "no picture here: plot to .html", 1),
        (("top_outcomes", "--merchant", "gone", "--plot", "out.svg"), "nothing to draw", 1),
        (("call_count", "--plot", "gone/out.html"), "No such file", 1),
    ],
)
def test_what_cannot_be_drawn_is_told(
    filled: Run, arguments: tuple[str, ...], text: str, code: int
) -> None:
    assert text in filled("query", *arguments, code=code).output


def test_where_the_drawing_package_is_missing_it_is_said_how_to_install_it(
    filled: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "vl_convert":
            raise ImportError(name)
        return usual(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    shown = filled("query", "outcome_distribution", "--plot", "out.svg", code=1).output
    assert "pip install '.[plot]'" in shown
