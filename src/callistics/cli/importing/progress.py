"""What an import tells: progress while it runs, bad lines as they are found, a summary."""

import json
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from callistics.cli.importing.sender import Tally
from callistics.files.lines import BadLine
from callistics.model.field_error import FieldError

_SHOWN = 20


def progress_bar(*columns: ProgressColumn) -> Progress:
    """A bar on stderr, or nothing where that is no terminal."""
    shown = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        *columns,
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    return Progress(*shown, console=console, transient=True, disable=not sys.stderr.isatty())


Place = Callable[[int], str]
"""What a place is called, for people."""


def line_of(number: int) -> str:
    """`line 7`."""
    return f"line {number:,}"


class BadLineReport:
    """Shows the first bad lines on stderr, and writes all of them to a file if there is one.

    `what` is what they are called.
    """

    def __init__(self, file: IO[str] | None = None, what: str = "lines") -> None:
        self.count = 0
        self._file, self._what = file, what

    def add(self, name: str, lines: Iterable[BadLine], place: Place = line_of) -> None:
        """Report the bad lines of a file, or rows of a table by what each `place` is called."""
        for line in lines:
            self.count += 1
            if self._file is not None:
                self._file.write(_as_json(name, line, place))
            if self.count <= _SHOWN:
                click.echo(as_text(name, line, place), err=True)

    def close(self) -> None:
        """Say how many were not shown."""
        if self.count > _SHOWN:
            where = f", all of them are in {self._file.name}" if self._file else ""
            click.echo(f"… and {self.count - _SHOWN:,} more bad {self._what}{where}", err=True)


@contextmanager
def bad_line_report(path: Path | None, what: str = "lines") -> Generator[BadLineReport]:
    """A report, with the file for all bad lines opened first, so that it fails early."""
    if path is None:
        report = BadLineReport(what=what)
        yield report
    else:
        with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
            report = BadLineReport(file, what)
            yield report
    report.close()


def as_text(name: str, line: BadLine, place: Place = line_of) -> str:
    """`calls.csv, line 7: duration: must be a number (was "x")`."""
    errors = "; ".join(_field_text(error) for error in line.errors)
    return f"{name}, {place(line.number)}: {errors}"


def _field_text(error: FieldError) -> str:
    name = ".".join(error.steps)
    text = FieldError("", error.message, error.value).line()
    return f"{name}: {text}" if name else text


def _as_json(name: str, line: BadLine, place: Place) -> str:
    errors = [
        {"pointer": error.pointer, "message": error.message, "value": error.value}
        for error in line.errors
    ]
    where = {"file": name, "line": line.number}
    if place is not line_of:
        where = {"table": name, "key": place(line.number)}
    return json.dumps({**where, "errors": errors}, default=str) + "\n"


def summary(tally: Tally, seconds: float) -> str:
    """What became of the lines, in one line."""
    figures = (
        f"{tally.received:,} received, {tally.stored:,} stored, {tally.unchanged:,} unchanged,"
        f" {tally.pending:,} pending, {tally.rejected:,} rejected"
    )
    rate = f" ({tally.received / seconds:,.0f} rows/s)" if seconds > 0 and tally.received else ""
    return figures + rate
