"""What is stored of alerts, in the database."""

from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.alerts import AlertChanges, AlertRow
from callistics.records.columnar.alert_tables import ALERTS, alert_table


def save(statements: StatementCache, changes: AlertChanges, now: int) -> None:
    """Store what came instead of what was there, and delete what is to go."""
    for kind, own, _, _ in changes.rows():
        if kind is not AlertRow.CHANGE:
            statements.execute(f"DELETE FROM {ALERTS} WHERE kind = ? AND id = ?", [kind.value, own])
    table = alert_table([changes], now)
    if table is not None:
        statements.give(new_alert_rows=table)
        statements.repeat(f"INSERT INTO {ALERTS} BY NAME FROM new_alert_rows")
    if changes.forgotten:
        statements.execute(
            f"DELETE FROM {ALERTS} WHERE kind = ? AND (id, alert_id) IN"
            " (SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]))",
            [AlertRow.CHANGE.value, *map(list, zip(*changes.forgotten, strict=True))],
        )
    if changes.purge_before is not None:
        kinds = [AlertRow.CHANGE.value, AlertRow.DELIVERY.value]
        statements.execute(
            f"DELETE FROM {ALERTS} WHERE version < ? AND kind IN (?, ?)",
            [changes.purge_before, *kinds],
        )
