"""Deletes what is kept of alerts no longer."""

from callistics.engines.clickhouse.connection import Client
from callistics.model.alerts import AlertRow
from callistics.records.columnar.alert_tables import ALERTS


def purge(client: Client, before: int) -> None:
    """Delete the changes and deliveries that were stored before an instant (µs)."""
    client.command(
        f"ALTER TABLE {ALERTS} DELETE WHERE version < {{before:Int64}}"
        f" AND kind IN ('{AlertRow.CHANGE}', '{AlertRow.DELIVERY}')",
        {"before": before},
        settings={"mutations_sync": 2},
    )
