"""Webhook endpoints, kept bodies and what became of them, in the database."""

from collections.abc import Sequence

import pyarrow as pa

from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.webhooks import KeptBody, WebhookChanges
from callistics.records.columnar.webhook_tables import (
    BODIES,
    OF_NO_USE,
    SETTLED,
    body_table,
    webhook_tables,
)


def save(statements: StatementCache, changes: WebhookChanges, now: int) -> None:
    """Store what came, and delete what is to be purged."""
    for endpoint in changes.endpoints:
        statements.execute("DELETE FROM webhook_endpoints WHERE id = ?", [endpoint.id])
    for table, rows in webhook_tables([changes], now):
        _insert(statements, table, rows)
    delete_bodies(statements, changes.erased_bodies)
    if changes.purge_before is not None:
        _purge(statements, changes.purge_before)


def save_bodies(statements: StatementCache, bodies: Sequence[KeptBody]) -> None:
    """Store bodies that came."""
    _insert(statements, BODIES, body_table(bodies))
    statements.release()


def _insert(statements: StatementCache, table: str, rows: pa.Table) -> None:
    statements.give(**{f"new_{table}": rows})
    statements.repeat(f"INSERT INTO {table} BY NAME FROM new_{table}")


def _purge(statements: StatementCache, before: int) -> None:
    statements.execute(
        f"DELETE FROM webhook_bodies WHERE (received_at < ? AND {SETTLED}) OR id IN (SELECT"
        f" body_id FROM webhook_results GROUP BY body_id HAVING argMax(state, version) IN"
        f" {OF_NO_USE})",
        [before],
    )
    statements.execute(
        "DELETE FROM webhook_results WHERE body_id NOT IN (SELECT id FROM webhook_bodies)"
    )


def delete_bodies(statements: StatementCache, bodies: Sequence[str]) -> None:
    """Delete bodies by their ids, with what became of them."""
    for table, column in (("webhook_bodies", "id"), ("webhook_results", "body_id")):
        if bodies:
            statements.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?::VARCHAR[]))",
                [list(bodies)],
            )
