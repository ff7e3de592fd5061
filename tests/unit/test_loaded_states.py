"""What counts as stored where a commit that was cut short has left a record twice."""

from typing import Any

import pyarrow as pa

from callistics.engines.clickhouse.load_states import StateLoader
from callistics.engines.clickhouse.stored_rows import SCHEMAS
from callistics.records.field import RecordKind

CALL = ("m", "p")


class Rows:
    """Stands for the stored rows of `calls_held`, in the order in which they are read."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self._rows = list(rows)

    def matching(self, name: str, *_: object) -> pa.Table:
        rows = self._rows if name == "calls_held" else []
        return pa.Table.from_pylist(rows, SCHEMAS[name])


def row(version: int, outcome: str | None) -> dict[str, Any]:
    return {"merchant_id": "m", "call_id": "p", "outcome": outcome, "version": version}


def test_the_newer_of_two_rows_of_a_pending_call_counts() -> None:
    for rows in ((row(1, None), row(2, "SALE")), (row(2, "SALE"), row(1, None))):
        stored: Any = Rows(*rows)
        loader = StateLoader(stored, 1)
        found = loader.load(RecordKind.CALLS, [CALL])[CALL]
        assert found.state.get("outcome") == "SALE"
        # Both go with the next change.
        assert loader.rows.of("calls_held", [CALL]).num_rows == 2
        assert loader.version == 3
