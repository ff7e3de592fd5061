"""What the pages of the documentation show: their blocks of commands, requests and settings."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "deploy").rglob("*.md")),
)
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_CONTINUED = re.compile(r"\\\n\s*")
_HERE = re.compile(r"<<'EOF'\n.*?\nEOF\n", re.DOTALL)


def blocks(page: Path, language: str) -> Iterator[str]:
    """The blocks of a page in a language, as they are without the indent of a list."""
    for indent, found, body in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if found == language:
            yield re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)


def shell_lines(page: Path) -> Iterator[list[str]]:
    """The words of each command of a page, comments left out."""
    for block in blocks(page, "sh"):
        yield from words_of(_HERE.sub("\n", block))


def words_of(text: str) -> Iterator[list[str]]:
    """The words of each command of some lines, which may be continued by a backslash or a quote."""
    gathered = ""
    for line in _CONTINUED.sub(" ", text).splitlines():
        gathered += line
        try:
            words = shlex.split(gathered, comments=True)
        except ValueError:
            gathered += "\n"
            continue
        gathered = ""
        yield words
