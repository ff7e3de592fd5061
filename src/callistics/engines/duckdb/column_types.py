"""The tables of records as the declared fields want them: what migrations must make.

Two columns are not as a field was sent: of a duration it is noted only whether it was
(`tables.SENT`), and ids are stored with the numbers that rows are found by.
"""

from collections.abc import Mapping

from callistics.records.columnar.derive import DERIVED
from callistics.records.columnar.row_codec import CALL_COLUMNS, LEAD_COLUMNS, STORAGE
from callistics.records.field_types import Storage

TYPES: Mapping[Storage, str] = {
    Storage.TEXT: "VARCHAR",
    Storage.INSTANT: "TIMESTAMP",
    Storage.INTEGER: "INTEGER",
    Storage.LONG: "BIGINT",
    Storage.DOUBLE: "DOUBLE",
    Storage.BOOLEAN: "BOOLEAN",
}
"""The type of everything that is kept."""
_EVENTS = "STRUCT(status VARCHAR, since TIMESTAMP)[]"
_FLAT = {
    "payload": "VARIANT",
    "payload_lists": "MAP(VARCHAR, VARCHAR[][])",
    "payload_orders": "VARIANT",
    "payload_shape": "VARCHAR",
    "payload_unlisted": "MAP(VARCHAR, VARCHAR[])",
}


def _columns(names: tuple[str, ...]) -> dict[str, str]:
    found = {name: _EVENTS if name == "events" else TYPES[STORAGE[name]] for name in names}
    if found.pop("duration_sent_ms", None) is not None:
        found["duration_sent"] = TYPES[Storage.BOOLEAN]
    return found


_CALLS = (
    _columns((*CALL_COLUMNS, *DERIVED.names)) | _FLAT | {"call_key": "UBIGINT", "lead_no": "BIGINT"}
)
RECORD_TABLES: Mapping[str, Mapping[str, str]] = {
    "calls": _CALLS,
    "calls_held": _CALLS,
    "lead_records": _columns(LEAD_COLUMNS) | {"lead_key": "UBIGINT"},
}
"""Table → column → type, as `migrate.describe` tells them, in no order."""
