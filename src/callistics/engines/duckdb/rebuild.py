"""Recomputing everything that is derived from the records."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.rollups.refresh import rebuild
from callistics.engines.duckdb.session import DuckDBSession
from callistics.engines.duckdb.writer import WriteConnection
from callistics.records.columnar.changes import Changes

# In the order of rows: a part of them is found in few groups of rows.
_ALL_LEADS = (
    "CREATE OR REPLACE TEMP TABLE all_leads AS SELECT * FROM ("
    + " UNION ".join(
        f"SELECT merchant_id, lead_id FROM {table}" for table in ("calls", "lead_records", "leads")
    )
    + ") ORDER BY merchant_id, lead_id"
)
_SOME_LEADS = "SELECT merchant_id, lead_id FROM all_leads WHERE rowid >= ? AND rowid < ?"


def rebuild_leads(
    writer: WriteConnection,
    writing: Callable[[], AbstractContextManager[DuckDBSession]],
    most: int,
) -> None:
    """Recompute every lead, attempt and effective payload, `most` leads in a commit."""
    with writer.lock:
        ((leads,),) = writer.connection.execute(_ALL_LEADS).fetchall()
    for first in range(0, leads, most):
        with writing() as session:
            bounds = [first, first + most]
            session.apply(
                Changes(rebuilt=writer.statements.execute(_SOME_LEADS, bounds).fetchall())
            )
    with writer.lock:
        writer.connection.execute("DROP TABLE all_leads")


def rebuild_rollups(writer: WriteConnection, payload_keys: PayloadKeys) -> None:
    """Sum every roll-up up anew and keep only the keys that payloads have, in one commit."""
    with writer.transaction() as connection:
        payload_keys.keep_collected(connection)
        rebuild(connection)
