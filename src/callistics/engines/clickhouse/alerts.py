"""Deletes what is kept of alerts no longer."""

from collections.abc import Sequence

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.long_values import batches
from callistics.model.alerts import AlertRow, ChangeKey
from callistics.records.columnar.alert_tables import ALERTS


def forget(client: Client, changes: Sequence[ChangeKey]) -> None:
    """Delete changes."""
    for some in batches([" ".join(key) for key in changes]) if changes else ():
        client.command(
            f"ALTER TABLE {ALERTS} DELETE WHERE kind = '{AlertRow.CHANGE}'"
            " AND concat(id, ' ', alert_id) IN {ids:Array(String)}",
            {"ids": some},
            settings={"mutations_sync": 2},
        )


def purge(client: Client, before: int) -> None:
    """Delete the changes and deliveries that were stored before an instant (µs)."""
    client.command(
        f"ALTER TABLE {ALERTS} DELETE WHERE version < {{before:Int64}}"
        f" AND kind IN ('{AlertRow.CHANGE}', '{AlertRow.DELIVERY}')",
        {"before": before},
        settings={"mutations_sync": 2},
    )
