"""Every relative link of the Markdown files leads to a committed file, and to a heading in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .tree import committed, name_of, text_of

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
PAGES = [path for path in committed() if path.suffix == ".md"]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as forges and the site both make them."""
    titles = (_LINK.sub("]", title) for title in _HEADING.findall(_FENCE.sub("", text)))
    plain = (re.sub(r"[^\w\s-]", "", title).strip().lower() for title in titles)
    return {re.sub(r"\s", "-", title) for title in plain}


def broken(page: Path, text: str, files: set[Path]) -> Iterator[str]:
    """The relative links of a page that lead nowhere."""
    for target in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if file.is_dir():
            continue
        if file not in files or (anchor and anchor not in anchors(text_of(file))):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not list(broken(page, text_of(page), set(committed())))


def test_broken_links_are_found(tmp_path: Path) -> None:
    text = "[a](b.md) [b](gone.md) [c](b.md#gone) [d](#e-f) [e](#g) [f](https://x)\n\n## E, `f`\n"
    page, other = tmp_path / "a.md", tmp_path / "b.md"
    for path in (page, other):
        path.write_text(text, encoding="utf-8")
    assert list(broken(page, text, {page, other})) == ["gone.md", "b.md#gone", "#g"]
