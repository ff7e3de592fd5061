"""As a hook of mkdocs: show the picture of each query type on its page of the reference.

The pictures are drawn while the site is built, from the answers that the pages show; none is
committed. `python scripts/reference_pictures.py FOLDER` writes them to a folder, to look at.
"""

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import vl_convert
from mkdocs.structure.files import File
from reference import product

from callistics.analytics.envelope import envelope
from callistics.model.scope import EVERYTHING
from callistics.pictures.frame import ROWS
from callistics.pictures.specification import specification
from callistics.pictures.theme import Mode, theme
from callistics.queries import registry
from callistics.queries.base import QueryType

MODES: tuple[Mode, Mode] = ("light", "dark")
_FOLDER = "reference/queries"
_WIDTH = 640


@cache
def pictures() -> dict[str, str]:
    """The SVG of each query type that is drawn, in both modes, by the name of its file."""
    with product() as over:
        return dict(
            found for kind in registry().values() for found in _drawn(kind, _rows(kind, over))
        )


def _rows(kind: QueryType, over: Any) -> list[Any]:
    body = {"query_type": kind.name, **kind.example}
    answer = over.answer(json.dumps(body).encode(), EVERYTHING)
    return json.loads(envelope(answer))["data"]


def _drawn(kind: QueryType, rows: list[Any]) -> Iterator[tuple[str, str]]:
    group_by, measure = (kind.example.get(name) for name in ("group_by", "measure"))
    assert isinstance(group_by, list | None)
    assert isinstance(measure, str | None)
    spec = specification(kind.name, group_by or (), measure)
    if spec is None:
        return
    filled = {**spec, "data": {"name": ROWS, "values": rows}, "width": _WIDTH}
    for mode in MODES:
        yield f"{kind.name}-{mode}.svg", vl_convert.vegalite_to_svg(filled, config=theme(mode))


def on_files(files: Any, config: Any) -> Any:
    """Hook of mkdocs: the pictures are files of the site."""
    for name, svg in pictures().items():
        files.append(File.generated(config, f"{_FOLDER}/{name}", content=svg))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Hook of mkdocs: the page of a query type ends with its picture."""
    folder, _, name = page.file.src_uri.removesuffix(".md").rpartition("/")
    if folder != _FOLDER or f"{name}-{MODES[0]}.svg" not in pictures():
        return markdown
    images = "\n".join(
        f"![The answer as a picture]({name}-{mode}.svg#only-{mode})" for mode in MODES
    )
    return f"{markdown}\n\nIts picture:\n\n{images}\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, svg_text in pictures().items():
        (folder / file_name).write_text(svg_text, encoding="utf-8")
