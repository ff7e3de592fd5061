"""`callistics calls`."""

import json
from decimal import Decimal
from typing import Any, Literal

import click
import msgspec

from callistics.cli.client import Client, Content
from callistics.cli.connect import Target, client_options, connect
from callistics.cli.filter_options import filter_options
from callistics.cli.output import console
from callistics.cli.query_body import QueryOptions
from callistics.cli.query_export import Place, export
from callistics.cli.records import calls_table, look_up, note_more, print_fields
from callistics.looking.parse import DEFAULT_LIMIT, MAX_LIMIT

Paged = Literal["table", "json"]
Format = Paged | Literal["csv"]
_SEARCH = """\b
Examples:
  callistics calls search --merchant mer_abc --date-range yesterday --filter outcome=BUSY
  callistics calls search --payload city=Delhi --limit 20 --timezone Asia/Kolkata
  callistics calls search --filter reached=false --all --format json > calls.ndjson
"""
_EPILOG = """\b
Examples:
  callistics calls search --date-range today
  callistics calls show call_2024-000017
"""


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]


_read_page = msgspec.json.Decoder(_Page).decode


@click.group("calls", epilog=_EPILOG)
def command() -> None:
    """Show the calls behind a figure, or one of them."""


@command.command("search", epilog=_SEARCH)
@filter_options
@click.option("--timezone", metavar="ZONE", help="Of dates and times, such as Europe/Lisbon.")
@click.option("--oldest-first", is_flag=True, help="The other way round.")
@click.option(
    "--limit", type=click.IntRange(min=1), help=f"So many, {DEFAULT_LIMIT} where none is given."
)
@click.option("--all", "all_calls", is_flag=True, help="Every call that matches.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="json has a call in each line, csv every call and field.",
)
@client_options
def search(
    target: Target,
    format_: Format,
    timezone: str | None,
    oldest_first: bool,
    limit: int | None,
    all_calls: bool,
    **given: Any,
) -> None:
    """List the calls that match, the newest first."""
    if format_ == "csv" and limit is not None:
        raise click.UsageError("--format csv has every call: leave --limit out")
    body = {
        "filters": QueryOptions(**given).filters_body(),
        "timezone": timezone,
        "order": "started_at" if oldest_first else "-started_at",
    }
    with connect(target) as client:
        if format_ == "csv":
            export(client, "/calls/search", json.dumps(body).encode(), format_, Place())
        else:
            _list(client, body, format_, None if all_calls else limit or DEFAULT_LIMIT)


def _list(client: Client, body: dict[str, Any], format_: Paged, limit: int | None) -> None:
    """Print page after page, up to so many calls."""
    shown, cursor = 0, None
    while shown == 0 or cursor is not None:
        size = MAX_LIMIT if limit is None else min(limit - shown, MAX_LIMIT)
        text = _ask(client, {**body, "limit": size, "cursor": cursor})
        page = json.loads(text, parse_float=Decimal)
        _print(page["data"], text, format_, first=shown == 0)
        shown, cursor = shown + len(page["data"]), page["next_cursor"]
        if not page["data"] or shown == limit:
            break
    if cursor is not None:
        note_more(shown)


def _ask(client: Client, body: dict[str, Any]) -> str:
    content = json.dumps(body).encode()
    return client.request(
        "POST", "/calls/search", expects="data", content=Content(content), repeatable=True
    ).text


def _print(calls: list[dict[str, Any]], text: str, format_: Paged, *, first: bool) -> None:
    if format_ == "json":
        for line in json_lines(text):
            click.echo(line)
    elif calls or first:
        console().print(calls_table(calls))


def json_lines(page: str) -> list[str]:
    """The calls of a page, each as the exact JSON text that was answered."""
    found = _read_page(page)
    return [bytes(one).decode() for one in found.data]


@command.command("show", epilog="Example: callistics calls show call_2024-000017")
@click.argument("call_id", metavar="ID")
@click.option("--merchant", metavar="ID", help="Whose it is, where several have one of that id.")
@click.option("--timezone", metavar="ZONE", help="Of times, such as Europe/Lisbon.")
@click.option("--json", "as_json", is_flag=True, help="The exact answer.")
@client_options
def show(
    target: Target, call_id: str, merchant: str | None, timezone: str | None, as_json: bool
) -> None:
    """Show one call, also one that is pending or a test."""
    with connect(target) as client:
        text = look_up(client, "calls", call_id, merchant, timezone)
    if as_json:
        click.echo(text)
    else:
        print_fields(json.loads(text, parse_float=Decimal))
