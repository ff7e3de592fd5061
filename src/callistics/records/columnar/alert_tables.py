"""What is stored of alerts as a table, as both engines store it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import pyarrow as pa

from callistics.model.alerts import (
    AlertChange,
    AlertChanges,
    AlertRow,
    AlertStatus,
    Delivery,
    KeptAlerts,
    read_row,
)

T = TypeVar("T")
ALERTS = "alert_rows"
"""The table: what there is of one kind and id, of which the newest version counts."""

DELIVERIES = "SELECT argMax(content, version) FROM alert_rows WHERE kind = 'delivery' GROUP BY id"
"""The SQL of every notice, as it is stored last."""

KEPT = (
    "SELECT kind, id, content FROM ("
    "SELECT kind, id, argMax(content, version) AS content FROM alert_rows"
    " WHERE kind <> 'definition' GROUP BY kind, id) AS newest"
    " WHERE kind = 'delivery' OR content LIKE '%\"payload.%'"
)
"""The SQL of what may tell of single records."""


def kept_alerts(rows: Iterable[Sequence[object]]) -> KeptAlerts:
    """What may tell of single records, of the rows that `KEPT` gives."""
    contents: dict[str, dict[str, str]] = {kind: {} for kind in AlertRow}
    for kind, own, content in rows:
        contents[str(kind)][str(own)] = str(content)
    return KeptAlerts(
        _read(contents[AlertRow.STATUS], AlertStatus),
        _read(contents[AlertRow.CHANGE], AlertChange),
        {one.id: one for one in waiting(contents[AlertRow.DELIVERY].values())},
    )


def _read(contents: Mapping[str, str], type_: type[T]) -> dict[str, T]:
    return {own: read_row(content, type_) for own, content in contents.items()}


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
