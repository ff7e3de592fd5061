"""`callistics payload-keys`."""

from typing import Any, cast

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.listing import Format, format_option, print_list
from callistics.cli.output import Row


@click.command("payload-keys", epilog="Example: callistics payload-keys")
@format_option
@client_options
def command(target: Target, format_: Format) -> None:
    """List the keys that payloads have, with the JSON types of their values.

    `calls` are those of the last 90 days that have the key.
    """
    with connect(target) as client:
        answer = client.request("GET", "/analytics/payload-keys", expects="data", repeatable=True)
    print_list(answer.text, ("key", "types", "calls"), _rows, format_)


def _rows(answer: object) -> list[Row]:
    keys = cast("dict[str, Any]", answer)["data"]
    return [{**one, "types": ", ".join(one["types"])} for one in keys]
