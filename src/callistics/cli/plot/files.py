"""Writing pictures: HTML that opens without a network, or one picture as SVG or PNG."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from callistics.cli.root import Failure
from callistics.client.plot.drawing import Drawing
from callistics.client.plot.page import html_page
from callistics.client.plot.picture import FORMS, png, svg


def check_plot(path: Path, types: Sequence[str], format_: str) -> None:
    """Raises `UsageError` for a file that no picture, or not so many, can be written to."""
    if path.suffix.lower() not in FORMS:
        raise click.UsageError(f"--plot {path}: must end in {', '.join(FORMS)}")
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


_WRITERS: Mapping[str, Callable[[Sequence[Drawing]], bytes]] = {
    ".html": lambda drawings: html_page(drawings).encode(),
    ".svg": lambda drawings: svg(drawings[0]).encode(),
    ".png": lambda drawings: png(drawings[0]),
}
