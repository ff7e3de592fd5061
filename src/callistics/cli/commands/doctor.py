"""`callistics doctor`."""

import click
from rich.table import Table
from rich.text import Text

from callistics import __version__
from callistics.cli.connect import Target, client_options, default_url, key_beside
from callistics.cli.output import console
from callistics.cli.serving import Fact, Report, report
from callistics.dashboard.assets import CHARTS, HOW_TO_MAKE_IT
from callistics.settings import ENGINE_DSNS, Settings, load_settings
from callistics.timezones import rules_version

_EPILOG = f"""\b
Examples:
  callistics doctor
  callistics doctor --url http://10.0.0.5:8000
  callistics doctor --engine {ENGINE_DSNS[1]}
"""


@click.command("doctor", epilog=_EPILOG)
@client_options
def command(target: Target) -> None:
    """Say what the server and its engine are, and what is wrong with them.

    A running server is asked; the database that the settings name is looked at, unless a server is
    named with --url. Nothing is changed. Ends with exit code 1 where something is wrong.
    """
    if target.url is not None and target.engine is not None:
        raise click.UsageError("--url and --engine exclude each other: a server has its own engine")
    settings = load_settings(overrides={"engine": target.engine})
    url = target.url or default_url(settings)
    server = report(url, target.key or key_beside(url, settings), settings.tls_cert)
    if target.url is None:
        facts, problems = _engine(settings, server, asked=target.engine is not None)
    else:
        facts, problems = [], [] if server.answers else [f"no server answers at {url}"]
    own = [("Callistics", __version__), ("time zone rules", rules_version())]
    _show([*own, *server.facts, *facts], [*server.problems, *problems, *_missing()])


def _missing() -> list[str]:
    """What this installation lacks."""
    return [] if CHARTS.exists() else [HOW_TO_MAKE_IT]


def _engine(settings: Settings, server: Report, *, asked: bool) -> tuple[list[Fact], list[str]]:
    """Of the engine of the settings: facts, and what is wrong with it."""
    # Loaded here: help and wrong settings need no engine.
    from callistics.engines.registry import database_file, diagnose  # noqa: PLC0415

    file = database_file(settings.engine)
    missed = asked and file is not None and not file.exists()
    found = diagnose(settings.engine, served=server.answers and not missed)
    return [("engine", found.engine), *found.facts], list(found.problems)


def _show(facts: list[Fact], problems: list[str]) -> None:
    shown = Table(show_header=False, show_edge=False, box=None)
    shown.add_column(no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in facts:
        shown.add_row(name, Text(value))
    console().print(shown)
    for problem in problems:
        click.echo(f"Problem: {problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("Nothing is wrong.")
