"""The tables of records: which table holds what, and how its rows are told apart and written."""

import duckdb
import pyarrow as pa

from callistics.records.columnar.derive import DERIVED
from callistics.records.field import RecordKind

RECORD_TABLES = {RecordKind.CALLS: ("calls", "calls_held"), RecordKind.LEADS: ("lead_records",)}
"""The tables of a kind's records; each record is in exactly one of them."""
DERIVED_TABLES = {RecordKind.CALLS: (), RecordKind.LEADS: ("leads",)}
"""The tables of what is derived from records; a lead may be there without a record of its own."""
KEPT = pa.schema([*DERIVED, ("lead_no", pa.int64())])
"""What is derived for a call and kept in its row."""
ID_OF = {
    "calls": "call_id",
    "calls_held": "call_id",
    "leads": "lead_id",
    "lead_records": "lead_id",
}
"""The column that identifies a table's rows, together with `merchant_id`."""
KEY_OF = {"call_id": "call_key", "lead_id": "lead_key"}
"""The columns of the numbers that are made of ids."""
TIME_OF = {"calls": "started_at", "leads": "created_at", "lead_records": "updated_at"}
"""The time by whose week the id index knows a table's rows."""
UNLISTED = "payload_unlisted"
"""The column of calls and leads with the keys of payloads that are not listed."""
WITHIN_MONTH = "{time} >= $month AND {time} < $month + INTERVAL 1 MONTH"
"""The condition that a row is of a month, by `TIME_OF` its table."""
SENT = "* EXCLUDE (duration_sent_ms), duration_sent_ms IS NOT NULL AS duration_sent"
"""The columns of calls as they are written: a duration that was sent is kept once."""
WRITTEN = {"calls_held": SENT, "lead_records": "*"}
"""The columns of the tables of records that have no derived columns."""


def count_rows(reader: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has, or a select in brackets."""
    ((rows,),) = reader.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(rows)
