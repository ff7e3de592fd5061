"""Lists that the server answers: as a table for people, as the exact JSON, or as CSV."""

import json
from collections.abc import Callable, Sequence
from typing import Literal

import click

from callistics.cli.output import Row, console, table_of
from callistics.texts import counted

Format = Literal["table", "json", "csv"]


def format_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--format`, which reaches it as `format_`."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json", "csv"]),
        default="table",
        show_default=True,
        help="json is the exact answer.",
    )(command)


def print_list(
    text: str, columns: Sequence[str], rows: Callable[[object], Sequence[Row]], format_: Format
) -> None:
    """Print an answer; `rows` picks the rows of a table out of what it says."""
    if format_ == "json":
        click.echo(text)
        return
    found = rows(json.loads(text))
    if format_ == "csv":
        click.echo(_csv(columns, found), nl=False)
        return
    out = console()
    if found:
        out.print(table_of(columns, found))
    out.print(counted(len(found), "row"))


def _csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """The rows as an export of the server has them."""
    # Loaded here: it takes longer than most commands.
    from callistics.exports.csv import lines_of  # noqa: PLC0415

    whole = [{name: row.get(name) for name in columns} for row in rows]
    return b"".join(lines_of(columns, [whole]))
