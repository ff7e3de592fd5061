"""Answers with all their rows: fetched as they come, and written to a file or standard output."""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, get_args

import click
import httpx

from callistics.cli.client import Client
from callistics.cli.query_batch import JSON
from callistics.cli.root import Failure

if TYPE_CHECKING:
    from rich.progress import Progress

ExportFormat = Literal["csv", "ndjson", "arrow", "parquet"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
_BINARY = ("arrow", "parquet")


@dataclass(frozen=True, slots=True)
class Place:
    """Where all rows go, standard output where there is no file; how text is kept in CSV.

    `plot` is where a picture of the answer goes instead.
    """

    output: Path | None = None
    keep_formulas: bool = False
    plot: Path | None = None

    @property
    def is_of_all_rows(self) -> bool:
        """Whether it says something that only a format of all rows has."""
        return self.output is not None or self.keep_formulas

    def check(self, format_: ExportFormat) -> None:
        """Raises `UsageError` where a format cannot go there."""
        if self.keep_formulas and format_ != "csv":
            raise click.UsageError("--keep-formulas is of --format csv alone")
        if self.output is None and format_ in _BINARY and sys.stdout.isatty():
            raise click.UsageError(f"--format {format_} is nothing to read: give --output FILE")


def export_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--output`, `--keep-formulas` and `--plot`, as one `place`."""

    @click.option(
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Where all rows go; without it to standard output.",
    )
    @click.option(
        "--keep-formulas",
        is_flag=True,
        help="Of csv: leave text as it is that a spreadsheet would run as a formula.",
    )
    @click.option(
        "--plot",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write the picture to FILE.html, .svg or .png instead; .html holds several.",
    )
    @wraps(command)
    def wrapped(
        *, output: Path | None, keep_formulas: bool, plot: Path | None, **given: object
    ) -> None:
        command(place=Place(output, keep_formulas, plot), **given)

    return wrapped


def export(client: Client, path: str, body: bytes, format_: ExportFormat, place: Place) -> None:
    """Write the answer to a body. Raises `ApiError`, `Failure`; then no file is there that was not.

    What went to standard output before an answer was cut stays there.
    """
    # Loaded here: it takes longer than most commands.
    from callistics.exports.formats import FORMATS  # noqa: PLC0415

    headers = {**JSON, "Accept": FORMATS[format_].media_type}
    parameters = {"formulas": "keep"} if place.keep_formulas else None
    with client.streamed(path, content=body, headers=headers, params=parameters) as answer:
        if place.output is None:
            _copy(answer, sys.stdout.buffer, shown=False)
            return
        with _written_whole(place.output) as file:
            size = _copy(answer, file, shown=True)
    click.echo(f"{place.output}: {size:,} bytes", err=True)


def _copy(answer: httpx.Response, file: IO[bytes], *, shown: bool) -> int:
    size = 0
    with _progress(shown) as progress:
        task = progress.add_task("Fetching", total=None)
        try:
            for piece in answer.iter_bytes():
                size += file.write(piece)
                progress.update(task, completed=size)
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise Failure(f"the answer was cut after {size:,} bytes: {reason}") from error
    file.flush()
    return size


def _progress(shown: bool) -> "Progress":
    """What has come so far, on stderr, or nothing where that is no terminal."""
    from rich.console import Console  # noqa: PLC0415 - few answers are fetched so
    from rich.progress import (  # noqa: PLC0415
        DownloadColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TransferSpeedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    disabled = not (shown and sys.stderr.isatty())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=disabled)


@contextmanager
def _written_whole(path: Path) -> Generator[IO[bytes]]:
    """A file that has its name only once all of it is there. Raises `Failure`."""
    if path.exists() and not path.is_file():
        # Such as a pipe or a device: it stays what it is.
        with _opened(path) as file:
            yield file
        return
    part = path.with_name(path.name + ".part")
    try:
        with _opened(part) as file:
            yield file
        os.replace(part, path)  # noqa: PTH105 - a path of one's own replaces the other at once
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Generator[IO[bytes]]:
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from error
