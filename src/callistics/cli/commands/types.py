"""`callistics types`."""

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.listing import Format, format_option, print_list
from callistics.cli.output import Row
from callistics.errors import did_you_mean

_EPILOG = """\b
Examples:
  callistics types
  callistics types retry_analysis
  callistics types --format json > types.json
"""
_TYPE = ("name", "unit", "description")
_FIELD = ("name", "type", "description")


@click.command("types", epilog=_EPILOG)
@click.argument("name", required=False, metavar="[TYPE]")
@format_option
@client_options
def command(target: Target, name: str | None, format_: Format) -> None:
    """List the query types, or with TYPE the fields of its rows.

    With --format json it is everything that can be asked: filters, operators, measures,
    dimensions, and the settings that decide what success, reach and the stages are.
    """
    with connect(target) as client:
        answer = client.request("GET", "/analytics/types", expects="query_types", repeatable=True)
    columns = _TYPE if name is None else _FIELD
    print_list(answer.text, columns, partial(_rows, name), format_)


def _rows(name: str | None, answer: object) -> Sequence[Row]:
    kinds = {one["name"]: one for one in cast("dict[str, Any]", answer)["query_types"]}
    if name is None:
        return list(kinds.values())
    if name not in kinds:
        hint = did_you_mean(name, kinds) or "; one of " + ", ".join(kinds)
        raise click.UsageError(f"unknown query type{hint}")
    return [{**one, "type": _type(one)} for one in kinds[name]["fields"]]


def _type(field: dict[str, Any]) -> str:
    return f"{field['type']} or null" if field["nullable"] else str(field["type"])
