"""Pieces of the Markdown pages that scripts write."""

import json
from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by scripts/reference.py; run `make reference` instead of changing it. -->"


def page(title: str, *parts: str) -> str:
    """A page of Markdown with its title, the notice, and its parts."""
    return "\n\n".join([f"# {title}", NOTICE, *(part.strip() for part in parts)]) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def in_json(value: object, indent: int | None = None) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
