"""What is derived from the records of touched leads: leads, inferred attempts, overlaid payloads.

The one definition for every engine, in SQL of the in-process DuckDB over whatever holds the
records: the embedded engine's own tables, or Arrow tables that another engine has loaded.
Everything is recomputed from the touched leads' records alone, so that it equals what recomputing
it for all leads would give; an engine's `rebuild` does just that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from callistics.engines.common.rows import flat_columns
from callistics.model.payload import flat, overlaid
from callistics.model.providers import PROVIDER_MARK


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the stored records of touched leads are, as SQL.

    `calls` gives their calls, each with a `call_ref` that names its stored row; `moved` the state
    columns of those stored calls that `settled` refers to; `leads` the leads' own records.
    `name` and `text` give what a key of a payload is called, and what a text of it is kept as, in
    the engine's columns.
    """

    calls: str
    moved: str
    leads: str
    name: Callable[[str], str] = str
    text: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of payloads that have a scalar under them, and those that have a list or an object."""

    scalars: set[str] = field(default_factory=set[str])
    lists: set[str] = field(default_factory=set[str])


# `incoming` are the new versions of calls, whose old ones `calls` no longer gives.
_FAMILY = """
CREATE OR REPLACE TEMP TABLE family AS
SELECT call_ref, merchant_id, lead_id, call_id, started_at, reseller_id, template_id, provider,
       attempt_sent, attempt, payload_own, payload_base, events,
       coalesce(ended_at, started_at + to_microseconds(duration_sent_ms * 1000), started_at)
           AS closed_at
FROM (
    {calls}
    UNION ALL BY NAME
    SELECT * FROM incoming
) AS members
"""

# At equal times a status beats none, then the greater canonical JSON text wins.
_FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
WITH own AS MATERIALIZED ({own}),
earliest AS (
    SELECT merchant_id, lead_id, min(started_at) AS started_at,
           arg_min(struct_pack(reseller_id, template_id, payload_own), (started_at, call_id))
               AS said,
           list_sort(list(DISTINCT coalesce('{mark}' || provider, ''))) AS providers
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
       list_sort(list_distinct(list_transform(history, lambda e: e.status))) AS statuses,
       coalesce(own.payload_own, earliest.said.payload_own) AS payload_json,
       coalesce(earliest.providers, []) AS providers
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
SELECT * EXCLUDE base_before FROM (
    SELECT f.call_ref, f.merchant_id, f.call_id, f.payload_own,
           coalesce(f.attempt_sent, row_number() OVER (
               PARTITION BY f.merchant_id, f.lead_id ORDER BY f.started_at, f.call_id))::INTEGER
               AS attempt,
           CASE WHEN l.payload_json IS DISTINCT FROM f.payload_own THEN l.payload_json END
               AS payload_base,
           f.attempt AS attempt_before,
           f.payload_base AS base_before
    FROM family AS f JOIN fresh AS l USING (merchant_id, lead_id)
) AS placed
WHERE call_ref IS NULL
   OR attempt IS DISTINCT FROM attempt_before
   OR payload_base IS DISTINCT FROM base_before
"""

# `payloads` is a table of `payload_json` and the flat columns of each payload.
LEAD_ROWS = """
SELECT f.*, p.* EXCLUDE (payload_json)
FROM fresh AS f LEFT JOIN {payloads} AS p ON p.payload_json = f.payload_json
"""
CALL_ROWS = """
SELECT rows.*, s.attempt, s.payload_base, p.* EXCLUDE (payload_json)
FROM (SELECT * FROM incoming UNION ALL BY NAME SELECT * FROM moved) AS rows
JOIN settled AS s USING (merchant_id, call_id)
LEFT JOIN pairs ON pairs.base = s.payload_base
               AND pairs.payload_own IS NOT DISTINCT FROM s.payload_own
LEFT JOIN {payloads} AS p ON p.payload_json = coalesce(pairs.payload_json, s.payload_own)
"""


def derive(
    connection: duckdb.DuckDBPyConnection, incoming: pa.Table, touched: pa.Table, sources: Sources
) -> Keys:
    """Work out all that depends on incoming calls and touched leads.

    `incoming` has the columns `rows.CALL_COLUMNS`, `touched` the (merchant_id, lead_id) pairs of
    every lead whose calls or own records changed. What is to be written is then in the
    connection's tables: `LEAD_ROWS` and `CALL_ROWS` read it, `settled.call_ref` names the stored
    calls that are replaced, and `flats` has every payload in its flat form. `release` frees them.
    Gives the keys of these payloads.
    """
    connection.register("incoming", incoming)
    connection.register("touched", touched)
    connection.execute(_FAMILY.format(calls=sources.calls))
    connection.execute(_FRESH.format(own=sources.leads, mark=PROVIDER_MARK))
    connection.execute(_SETTLED)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE moved AS {sources.moved}")
    connection.register("pairs", _pairs(connection))
    keys = Keys()
    connection.register("flats", _flats(connection, sources, keys))
    return keys


def release(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of what `derive` was given."""
    for name in ("incoming", "touched", "pairs", "flats"):
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


def _flats(connection: duckdb.DuckDBPyConnection, sources: Sources, keys: Keys) -> pa.Table:
    """The flat columns, as JSON, of every payload that is to be written; adds their keys."""
    rows = connection.execute(
        "SELECT payload_json FROM fresh UNION SELECT payload_json FROM pairs "
        "UNION SELECT payload_own FROM settled WHERE payload_base IS NULL"
    ).fetchall()
    texts = [text for (text,) in rows if text is not None]
    flats = [flat(text) for text in texts]
    for one in flats:
        keys.scalars.update(one.scalars)
        keys.lists.update(one.lists)
    columns = [flat_columns(one, sources.name, sources.text) for one in flats]
    return pa.table(
        {
            "payload_json": pa.array(texts, pa.string()),
            "payload": pa.array([scalars for scalars, _, _ in columns], pa.string()),
            "payload_lists": pa.array([lists for _, lists, _ in columns], pa.string()),
            "payload_orders": pa.array([orders for _, _, orders in columns], pa.string()),
        }
    )
