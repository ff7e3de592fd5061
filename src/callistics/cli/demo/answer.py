"""The first answer a demo shows, and the next question to paste."""

import json
from dataclasses import dataclass
from typing import Any

import click

from callistics.cli.client import Client
from callistics.cli.output import columns_of, console, table_of

Body = dict[str, Any]

# The last whole month of the made-up calls.
_MONTH = {"date_from": "2025-12-01T00:00:00Z", "date_to": "2025-12-31T23:59:59Z"}


@dataclass(frozen=True, slots=True)
class Tenant:
    """A merchant and one of its templates."""

    merchant_id: str
    template_id: str


def biggest(client: Client) -> Tenant | None:
    """The template with the most calls of the month; None where there are none."""
    body: Body = {
        "query_type": "call_count",
        "filters": {**_MONTH, "min_duration": 10},
        "group_by": ["merchant_id", "template_id"],
        "page_size": 10_000,
    }
    rows: list[Body] = client.request("POST", "/analytics", json=body).json()["data"]
    if not rows:
        return None
    most = max(rows, key=lambda row: (row["count"], row["template_id"] or ""))
    return Tenant(most["merchant_id"], most["template_id"])


def question(tenant: Tenant) -> Body:
    """The question of the API's documentation, asked of the demo's own data."""
    return {
        "query_type": "calls_over_time",
        "filters": {
            "template_id": tenant.template_id,
            "merchant_id": tenant.merchant_id,
            **_MONTH,
            "min_duration": 10,
        },
        "granularity": "day",
        "page": 1,
        "page_size": 31,
    }


def next_question(tenant: Tenant) -> Body:
    """What one would ask after that."""
    filters = {"merchant_id": tenant.merchant_id, **_MONTH}
    return {"query_type": "outcome_distribution", "filters": filters}


def show_answer(client: Client, tenant: Tenant) -> None:
    """Ask the question, and print it and its answer."""
    body = question(tenant)
    answer: Body = client.request("POST", "/analytics", json=body).json()
    click.echo(f"POST /analytics\n{json.dumps(body, indent=2)}\n")
    rows: list[Body] = answer["data"]
    out = console()
    out.print(table_of(columns_of(rows), rows))
    out.print(f"{answer['total']:,} rows\n")


def curl(url: str, key: str, tenant: Tenant) -> str:
    """A command line for the next question, to paste into a shell."""
    lines = (
        f"curl -s {url}/analytics",
        f"-H 'Authorization: Bearer {key}'",
        "-H 'Content-Type: application/json'",
        f"-d '{json.dumps(next_question(tenant))}'",
    )
    return " \\\n  ".join(lines)
