"""`callistics leads`."""

import json
from decimal import Decimal

import click

from callistics.cli.connect import Target, client_options, connect
from callistics.cli.output import console, table_of
from callistics.cli.records import calls_table, look_up, print_fields


@click.group("leads", epilog="Example: callistics leads show lead_81")
def command() -> None:
    """Show a lead with its calls and its history."""


@command.command("show", epilog="Example: callistics leads show lead_81 --merchant mer_abc")
@click.argument("lead_id", metavar="ID")
@click.option("--merchant", metavar="ID", help="Whose it is, where several have one of that id.")
@click.option("--timezone", metavar="ZONE", help="Of times, such as Europe/Lisbon.")
@click.option("--json", "as_json", is_flag=True, help="The exact answer.")
@client_options
def show(
    target: Target, lead_id: str, merchant: str | None, timezone: str | None, as_json: bool
) -> None:
    """Show one lead, also one that is pending, its calls and the statuses it had."""
    with connect(target) as client:
        text = look_up(client, "leads", lead_id, merchant, timezone)
    if as_json:
        click.echo(text)
        return
    lead = json.loads(text, parse_float=Decimal)
    calls, history = lead.pop("calls"), lead.pop("history")
    print_fields(lead)
    if history:
        console().print(table_of(("since", "status"), history))
    if calls:
        console().print(calls_table(calls))
