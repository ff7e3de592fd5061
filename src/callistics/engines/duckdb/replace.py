"""Writing calls and what depends on them into the tables of the embedded engine.

Rows are only ever deleted and inserted, deletions first: DuckDB 2.0 corrupts memory when a row
that the same transaction inserted is updated (docs/decisions/no-updates-in-place.md).
"""

from collections.abc import Callable

import duckdb
import pyarrow as pa

from callistics.catalog.plan import Unit
from callistics.engines.common.derive import CALL_ROWS, LEAD_ROWS, Keys, Sources, derive, release
from callistics.engines.duckdb import finding
from callistics.engines.duckdb.finding import rows
from callistics.engines.duckdb.sums import COLUMNS, change

_SOURCES = Sources(
    calls=f"SELECT * RENAME (place AS call_ref) FROM ({rows('calls', 'lead_id', 'touched')})",
    moved="""
SELECT * EXCLUDE (attempt, payload_base, payload, payload_lists, payload_orders, call_key, lead_key)
FROM calls WHERE rowid IN (SELECT call_ref FROM settled WHERE call_ref IS NOT NULL)""",
    leads=rows("lead_records", "lead_id", "touched"),
)

_PARSED = """
CREATE OR REPLACE TEMP TABLE parsed AS
SELECT payload_json, payload::JSON::VARIANT AS payload,
       payload_lists::JSON::MAP(VARCHAR, VARCHAR[][]) AS payload_lists,
       payload_orders::JSON::VARIANT AS payload_orders
FROM flats
"""

_FORMER = f"""
CREATE OR REPLACE TEMP TABLE former AS
SELECT place, created_at, {", ".join(COLUMNS[Unit.LEADS])}
FROM ({rows("leads", "lead_id", "touched")})
"""

_REPLACE = f"""
DELETE FROM calls
WHERE rowid IN (SELECT call_ref FROM settled WHERE call_ref IS NOT NULL);
DELETE FROM leads WHERE rowid IN (SELECT place FROM former);
INSERT INTO leads BY NAME
SELECT *, {finding.keys("lead_id")} FROM ({LEAD_ROWS.format(payloads="parsed")});
INSERT INTO calls BY NAME
SELECT *, {finding.keys("call_id", "lead_id")} FROM ({CALL_ROWS.format(payloads="parsed")});
"""

# What the roll-ups are told: of stored calls only those whose attempt changes.
_CALL_CHANGES = " UNION ALL ".join(
    f"SELECT {change(Unit.CALLS, weight)} FROM {calls}"
    f" JOIN (SELECT merchant_id, call_id, {attempt} FROM settled {changed})"
    " USING (merchant_id, call_id)"
    for calls, weight, attempt, changed in (
        ("incoming", "1", "attempt", ""),
        ("moved", "1", "attempt", "WHERE attempt IS DISTINCT FROM attempt_before"),
        (
            "moved",
            "-1",
            "attempt_before AS attempt",
            "WHERE attempt IS DISTINCT FROM attempt_before",
        ),
    )
)
_LEAD_CHANGES = (
    f"SELECT {change(Unit.LEADS, '1')} FROM fresh"
    f" UNION ALL SELECT {change(Unit.LEADS, '-1')} FROM former"
)

Note = Callable[[Unit, str], object]


def replace(
    connection: duckdb.DuckDBPyConnection, incoming: pa.Table, touched: pa.Table, note: Note
) -> Keys:
    """Write incoming calls, whose old versions are deleted already, and all that depends on them.

    `incoming` and `touched` are as `derive` takes them; `note` is given what changes, as SQL. Gives
    the keys of the payloads written.
    """
    keys = derive(connection, incoming, touched, _SOURCES)
    connection.execute(_PARSED)
    connection.execute(_FORMER)
    connection.execute(_REPLACE)
    note(Unit.CALLS, _CALL_CHANGES)
    note(Unit.LEADS, _LEAD_CHANGES)
    release(connection)
    return keys
