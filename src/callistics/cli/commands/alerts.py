"""`callistics alerts`."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.listing import Format, format_option, print_list
from callistics.cli.output import console, table_of
from callistics.cli.root import Failure
from callistics.client.requests import path_part
from callistics.model.json import NotJsonError, as_object, decode
from callistics.texts import counted

_EPILOG = """\b
Examples:
  callistics alerts simulate --file alert.json --from 2025-01-01 --to 2025-01-31
  callistics alerts create --file alert.json
  callistics alerts list
  callistics alerts test alr_0123456789abcdef
"""
_ALERTS = "/alerts"
_COLUMNS = ("id", "name", "state", "since", "value", "evaluated", "note")
_FILE = click.option(
    "--file",
    "file",
    type=click.Path(allow_dash=True, dir_okay=False, path_type=Path),
    help="The body of POST /alerts, as JSON; - is standard input.",
)


@click.group("alerts", epilog=_EPILOG)
def command() -> None:
    """Be told when a figure is not as it should be; all of it needs an admin key.

    Alerts are evaluated by a running server.
    """


@command.command("list", epilog="Example: callistics alerts list --format json")
@format_option
@client_options
def list_(target: Target, format_: Format) -> None:
    """List the alerts, each with the state that it is in."""
    with connect(target) as client:
        found = client.request("GET", _ALERTS, expects="alerts")
    print_list(found.text, _COLUMNS, _rows, format_)


def _rows(answer: object) -> Sequence[dict[str, object]]:
    alerts = cast("Mapping[str, Sequence[Mapping[str, Any]]]", answer)["alerts"]
    return [
        {
            "id": one["id"],
            "name": one["name"],
            "state": one["state"],
            "since": one["since"],
            "value": one["last_value"],
            "evaluated": one["last_evaluated_at"],
            "note": one["paused"] or one["error"] or _overdue(one["notices_overdue"]),
        }
        for one in alerts
    ]


def _overdue(number: int) -> str | None:
    return f"{counted(number, 'notice')} did not arrive yet" if number else None


@command.command("show", epilog="Example: callistics alerts show alr_0123456789abcdef")
@click.argument("alert_id", metavar="ID")
@client_options
def show(target: Target, alert_id: str) -> None:
    """Show an alert as JSON: what it watches, where it stands, what happened, what was told."""
    with connect(target) as client:
        click.echo(client.request("GET", _path(alert_id), expects="id").text)


@command.command("create", epilog="Example: callistics alerts create --file alert.json")
@_FILE
@client_options
def create(target: Target, file: Path | None) -> None:
    """Make an alert and print it as JSON, with secrets that were made for it this once."""
    body = _body(file)
    with connect(target, create=True) as client:
        click.echo(client.request("POST", _ALERTS, expects="id", json=body).text)


@command.command(
    "simulate",
    epilog="Example: callistics alerts simulate --file alert.json --from 2025-01-01"
    " --to 2025-01-31",
)
@click.argument("alert_id", metavar="[ID]", required=False)
@_FILE
@click.option("--from", "begin", required=True, metavar="DATE", help="The first date or time.")
@click.option("--to", "end", metavar="DATE", help="The last one; by default now.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the figure of each bucket.")
@client_options
def simulate(
    target: Target,
    alert_id: str | None,
    file: Path | None,
    begin: str,
    end: str | None,
    as_json: bool,
) -> None:
    """Show what an alert would have done: one that there is, or a file before it is one."""
    if (alert_id is None) == (file is None):
        raise click.UsageError("name either an alert or, with --file, the body of one")
    span = {"from": begin, **({} if end is None else {"to": end})}
    body = span if file is None else {**_body(file), **span}
    path = _ALERTS if alert_id is None else _path(alert_id)
    with connect(target) as client:
        found = client.request("POST", f"{path}/simulate", expects="changes", json=body)
    if as_json:
        click.echo(found.text)
        return
    changes = cast("Sequence[Mapping[str, Any]]", found.json()["changes"])
    columns = ("at", "group", "from", "to", "value", "previous", "told")
    console().print(table_of(columns, [_change(one) for one in changes]))
    click.echo(counted(len(changes), "change"), err=True)


def _change(change: Mapping[str, Any]) -> dict[str, object]:
    group = ", ".join(f"{name} {value}" for name, value in change["group"].items())
    names = ("at", "from", "to", "value", "previous")
    return {**{name: change[name] for name in names}, "group": group, "told": change["told_at"]}


@command.command("test", epilog="Example: callistics alerts test alr_0123456789abcdef")
@click.argument("alert_id", metavar="ID")
@client_options
def test(target: Target, alert_id: str) -> None:
    """Send a notice that is marked as a test; exit code 1 where it did not arrive everywhere."""
    with connect(target) as client:
        answer = client.request("POST", f"{_path(alert_id)}/test", expects="notices")
    found = answer.json()["notices"]
    for one in found:
        click.echo(f"{one['to']}: {'sent' if one['sent'] else one['error']}")
    if not found:
        raise Failure("the alert notifies nobody")
    if not all(one["sent"] for one in found):
        raise Failure("not every notice was sent")


@command.command("delete", epilog="Example: callistics alerts delete alr_0123456789abcdef")
@click.argument("alert_id", metavar="ID")
@client_options
def delete(target: Target, alert_id: str) -> None:
    """Delete an alert."""
    with connect(target) as client:
        client.request("DELETE", _path(alert_id))
    click.echo(f"Deleted {alert_id}.")


def _body(file: Path | None) -> dict[str, object]:
    """The object in a file. Raises `Failure`."""
    if file is None:
        raise click.UsageError("--file is needed: the body of POST /alerts, as JSON")
    text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        found = as_object(decode(text))
    except NotJsonError as error:
        raise Failure(f"{file}: {error}") from None
    if found is None:
        raise Failure(f"{file}: must be a JSON object")
    return found


def _path(alert_id: str) -> str:
    return f"{_ALERTS}/{path_part(alert_id)}"
