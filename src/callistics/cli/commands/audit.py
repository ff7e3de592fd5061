"""`callistics audit`."""

import json
from collections.abc import Iterator
from typing import Any

import click

from callistics.cli.client import Client
from callistics.cli.connect import Target, client_options, connect
from callistics.cli.listing import Format, format_option, print_list
from callistics.cli.root import Failure
from callistics.model.audit import Action
from callistics.model.audit_chain import Verifier
from callistics.model.json import as_object, decode
from callistics.texts import counted

_PAGE = "1000"
_COLUMNS = ("sequence", "at", "action", "key", "who", "details")
_EPILOG = """\b
Examples:
  callistics audit list --action key.created --from 2026-01-01
  callistics audit verify
"""


@click.group("audit", epilog=_EPILOG)
def command() -> None:
    """Look at the audit log, and check that nobody changed it; it needs an admin key."""


@command.command("list", epilog="Example: callistics audit list --limit 20")
@click.option("--action", type=click.Choice([str(one) for one in Action]), help="Only this one.")
@click.option("--from", "begin", metavar="TIME", help="From this date or time on, in UTC.")
@click.option("--to", "end", metavar="TIME", help="Up to this date or time.")
@click.option("--limit", type=click.IntRange(1, 1_000), help="So many of the newest; 100.")
@format_option
@client_options
def list_(
    target: Target,
    action: str | None,
    begin: str | None,
    end: str | None,
    limit: int | None,
    format_: Format,
) -> None:
    """List what was done, when and by whom, the newest first."""
    given = {"action": action, "from": begin, "to": end, "limit": limit}
    asked = {name: str(value) for name, value in given.items() if value is not None}
    with connect(target) as client:
        answer = client.request("GET", "/audit", expects="data", params=asked)
    print_list(answer.text, _COLUMNS, _rows, format_)


def _rows(answer: Any) -> list[dict[str, object]]:
    return [
        {
            **one,
            "sequence": one.get("sequence"),
            "key": one["who"]["key_id"],
            "who": one["who"]["name"],
            "details": json.dumps(one["details"], ensure_ascii=False),
        }
        for one in answer["data"]
    ]


@command.command("verify", epilog="Example: callistics audit verify --head 6f1e…")
@click.option("--head", metavar="HASH", help="A hash printed before: its entry must be there yet.")
@client_options
def verify(target: Target, head: str | None) -> None:
    """Check the chain of the whole audit log, and print the hash of its last entry.

    Note that hash elsewhere: with --head it shows whether entries were cut off the end, or all
    written anew. Exit code 1, and a sentence, for the first entry that does not fit.
    """
    verifier, seen = Verifier(), head is None
    with connect(target) as client:
        for entry in _entries(client):
            if (fault := verifier.fault(entry)) is not None:
                raise Failure(f"the audit log was tampered with: {fault}")
            seen = seen or entry["hash"] == head
    if not seen:
        raise Failure(
            f"no entry has the hash {head} any more: the audit log was tampered with, unless the"
            " database was restored from a backup that is older than the hash (`callistics audit"
            " list --action restored` tells)"
        )
    click.echo(f"{counted(verifier.head.sequence, 'entry')}, and all fit.", err=True)
    click.echo(verifier.head.hash)


def _entries(client: Client) -> Iterator[dict[str, object]]:
    """Every entry, the oldest first."""
    asked = {"order": "sequence", "limit": _PAGE}
    while True:
        answer = client.request("GET", "/audit", expects="data", params=asked)
        page = as_object(decode(answer.content)) or {}
        found: Any = page["data"]
        if found and "sequence" not in found[0]:
            raise Failure("verifying takes an admin key without scope: this one sees only a part")
        yield from found
        if page["next_cursor"] is None:
            return
        asked = {**asked, "cursor": str(page["next_cursor"])}
