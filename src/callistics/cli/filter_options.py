"""The options that say which calls or leads a command is about."""

from collections.abc import Callable
from functools import wraps

import click


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `QueryOptions` that become filters, under their names."""

    @click.option("--from", "date_from", metavar="DATE", help="From this date or time on.")
    @click.option("--to", "date_to", metavar="DATE", help="Up to this date or time, inclusive.")
    @click.option(
        "--date-range", metavar="NAME", help="Instead of both: today, last_7_days, past_3_hours …"
    )
    @click.option("--merchant", "merchants", multiple=True, metavar="ID", help="May be repeated.")
    @click.option("--reseller", "resellers", multiple=True, metavar="ID", help="May be repeated.")
    @click.option("--template", "templates", multiple=True, metavar="ID", help="May be repeated.")
    @click.option(
        "--filter",
        "filters",
        multiple=True,
        metavar="NAME=VALUE",
        help="Any filter; repeated or as JSON for a list: 'outcome=[\"CONFIRMED\", null]'.",
    )
    @click.option(
        "--payload",
        multiple=True,
        metavar="CONDITION",
        help="On a key of the payload: = != > >= < <= or ~ (contains).",
    )
    @wraps(command)
    def wrapped(**given: object) -> None:
        command(**given)

    return wrapped
