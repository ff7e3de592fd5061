"""`callistics optimize`."""

import sys
import time

import click
from rich.console import Console

from callistics.cli.offline import alone
from callistics.settings import ENGINE_DSNS

_EPILOG = f"""\b
Examples:
  callistics optimize
  callistics optimize --engine {ENGINE_DSNS[0]}
"""


@click.command("optimize", epilog=_EPILOG)
@click.option("--engine", metavar="DSN", help=f"The database, such as {ENGINE_DSNS[0]}.")
def command(engine: str | None) -> None:
    """Put the database in order now, as a server does in the background.

    Queries are answered faster once this is done: calls and leads are sorted by merchant within
    each month, and what roll-ups have in parts is added up. A large import that needs no server
    does so itself. A server takes several times as long, as it gives way to all else. Stop it
    first. What was interrupted goes on where it was.
    """
    started = time.monotonic()
    console = Console(stderr=True, quiet=not sys.stderr.isatty())
    with alone(engine) as (opened, _), console.status("Sorting and adding up"):
        while opened.maintain():
            pass
    click.echo(f"All is in order, after {time.monotonic() - started:.1f} s.")
