"""What is stored of alerts as a table, as both engines store it."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from callistics.model.alerts import (
    AlertChange,
    AlertChanges,
    AlertRow,
    AlertStatus,
    ChangeKey,
    Delivery,
    KeptAlerts,
    read_row,
)

ALERTS = "alert_rows"
"""The table: what there is of one kind and id, of which the newest version counts."""

DELIVERIES = "SELECT argMax(content, version) FROM alert_rows WHERE kind = 'delivery' GROUP BY id"
"""The SQL of every notice, as it is stored last."""

KEPT = (
    "SELECT kind, id, alert_id, content FROM ("
    "SELECT kind, id, alert_id, argMax(content, version) AS content FROM alert_rows"
    " WHERE kind <> 'definition' GROUP BY kind, id, alert_id) AS newest"
    " WHERE kind = 'delivery' OR content LIKE '%\"payload.%'"
)
"""The SQL of what may tell of single records.

Changes that were stored by earlier versions may have the id of another alert's.
"""


def kept_alerts(rows: Iterable[Sequence[object]]) -> KeptAlerts:
    """What may tell of single records, of the rows that `KEPT` gives."""
    contents: dict[str, dict[ChangeKey, object]] = {kind: {} for kind in AlertRow}
    for kind, own, of, content in rows:
        contents[str(kind)][str(own), str(of)] = content
    statuses, changes = contents[AlertRow.STATUS], contents[AlertRow.CHANGE]
    return KeptAlerts(
        {own: read_row(content, AlertStatus) for (own, _), content in statuses.items()},
        {key: read_row(content, AlertChange) for key, content in changes.items()},
        {one.id: one for one in waiting(contents[AlertRow.DELIVERY].values())},
    )


def waiting(contents: Iterable[object]) -> list[Delivery]:
    """The notices that are on their way, of those that are stored."""
    found = [read_row(one, Delivery) for one in contents]
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
