"""`callistics embed-token`."""

from typing import Any

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.query_body import QueryOptions

_CREATE = """\b
Examples:
  callistics embed-token create --merchant mer_abc
  callistics embed-token create --merchant mer_abc --filter outcome=CONFIRMED \\
      --timezone Asia/Kolkata --expires-in 900
"""
_EPILOG = """\b
Examples:
  callistics embed-token create --merchant mer_abc
  callistics embed-token revoke-all
"""


@click.group("embed-token", epilog=_EPILOG)
def command() -> None:
    """Sign tokens that can query and nothing else; all of it needs an admin key."""


@command.command("create", epilog=_CREATE)
@click.option("--reseller", "reseller_ids", multiple=True, metavar="ID", help="Limit it to these.")
@click.option("--merchant", "merchant_ids", multiple=True, metavar="ID", help="Limit it to these.")
@click.option("--template", "template_ids", multiple=True, metavar="ID", help="Limit it to these.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Locked: joined to every query; repeated or as JSON for a list.",
)
@click.option("--timezone", metavar="ZONE", help="Locked: the only zone of queries.")
@click.option("--origin", "origins", multiple=True, metavar="ORIGIN", help="Where it may be used.")
@click.option("--expires-in", type=int, metavar="SECONDS", help="Up to 86400; else an hour.")
@client_options
def create(
    target: Target,
    filters: tuple[str, ...],
    timezone: str | None,
    origins: tuple[str, ...],
    expires_in: int | None,
    **lists: Any,
) -> None:
    """Sign a token and print it, with the address of the dashboard to embed.

    Only the token itself goes to standard output.
    """
    options = QueryOptions(filters=filters, timezone=timezone)
    body = {
        "scope": {name: list(ids) for name, ids in lists.items() if ids},
        "expires_in": expires_in,
        "locked": options.body() or None,
        "origins": list(origins) or None,
    }
    with connect(target) as client:
        made = client.request("POST", "/embed-tokens", expects="token", json=body).json()
    click.echo(f"Token until {made['expires_at']}, to embed: {made['url']}", err=True)
    click.echo(made["token"])


@command.command("revoke-all", epilog="Example: callistics embed-token revoke-all")
@client_options
def revoke_all(target: Target) -> None:
    """Refuse every token that the server has signed so far, with immediate effect.

    Tokens of other issuers are theirs: the setting token_issuers says whose are accepted.
    """
    with connect(target) as client:
        client.request("DELETE", "/embed-tokens")
    click.echo("Revoked every token that was signed.")
