"""What is derived from the records of touched leads, in the same transaction as the records.

Everything here is recomputed from the rows of `calls` and `lead_records` alone, so that it equals
what recomputing it for all leads would give; the engine's `rebuild` does just that.

Rows are only ever deleted and inserted, deletions first: DuckDB 2.0 corrupts memory when a row
that the same transaction inserted is updated (docs/decisions/no-updates-in-place.md).
"""

import duckdb
import pyarrow as pa

from callistics.engines.duckdb.rows import flat_columns
from callistics.model.payload import flat, overlaid

# `incoming` are the new versions of calls, not yet in the table.
_FAMILY = """
CREATE OR REPLACE TEMP TABLE family AS
SELECT call_row, merchant_id, lead_id, call_id, started_at, reseller_id, template_id,
       attempt_sent, attempt, payload_own, payload_base, events,
       coalesce(ended_at, started_at + to_microseconds(duration_sent_ms * 1000), started_at)
           AS closed_at
FROM (
    SELECT c.rowid AS call_row, c.* FROM calls AS c SEMI JOIN touched USING (merchant_id, lead_id)
    UNION ALL BY NAME
    SELECT * FROM incoming
) AS members
"""

# At equal times a status beats none, then the greater canonical JSON text wins.
_FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
WITH own AS (
    SELECT r.* FROM lead_records AS r SEMI JOIN touched USING (merchant_id, lead_id)
),
earliest AS (
    SELECT merchant_id, lead_id, min(started_at) AS started_at,
           arg_min(struct_pack(reseller_id, template_id, payload_own), (started_at, call_id))
               AS said
    FROM family GROUP BY merchant_id, lead_id
),
brought AS (
    SELECT merchant_id, lead_id, unnest(events) AS event, closed_at FROM family
    UNION ALL
    SELECT merchant_id, lead_id, unnest(events) AS event, first_seen FROM own
),
past AS (
    SELECT DISTINCT merchant_id, lead_id, event.status AS status,
           coalesce(event.since, closed_at) AS since
    FROM brought
),
histories AS (
    SELECT merchant_id, lead_id,
           list(struct_pack(status, since)
                ORDER BY since, status IS NOT NULL, to_json(status)::VARCHAR) AS events
    FROM past
    GROUP BY merchant_id, lead_id
)
SELECT merchant_id, lead_id,
       coalesce(own.reseller_id, earliest.said.reseller_id) AS reseller_id,
       coalesce(own.template_id, earliest.said.template_id) AS template_id,
       coalesce(own.created_at, least(earliest.started_at, own.first_seen)) AS created_at,
       histories.events[-1].status AS status,
       coalesce(list_filter(histories.events, lambda e: e.status IS NOT NULL), []) AS history,
       coalesce(own.payload_own, earliest.said.payload_own) AS payload_json
FROM touched
LEFT JOIN own USING (merchant_id, lead_id)
LEFT JOIN earliest USING (merchant_id, lead_id)
LEFT JOIN histories USING (merchant_id, lead_id)
WHERE own.reseller_id IS NOT NULL OR earliest.started_at IS NOT NULL
"""

# The calls to write: all incoming ones, and those stored ones whose attempt or payload changes.
# The lead's payload matters to a call only where it differs from the call's own.
_SETTLED = """
CREATE OR REPLACE TEMP TABLE settled AS
SELECT * EXCLUDE (attempt_before, base_before) FROM (
    SELECT f.call_row, f.merchant_id, f.call_id, f.payload_own,
           coalesce(f.attempt_sent, row_number() OVER (
               PARTITION BY f.merchant_id, f.lead_id ORDER BY f.started_at, f.call_id))::INTEGER
               AS attempt,
           CASE WHEN l.payload_json IS DISTINCT FROM f.payload_own THEN l.payload_json END
               AS payload_base,
           f.attempt AS attempt_before,
           f.payload_base AS base_before
    FROM family AS f JOIN fresh AS l USING (merchant_id, lead_id)
) AS placed
WHERE call_row IS NULL
   OR attempt IS DISTINCT FROM attempt_before
   OR payload_base IS DISTINCT FROM base_before
"""

_MOVED = """
CREATE OR REPLACE TEMP TABLE moved AS
SELECT c.* EXCLUDE (attempt, payload_base, payload, payload_lists, payload_orders)
FROM calls AS c SEMI JOIN settled ON c.rowid = settled.call_row
"""

_REPLACE = """
DELETE FROM calls USING settled WHERE calls.rowid = settled.call_row;
DELETE FROM leads USING touched
WHERE leads.merchant_id = touched.merchant_id AND leads.lead_id = touched.lead_id;
INSERT INTO leads BY NAME
SELECT f.*, list_distinct(list_transform(f.history, lambda e: e.status)) AS statuses,
       p.* EXCLUDE (payload_json)
FROM fresh AS f LEFT JOIN parsed AS p ON p.payload_json = f.payload_json;
INSERT INTO calls BY NAME
SELECT rows.*, s.attempt, s.payload_base, p.* EXCLUDE (payload_json)
FROM (SELECT * FROM incoming UNION ALL BY NAME SELECT * FROM moved) AS rows
JOIN settled AS s USING (merchant_id, call_id)
LEFT JOIN pairs ON pairs.base = s.payload_base
               AND pairs.payload_own IS NOT DISTINCT FROM s.payload_own
LEFT JOIN parsed AS p ON p.payload_json = coalesce(pairs.payload_json, s.payload_own);
"""

_PARSED = """
CREATE OR REPLACE TEMP TABLE parsed AS
SELECT payload_json, payload::JSON::VARIANT AS payload,
       payload_lists::JSON::MAP(VARCHAR, VARCHAR[][]) AS payload_lists,
       payload_orders::JSON::VARIANT AS payload_orders
FROM flats
"""


def derive(connection: duckdb.DuckDBPyConnection, incoming: pa.Table, touched: pa.Table) -> None:
    """Write incoming calls and bring all that depends on them up to date.

    `incoming` has the columns `rows.CALL_COLUMNS`, `touched` the (merchant_id, lead_id) pairs of
    every lead whose calls or own records changed; the calls' old versions are deleted already.
    """
    tables = {"incoming": incoming, "touched": touched}
    for name, rows in tables.items():
        connection.register(name, rows)
    for statement in (_FAMILY, _FRESH, _SETTLED, _MOVED):
        connection.execute(statement)
    connection.register("pairs", _pairs(connection))
    connection.register("flats", _flats(connection))
    connection.execute(_PARSED)
    connection.execute(_REPLACE)
    for name in (*tables, "pairs", "flats"):
        connection.unregister(name)


def _pairs(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Each pair of a call's own payload and its lead's, with what they come to overlaid."""
    rows = connection.execute(
        "SELECT DISTINCT payload_own, payload_base FROM settled WHERE payload_base IS NOT NULL"
    ).fetchall()
    return pa.table(
        {
            "payload_own": pa.array([own for own, _ in rows], pa.string()),
            "base": pa.array([base for _, base in rows], pa.string()),
            "payload_json": pa.array([overlaid(base, own) for own, base in rows], pa.string()),
        }
    )


def _flats(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The flat columns, as JSON, of every payload that is to be written."""
    rows = connection.execute(
        "SELECT payload_json FROM fresh UNION SELECT payload_json FROM pairs "
        "UNION SELECT payload_own FROM settled WHERE payload_base IS NULL"
    ).fetchall()
    texts = [text for (text,) in rows if text is not None]
    columns = [flat_columns(flat(text)) for text in texts]
    return pa.table(
        {
            "payload_json": pa.array(texts, pa.string()),
            "payload": pa.array([scalars for scalars, _, _ in columns], pa.string()),
            "payload_lists": pa.array([lists for _, lists, _ in columns], pa.string()),
            "payload_orders": pa.array([orders for _, _, orders in columns], pa.string()),
        }
    )
