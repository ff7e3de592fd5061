"""`callistics doctor`."""

import click
from rich.table import Table

from callistics import __version__
from callistics.cli.connect import default_url, server_answers
from callistics.cli.output import console
from callistics.settings import ENGINE_DSNS, load_settings
from callistics.timezones import rules_version

_EPILOG = f"""\b
Examples:
  callistics doctor
  callistics doctor --engine {ENGINE_DSNS[1]}
"""


@click.command("doctor", epilog=_EPILOG)
@click.option("--engine", metavar="DSN", help=f"Look at this one, such as {ENGINE_DSNS[1]}.")
def command(engine: str | None) -> None:
    """Name the engine, its version, the time zone rules, and what is wrong.

    Nothing is changed, and a server may be running. Ends with exit code 1 where something is wrong.
    """
    settings = load_settings(overrides={"engine": engine})
    # Loaded here: help and wrong settings need no engine.
    from callistics.engines.opening import diagnose  # noqa: PLC0415

    found = diagnose(settings.engine)
    url = default_url(settings)
    running = "answers" if server_answers(url) else "does not answer"
    shown = Table(show_header=False, show_edge=False, box=None)
    facts = (
        ("Callistics", __version__),
        ("engine", found.engine),
        *found.facts,
        ("time zone rules", rules_version()),
        ("server", f"{url} {running}"),
    )
    for name, value in facts:
        shown.add_row(name, value)
    console().print(shown)
    for problem in found.problems:
        click.echo(f"Problem: {problem}", err=True)
    if found.problems:
        raise click.exceptions.Exit(1)
    click.echo("Nothing is wrong.")
