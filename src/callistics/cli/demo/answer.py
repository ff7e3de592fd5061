"""The first answer a demo shows, and the next query to paste."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from callistics.cli.client import Client
from callistics.cli.demo.data import Demo
from callistics.cli.demo.reader import last_days
from callistics.cli.output import columns_of, console, table_of
from callistics.texts import counted

Body = dict[str, Any]

_NEXT: Body = {"query_type": "conversion_funnel"}
DAYS = 31
"""How many of the last days of the made-up calls the queries are about."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the demo asks about: the merchant with the most calls, and the range of time."""

    merchant_id: str
    dates: dict[str, str]


def biggest(client: Client, demo: Demo) -> Subject | None:
    """The merchant with the most calls of the last days; None where there are none."""
    first, last = last_days(datetime.fromisoformat(demo.until), demo.timezone, DAYS)
    dates = {"date_from": first.isoformat(), "date_to": last.isoformat()}
    body: Body = {
        "query_type": "call_count",
        "filters": dates,
        "group_by": ["merchant_id"],
        "page_size": 10_000,
    }
    asked = client.request("POST", "/analytics", expects="data", json=body)
    rows: list[Body] = asked.json()["data"]
    if not rows:
        return None
    most = max(rows, key=lambda row: (row["count"], row["merchant_id"]))
    return Subject(most["merchant_id"], dates)


def first_query(subject: Subject) -> Body:
    """Calls by day that somebody answered, of the whole platform."""
    return {
        "query_type": "calls_over_time",
        "filters": {**subject.dates, "reached": True},
        "granularity": "day",
    }


def show_answer(client: Client, subject: Subject) -> None:
    """Run the query, and print it and its answer."""
    body = first_query(subject)
    answer: Body = client.request("POST", "/analytics", expects="data", json=body).json()
    click.echo(f"POST /analytics\n{json.dumps(body, indent=2)}\n")
    rows: list[Body] = answer["data"]
    out = console()
    out.print(table_of(columns_of(rows), rows))
    out.print(f"{counted(answer['total'], 'row')}\n")


def curl(url: str, key: str) -> str:
    """A command line for the next query, to paste into a shell."""
    headers = f"-H 'Authorization: Bearer {key}' -H 'Content-Type: application/json'"
    return f"curl -s {url}/analytics {headers} -d '{json.dumps(_NEXT)}'"
