"""`callistics values`."""

from typing import Any, cast

import click

from callistics.analytics.parse_values import DEFAULT_LIMIT, VALUE_FIELDS
from callistics.cli.connect import Target, client_options, connect
from callistics.cli.listing import Format, format_option, print_list
from callistics.cli.output import Row

_EPILOG = """\b
Examples:
  callistics values outcome
  callistics values template_id --prefix tpl_ --limit 10
  callistics values payload.city --format csv > cities.csv
"""


@click.command("values", epilog=_EPILOG)
@click.argument("field", metavar="FIELD")
@click.option("--prefix", metavar="TEXT", help="Only values that begin so, in any case.")
@click.option(
    "--limit", type=int, default=DEFAULT_LIMIT, show_default=True, help="So many at most."
)
@format_option
@client_options
def command(target: Target, field: str, prefix: str | None, limit: int, format_: Format) -> None:
    """List the values of a field, those of most calls first."""
    params = {"field": field, "limit": str(limit)}
    if prefix is not None:
        params["prefix"] = prefix
    with connect(target) as client:
        answer = client.request(
            "GET", "/analytics/values", expects="data", params=params, repeatable=True
        )
    print_list(answer.text, ("value", "calls"), _rows, format_)


def _rows(answer: object) -> list[Row]:
    return cast("dict[str, Any]", answer)["data"]


command.help = f"{command.help}\n\nFIELD is one of {', '.join(VALUE_FIELDS)}."
