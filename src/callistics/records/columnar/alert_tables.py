"""What is stored of alerts as a table, as both engines store it."""

from collections.abc import Iterable, Sequence

import msgspec
import pyarrow as pa

from callistics.model.alerts import AlertChanges, Delivery

ALERTS = "alert_rows"
"""The table: what there is of one kind and id, of which the newest version counts."""

DELIVERIES = "SELECT argMax(content, version) FROM alert_rows WHERE kind = 'delivery' GROUP BY id"
"""The SQL of every notice, as it is stored last."""


def waiting(contents: Iterable[object]) -> list[Delivery]:
    """The notices that are on their way, of those that are stored."""
    found = [msgspec.json.decode(str(one), type=Delivery) for one in contents]
    return [one for one in found if not one.over]


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
