"""Deletes kept bodies of webhooks, with what became of them."""

from callistics.engines.clickhouse.connection import Client
from callistics.records.columnar.webhook_tables import OF_NO_USE, SETTLED

_AT_ONCE = {"mutations_sync": 2}


def purge(client: Client, before: int) -> None:
    """Delete the bodies that came before an instant (µs), and those that are of no more use.

    What became of them is known: those that wait to be mapped stay.
    """
    client.command(
        f"ALTER TABLE webhook_bodies DELETE WHERE (received_at < {{before:Int64}} AND {SETTLED})"
        " OR id IN (SELECT body_id FROM webhook_results GROUP BY body_id"
        f" HAVING argMax(state, version) IN {OF_NO_USE})",
        {"before": before},
        settings=_AT_ONCE,
    )
    client.command(
        "ALTER TABLE webhook_results DELETE WHERE body_id NOT IN (SELECT id FROM webhook_bodies)",
        settings=_AT_ONCE,
    )
