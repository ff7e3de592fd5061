"""How what was looked at is shown: a table for people, or JSON."""

from collections.abc import Sequence

import click
from rich.table import Table
from rich.text import Text

from callistics.cli.doctor.checks import Check, Verdict
from callistics.cli.output import console
from callistics.cli.serving import Fact
from callistics.model.json import encode

_STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.BAD: "red"}


def show(facts: Sequence[Fact], checks: Sequence[Check]) -> None:
    """Show facts and checks as a table, then what is to be done."""
    shown = Table(show_header=False, show_edge=False, box=None)
    shown.add_column(no_wrap=True)
    shown.add_column(no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in facts:
        shown.add_row(name, "", Text(value))
    for one in checks:
        shown.add_row(one.name, Text(one.state, _STYLES[one.state]), Text(one.text))
    console().print(shown)
    _advise(checks)


def _advise(checks: Sequence[Check]) -> None:
    for one in checks:
        named = one.text if one.name == "problem" else f"{one.name}: {one.text}"
        said = f"{named}; {one.advice}" if one.advice else named
        if one.state is Verdict.BAD:
            click.echo(f"Problem: {said}", err=True)
        elif one.state is Verdict.WARN:
            click.echo(f"Look at: {said}")
    if not any(one.state is Verdict.BAD for one in checks):
        click.echo("Nothing is wrong.")


def show_json(facts: Sequence[Fact], checks: Sequence[Check]) -> None:
    """Show all of it as one JSON object; `state` is the worst."""
    worst = max((one.state for one in checks), key=list(Verdict).index, default=Verdict.OK)
    body = {
        "state": worst,
        "facts": [{"name": name, "value": value} for name, value in facts],
        "checks": [
            {"name": one.name, "state": one.state, "text": one.text, "advice": one.advice}
            for one in checks
        ],
    }
    click.echo(encode(body).decode())
