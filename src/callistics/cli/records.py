"""Calls and leads as they are printed."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.table import Table

from callistics.cli.client import Client
from callistics.cli.output import console, table_of
from callistics.client.requests import record_path
from callistics.model.json import encode
from callistics.texts import counted

Shown = Mapping[str, Any]
BRIEF = (
    "started_at",
    "merchant_id",
    "call_id",
    "lead_id",
    "attempt",
    "duration",
    "outcome",
    "status",
)
"""What a table has of each call."""


def look_up(
    client: Client, kind: str, identity: str, merchant: str | None, timezone: str | None
) -> str:
    """The JSON text of one call or lead. Raises `ApiError`, `Failure`."""
    given = {"merchant_id": merchant, "timezone": timezone}
    chosen = {name: value for name, value in given.items() if value is not None}
    path = record_path(kind, identity)
    return client.request("GET", path, expects="merchant_id", params=chosen, repeatable=True).text


def calls_table(calls: Sequence[Shown]) -> Table:
    """A line for each call."""
    return table_of(BRIEF, calls)


def print_fields(record: Shown) -> None:
    """A line for each field of one record."""
    rows = [{"field": name, "value": cell(value)} for name, value in record.items()]
    console().print(table_of(("field", "value"), rows))


def cell(value: object) -> object:
    """A value as one cell has it: true and false, and payloads, as JSON."""
    is_json = isinstance(value, bool | dict | list)
    return encode(value).decode() if is_json else value


def note_more(shown: int) -> None:
    """Say that there are more calls than are shown."""
    click.echo(f"{counted(shown, 'call')}, more follow: --limit or --all shows them", err=True)
