"""Recomputing everything that is derived from the records."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import numpy.typing as npt

from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.rollups.refresh import rebuild
from callistics.engines.duckdb.session import DuckDBSession
from callistics.engines.duckdb.tuning import Tuning
from callistics.engines.duckdb.writer import WriteConnection
from callistics.records.columnar.changes import Changes

# In the order of rows: a part of them is found in few groups of rows. Its payloads are in memory
# several times over, a lead's own for each of its calls.
_ALL_LEADS = """
CREATE OR REPLACE TEMP TABLE all_leads AS
SELECT merchant_id, lead_id, sum(own) + max(given) * (1 + sum(calls)) AS size
FROM (
    SELECT merchant_id, lead_id, coalesce(strlen(payload_own), 0) AS own, 0 AS given, 1 AS calls
    FROM calls
    UNION ALL
    SELECT merchant_id, lead_id, 0, coalesce(strlen(payload_own), 0), 0 FROM lead_records
    UNION ALL
    SELECT merchant_id, lead_id, 0, 0, 0 FROM leads
)
GROUP BY merchant_id, lead_id ORDER BY merchant_id, lead_id
"""
_SIZES = "SELECT size::DOUBLE AS size FROM all_leads ORDER BY rowid"
_SOME_LEADS = "SELECT merchant_id, lead_id FROM all_leads WHERE rowid >= ? AND rowid < ?"


def rebuild_leads(
    writer: WriteConnection,
    writing: Callable[[], AbstractContextManager[DuckDBSession]],
    tuning: Tuning,
) -> None:
    """Recompute every lead, attempt and effective payload, in commits of the tuning's size."""
    with writer.lock:
        writer.connection.execute(_ALL_LEADS)
        sizes = np.asarray(writer.connection.execute(_SIZES).fetchnumpy()["size"], np.float64)
    for first, end in _parts(sizes, tuning):
        with writing() as session:
            some = writer.statements.execute(_SOME_LEADS, [first, end]).fetchall()
            session.apply(Changes(rebuilt=some))
    with writer.lock:
        writer.connection.execute("DROP TABLE all_leads")


def _parts(sizes: npt.NDArray[np.float64], tuning: Tuning) -> Iterator[tuple[int, int]]:
    """Ranges of leads whose payloads have as many bytes as the tuning says, or one lead each."""
    ends, first, before = np.cumsum(sizes), 0, 0.0
    while first < len(sizes):
        limit = before + tuning.payload_bytes_rebuilt_at_once
        fitting = max(int(np.searchsorted(ends, limit, "right")), first + 1)
        end = min(first + tuning.leads_rebuilt_at_once, fitting, len(sizes))
        yield first, end
        first, before = end, float(ends[end - 1])


def rebuild_rollups(writer: WriteConnection, payload_keys: PayloadKeys) -> None:
    """Sum every roll-up up anew and keep only the keys that payloads have, in one commit."""
    with writer.transaction() as connection:
        payload_keys.keep_collected(connection)
        rebuild(connection)
