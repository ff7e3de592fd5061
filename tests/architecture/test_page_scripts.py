"""The page's own scripts: text of records is never markup, nothing outlives the tab."""

import re

from .tree import SOURCE, committed, name_of, text_of

STATIC = SOURCE / "dashboard" / "static"
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function"
    r"|localStorage|indexedDB|document\.cookie|https?://(?!www\.w3\.org/)"
)
ZONES = re.compile(r"getTimezoneOffset|\.get(?:Hours|Date|Month|FullYear)\(|toLocale\w+\(")


def scripts() -> dict[str, str]:
    """The text of each script and page."""
    own = [one for one in committed() if one.is_relative_to(STATIC) and one.parent.name != "vendor"]
    return {name_of(path): text_of(path) for path in own}


def test_there_are_scripts() -> None:
    assert len(scripts()) > 20


def test_no_script_makes_markup_of_text_or_keeps_anything() -> None:
    assert not {
        name: found for name, text in scripts().items() if (found := FORBIDDEN.findall(text))
    }


def test_no_script_reads_the_clocks_of_the_browser() -> None:
    assert not {name: found for name, text in scripts().items() if (found := ZONES.findall(text))}


def test_what_is_forbidden_is_found() -> None:
    assert FORBIDDEN.findall("a.innerHTML = b; localStorage.c") == ["innerHTML", "localStorage"]
    assert ZONES.findall("new Date().getHours()") == [".getHours("]
