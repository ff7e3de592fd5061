"""A picture as SVG, PNG or a page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callistics.client.errors import MissingPackageError, PictureError
from callistics.client.plot.drawing import Drawing, drawing
from callistics.client.plot.page import html_page, with_rows
from callistics.client.rows.answers import Answer
from callistics.pictures.theme import theme
from callistics.texts import install

_WIDTH = 800
_SCALE = 2
_WHITE = "#ffffff"
_INSTALL = (
    "SVG and PNG are drawn by vl-convert-python, which is not installed:"
    f" {install('plot')}, or plot to a file ending in .html"
)
FORMS = (".html", ".svg", ".png")


@dataclass(frozen=True, slots=True)
class Picture:
    """What an answer looks like; notebooks show it. SVG and PNG need the extra `plot`.

    They raise `MissingPackageError` without it, and `PictureError` where there is nothing to draw.
    """

    drawing: Drawing = field(repr=False)
    title: str

    @classmethod
    def of(cls, answer: Answer) -> "Picture":
        """The picture of an answer."""
        drawn = drawing(answer)
        return cls(drawn, drawn.title)

    @property
    def html(self) -> str:
        """A page with the picture and its table, in light and dark, that loads nothing."""
        return html_page([self.drawing])

    @property
    def svg(self) -> str:
        """The picture as SVG."""
        return svg(self.drawing)

    @property
    def png(self) -> bytes:
        """The picture as PNG."""
        return png(self.drawing)

    def save(self, path: str | Path) -> Path:
        """Write it to a file of the kind that its name ends in: `.html`, `.svg` or `.png`."""
        target = Path(path)
        form = target.suffix.lower()
        if form not in FORMS:
            raise PictureError(f"{target}: must end in {', '.join(FORMS)}")
        if form == ".png":
            target.write_bytes(self.png)
        else:
            target.write_text(self.svg if form == ".svg" else self.html, encoding="utf-8")
        return target

    def _repr_svg_(self) -> str:
        return self.svg


def svg(drawn: Drawing) -> str:
    """A drawing as SVG. Raises `PictureError`, `MissingPackageError`."""
    spec, config = _specification(drawn)
    return _converter().vegalite_to_svg(spec, config=config)


def png(drawn: Drawing) -> bytes:
    """A drawing as PNG. Raises `PictureError`, `MissingPackageError`."""
    spec, config = _specification(drawn)
    return _converter().vegalite_to_png(spec, scale=_SCALE, config=config)


def _converter() -> Any:
    try:
        import vl_convert  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError(_INSTALL) from error
    return vl_convert


def _specification(drawn: Drawing) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if drawn.spec is None:
        text = f"{drawn.title} has no picture here: plot to .html, which has its table"
        raise PictureError(text)
    if not drawn.rows:
        raise PictureError(f"{drawn.title}: nothing matches, so there is nothing to draw")
    plain: dict[str, Any] = json.loads(json.dumps(with_rows(drawn.spec, drawn.rows), default=float))
    title = {"text": drawn.title, "subtitle": drawn.subtitle}
    return {**plain, "width": _WIDTH, "title": title}, theme("light") | {"background": _WHITE}
