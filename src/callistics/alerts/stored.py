"""What is stored of alerts, read from an engine: the SQL is such that every engine takes it."""

from collections.abc import Sequence
from typing import TypeVar

from callistics.engines.base import Readable
from callistics.model.alerts import (
    AlertChange,
    AlertRow,
    AlertStatus,
    Delivery,
    StoredAlert,
    read_row,
)
from callistics.records.columnar.alert_tables import DELIVERIES, waiting
from callistics.sql.fragment import Sql, compose, raw, text

T = TypeVar("T")
HISTORY_SHOWN = 100
"""So many changes of an alert are shown, the newest."""
DELIVERIES_SHOWN = 20
"""So many of its deliveries."""


class StoredAlerts:
    """Reads alerts, where they stand, what changed, and what was told."""

    def __init__(self, engine: Readable) -> None:
        self._engine = engine

    def alerts(self) -> list[StoredAlert]:
        """Every alert that was not deleted, oldest first."""
        found = self._all(AlertRow.DEFINITION, StoredAlert)
        there = [one for one in found if one.deleted_at is None]
        return sorted(there, key=lambda one: (one.created_at, one.id))

    def statuses(self) -> dict[str, AlertStatus]:
        """Where each alert stands, by its id."""
        sql = _newest(AlertRow.STATUS)
        return {str(row[0]): read_row(row[1], AlertStatus) for row in self._run(sql)}

    def status(self, alert_id: str) -> AlertStatus | None:
        """Where an alert stands, None before its first evaluation."""
        sql = compose(
            "SELECT id, argMax(content, version) FROM alert_rows"
            f" WHERE kind = '{AlertRow.STATUS}' AND id = {{}} GROUP BY id",
            text(alert_id),
        )
        return next((read_row(row[1], AlertStatus) for row in self._run(sql)), None)

    def history(self, alert_id: str) -> list[AlertChange]:
        """What changed of an alert, the newest first."""
        return self._of(AlertRow.CHANGE, AlertChange, alert_id, HISTORY_SHOWN)

    def deliveries(self, alert_id: str) -> list[Delivery]:
        """What was told of an alert, the newest first."""
        return self._of(AlertRow.DELIVERY, Delivery, alert_id, DELIVERIES_SHOWN)

    def waiting(self) -> list[Delivery]:
        """Every notice that is still on its way."""
        return waiting(row[0] for row in self._run(raw(DELIVERIES)))

    def _all(self, kind: AlertRow, type_: type[T]) -> list[T]:
        return [read_row(row[1], type_) for row in self._run(_newest(kind))]

    def _of(self, kind: AlertRow, type_: type[T], alert_id: str, most: int) -> list[T]:
        sql = compose(
            "SELECT id, argMax(content, version) FROM alert_rows"
            f" WHERE kind = '{kind}' AND alert_id = {{}}"
            f" GROUP BY id ORDER BY id DESC LIMIT {most}",
            text(alert_id),
        )
        return [read_row(row[1], type_) for row in self._run(sql)]

    def _run(self, sql: Sql) -> Sequence[Sequence[object]]:
        return self._engine.run(self._engine.dialect.render(sql))


def _newest(kind: AlertRow) -> Sql:
    return raw(
        f"SELECT id, argMax(content, version) FROM alert_rows WHERE kind = '{kind}' GROUP BY id"
    )
