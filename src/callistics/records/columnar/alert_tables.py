"""What is stored of alerts as a table, as both engines store it."""

from collections.abc import Sequence

import pyarrow as pa

from callistics.model.alerts import AlertChanges

ALERTS = "alert_rows"
"""The table: what there is of one kind and id, of which the newest version counts."""


def alert_table(changes: Sequence[AlertChanges], version: int) -> pa.Table | None:
    """What is to be inserted; None where there is nothing."""
    newest = {row[:2]: row for one in changes for row in one.rows()}
    rows = list(newest.values())
    if not rows:
        return None
    return pa.table(
        {
            "kind": [str(kind) for kind, _, _, _ in rows],
            "id": [own for _, own, _, _ in rows],
            "alert_id": [of for _, _, of, _ in rows],
            "version": pa.array([version] * len(rows), pa.int64()),
            "content": [content for _, _, _, content in rows],
        }
    )
