"""`callistics webhook`."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, cast

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.output import console, table_of
from callistics.cli.root import Failure
from callistics.client.requests import path_part
from callistics.model.json import encode
from callistics.model.webhooks import MAPPED_AS

_CREATE = """\b
Examples:
  callistics webhook create vapi --merchant mer_abc --reseller res_1 --secret "$VAPI_SECRET"
  callistics webhook create bolna --merchant-from agent_id --reseller res_1 \\
    --address 13.203.39.153 --address 13.126.9.249 --address 13.202.133.53
"""
_EPILOG = """\b
Examples:
  callistics webhook create retell --merchant mer_abc --reseller res_1 --secret "$RETELL_API_KEY"
  callistics webhook try retell call_ended.json
  callistics webhook dead-letters whe_0123456789abcdef
"""
_ENDPOINTS = "/webhook-endpoints"
_SHOWN_BODY = 60


@click.group("webhook", epilog=_EPILOG)
def command() -> None:
    """Take what platforms send, and see what becomes of it; most of it needs an admin key."""


_OPTIONS = (
    click.option("--merchant", "merchant_id", metavar="ID", help="Whose calls they are."),
    click.option("--merchant-from", metavar="PATH", help="Where the body says whose they are."),
    click.option("--reseller", "reseller_id", metavar="ID", help="Their reseller."),
    click.option("--reseller-from", metavar="PATH", help="Where the body names the reseller."),
    click.option("--template-from", metavar="PATH", help="Where the body names the template."),
    click.option("--secret", help="What the platform signs with."),
    click.option("--second-secret", help="Another one that holds during a rotation."),
    click.option("--keep", "payload_keep", multiple=True, metavar="PATH", help="Into the payload."),
    click.option("--address", "addresses", multiple=True, metavar="ADDRESS", help="Who may send."),
)


def _names() -> tuple[str, ...]:
    # Loaded here: help needs nothing of the server.
    from callistics.webhooks.endpoint_request import PATCHED  # noqa: PLC0415

    return PATCHED


def _endpoint_options(command: Callable[..., None]) -> Callable[..., None]:
    """What an endpoint is made with, and may be changed to; it comes as one `wanted`."""

    @wraps(command)
    def wrapped(**given: Any) -> None:
        wanted = {name: given.pop(name) for name in _names()}
        said = {name: value for name, value in wanted.items() if value not in (None, ())}
        command(**given, wanted=said)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


@command.command("create", epilog=_CREATE)
@click.argument("source")
@_endpoint_options
@client_options
def create(target: Target, source: str, wanted: dict[str, object]) -> None:
    """Make an endpoint and print its address, this once, to be pasted at the platform.

    Only the address itself goes to standard output.
    """
    with connect(target, create=True) as client:
        made = client.request(
            "POST", _ENDPOINTS, expects="url", json={"source": source, **wanted}
        ).json()
    click.echo(f"Endpoint {made['id']}, its address shown this once:", err=True)
    click.echo(made["url"])


@command.command("list", epilog="Example: callistics webhook list")
@client_options
def list_(target: Target) -> None:
    """List the endpoints."""
    with connect(target) as client:
        found = client.request("GET", _ENDPOINTS, expects="webhook_endpoints").json()
    rows = [_row(one) for one in cast("Sequence[dict[str, Any]]", found["webhook_endpoints"])]
    columns = ("id", "source", "merchant", "reseller", "secrets", "addresses", "created", "state")
    console().print(table_of(columns, rows))


def _named(endpoint: dict[str, Any], kind: str) -> str | None:
    """A tenant, or where the body names it; None for the default one."""
    path = endpoint[f"{kind}_from"]
    return f"from {path}" if path else endpoint[f"{kind}_id"]


def _row(endpoint: dict[str, Any]) -> dict[str, object]:
    ended = endpoint["ended_at"]
    return {
        "id": endpoint["id"],
        "source": endpoint["source"],
        "merchant": _named(endpoint, "merchant"),
        "reseller": _named(endpoint, "reseller"),
        "secrets": endpoint["secrets"],
        "addresses": ", ".join(endpoint["addresses"]) or "any",
        "created": endpoint["created_at"],
        "state": "active" if ended is None else f"ended {ended}",
    }


@command.command("update", epilog="Example: callistics webhook update whe_… --second-secret NEW")
@click.argument("endpoint_id", metavar="ID")
@_endpoint_options
@client_options
def update(target: Target, endpoint_id: str, wanted: dict[str, object]) -> None:
    """Change an endpoint: its secrets for a rotation, or a path that was wrong.

    An empty text takes a value away. Dead letters are mapped anew by `replay`.
    """
    body = {name: value or None for name, value in wanted.items()}
    with connect(target) as client:
        changed = client.request("PATCH", _path(endpoint_id), expects="secrets", json=body).json()
    click.echo(f"{endpoint_id} has {changed['secrets']} secrets.")


@command.command("delete", epilog="Example: callistics webhook delete whe_0123456789abcdef")
@click.argument("endpoint_id", metavar="ID")
@client_options
def delete(target: Target, endpoint_id: str) -> None:
    """End an endpoint, with immediate effect."""
    with connect(target) as client:
        client.request("DELETE", _path(endpoint_id))
    click.echo(f"Ended {endpoint_id}.")


@command.command("dead-letters", epilog="Example: callistics webhook dead-letters whe_… --json")
@click.argument("endpoint_id", metavar="ID")
@click.option("--limit", default=100, show_default=True, help="So many of the newest.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the whole bodies.")
@click.option("--delete", "deletes", is_flag=True, help="Delete all of them instead.")
@client_options
def dead_letters(
    target: Target, endpoint_id: str, limit: int, as_json: bool, deletes: bool
) -> None:
    """Show the bodies that could not be mapped, with the reason."""
    path = f"{_path(endpoint_id)}/dead-letters"
    with connect(target) as client:
        if deletes:
            gone = client.request("DELETE", path, expects="deleted").json()
            click.echo(f"Deleted {gone['deleted']:,}.")
            return
        found = client.request(
            "GET", path, expects="dead_letters", params={"limit": str(limit)}
        ).json()
    if as_json:
        click.echo(encode(found))
        return
    rows = [
        {
            "received": one["received_at"],
            "reason": one["reason"],
            "body": one["body"][:_SHOWN_BODY],
        }
        for one in found["dead_letters"]
    ]
    console().print(table_of(("received", "reason", "body"), rows))
    click.echo(f"{len(rows):,} of {found['total']:,}", err=True)


@command.command("replay", epilog="Example: callistics webhook replay whe_0123456789abcdef")
@click.argument("endpoint_id", metavar="ID")
@client_options
def replay(target: Target, endpoint_id: str) -> None:
    """Map the dead letters again, after a mapping or a setting changed."""
    with connect(target) as client:
        found = client.request(
            "POST", f"{_path(endpoint_id)}/dead-letters/replay", expects="replayed"
        ).json()
    numbers = ", ".join(f"{found[name]:,} {name}" for name in MAPPED_AS)
    click.echo(f"Replayed {found['replayed']:,}: {numbers}.")


def _path(endpoint_id: str) -> str:
    return f"{_ENDPOINTS}/{path_part(endpoint_id)}"


@command.command("try", epilog="Example: callistics webhook try retell call_ended.json")
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep", "payload_keep", multiple=True, metavar="PATH", help="Into the payload.")
@click.option("--content-type", help="Of the body; without it as the file looks.")
def try_(source: str, file: Path, payload_keep: tuple[str, ...], content_type: str | None) -> None:
    """Show what a body becomes, without storing it: a line of JSON for each record.

    Values that are used only until another event says otherwise are in a record as of 1900.
    """
    # Loaded here: the other commands do without the mappings.
    from callistics.webhooks.trying import unknown_source, what_becomes  # noqa: PLC0415

    wrong = unknown_source(source)
    if wrong:
        raise click.BadParameter(wrong, param_hint="SOURCE")
    found = what_becomes(source, file.read_bytes(), content_type, payload_keep)
    for record in found.records:
        click.echo(encode(record))
    if found.problems:
        raise Failure(f"{file} would be a dead letter: {'; '.join(found.problems)}")
    if not found.records:
        click.echo(
            f"{file} says nothing of a call: it would be acknowledged and counted.", err=True
        )
