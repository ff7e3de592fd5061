"""`callistics keys`."""

from typing import Any, cast

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.output import console, table_of
from callistics.client.requests import path_part
from callistics.model.keys import Permission

_CREATE = """\b
Examples:
  callistics keys create dashboard --permission query --merchant mer_abc
  KEY=$(callistics keys create dialer --permission ingest --expires 2030-01-01)
"""
_EPILOG = """\b
Examples:
  callistics keys create dashboard --permission query --merchant mer_abc
  callistics keys list
  callistics keys rotate key_0123456789abcdef --overlap 3600
  callistics keys revoke key_0123456789abcdef
"""


@click.group("keys", epilog=_EPILOG)
def command() -> None:
    """Create, list, rotate and revoke access keys; all of it needs an admin key."""


@command.command("create", epilog=_CREATE)
@click.argument("name")
@click.option(
    "--permission",
    "permissions",
    type=click.Choice([permission.value for permission in Permission]),
    multiple=True,
    required=True,
    help="What it may do; may be repeated.",
)
@click.option("--reseller", "reseller_ids", multiple=True, metavar="ID", help="Limit it to these.")
@click.option("--merchant", "merchant_ids", multiple=True, metavar="ID", help="Limit it to these.")
@click.option("--template", "template_ids", multiple=True, metavar="ID", help="Limit it to these.")
@click.option("--expires", metavar="DATE", help="When it ends, such as 2030-01-01.")
@client_options
def create(
    target: Target, name: str, permissions: tuple[str, ...], expires: str | None, **lists: Any
) -> None:
    """Make a key and print it, this once.

    Only the key itself goes to standard output.
    """
    body: dict[str, object] = {"name": name, "permissions": list(permissions)}
    scope = {field: list(ids) for field, ids in lists.items() if ids}
    if scope:
        body["scope"] = scope
    if expires is not None:
        body["expires_at"] = expires
    with connect(target, create=True) as client:
        made = client.request("POST", "/keys", expects="key", json=body).json()
    click.echo(f"Key {made['id']}, shown this once:", err=True)
    click.echo(made["key"])


@command.command("list", epilog="Example: callistics keys list")
@client_options
def list_(target: Target) -> None:
    """List the keys: what each may do, and when it was last used."""
    with connect(target) as client:
        answer = client.request("GET", "/keys", expects="keys")
    keys = cast("list[dict[str, Any]]", answer.json()["keys"])
    rows = [_row(key) for key in keys]
    columns = ("id", "name", "permissions", "scope", "created", "expires", "days left")
    columns += ("last used", "state")
    console().print(table_of(columns, rows))


def _row(key: dict[str, Any]) -> dict[str, object]:
    return {
        "id": key["id"],
        "name": key["name"],
        "permissions": ", ".join(key["permissions"]),
        "scope": _scope_text(key["scope"]),
        "created": _to_seconds(key["created_at"]),
        "expires": _to_seconds(key["expires_at"]),
        "days left": key["days_left"],
        "last used": _to_seconds(key["last_used_at"]),
        "state": f"revoked {_to_seconds(key['revoked_at'])}" if key["revoked_at"] else "active",
    }


def _to_seconds(moment: str | None) -> str | None:
    return None if moment is None else moment[: len("2025-01-31T23:59:59")] + "Z"


def _scope_text(scope: dict[str, list[str]]) -> str:
    parts = [f"{name.removesuffix('_ids')} {', '.join(ids)}" for name, ids in scope.items()]
    return "; ".join(parts) or "everything"


@command.command("rotate", epilog="Example: callistics keys rotate key_0123456789abcdef")
@click.argument("key_id", metavar="ID")
@click.option("--overlap", type=int, help="Seconds that the old key holds yet; a day.")
@client_options
def rotate(target: Target, key_id: str, overlap: int | None) -> None:
    """Make a key that follows another, with the same rights, and print it, this once.

    Only the key itself goes to standard output.
    """
    body = {} if overlap is None else {"overlap": overlap}
    with connect(target) as client:
        made = client.request(
            "POST", f"/keys/{path_part(key_id)}/rotate", expects="key", json=body
        ).json()
    click.echo(f"Key {made['id']}, which follows {key_id}, shown this once:", err=True)
    click.echo(made["key"])


@command.command("revoke", epilog="Example: callistics keys revoke key_0123456789abcdef")
@click.argument("key_id", metavar="ID")
@client_options
def revoke(target: Target, key_id: str) -> None:
    """Revoke a key, with immediate effect."""
    with connect(target) as client:
        client.request("DELETE", f"/keys/{path_part(key_id)}")
    click.echo(f"Revoked {key_id}.")
