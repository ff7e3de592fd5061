"""Writes the delta of a commit into the tables.

Rows are only ever deleted and inserted, deletions first: DuckDB 2.0 corrupts memory when a row
that the same transaction inserted is updated (docs/decisions/no-updates-in-place.md).
"""

from collections.abc import Sequence

import pyarrow as pa

from callistics.engines.duckdb.delta import TableDelta
from callistics.engines.duckdb.lookup.lookup_sql import keys
from callistics.engines.duckdb.rollups.aggregate_sql import COLUMNS, change
from callistics.engines.duckdb.rollups.change_log import ChangeLog
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tables import ID_OF, SENT, UNLISTED, WRITTEN
from callistics.records.columnar.arrow import select
from callistics.records.columnar.derive import DERIVED, LEADS
from callistics.records.columnar.payload_columns import FLAT
from callistics.records.columnar.recompute import Delta
from callistics.sql.selection import Unit

_PAYLOADS = "payload::JSON::VARIANT AS payload, payload_orders::JSON::VARIANT AS payload_orders"
_INSERT = f"INSERT INTO {{table}} BY NAME SELECT * REPLACE ({_PAYLOADS}), {{keys}} FROM {{source}}"
_INSERT_CALLS = _INSERT.format(
    table="calls",
    keys=keys("call_id"),
    source=f"(SELECT {SENT} FROM incoming)",
)
_INSERT_LEADS = _INSERT.format(table="leads", keys=keys("lead_id"), source="fresh")

_DERIVED = (*DERIVED.names, *FLAT, UNLISTED, "lead_no")
_MOVED = f"""
CREATE OR REPLACE TEMP TABLE moved AS
SELECT * EXCLUDE (row_id) REPLACE ({_PAYLOADS})
FROM (
    SELECT rowid AS row_id, * EXCLUDE ({", ".join(_DERIVED)})
    FROM calls WHERE rowid IN (SELECT row_id FROM moves)
) AS stored
JOIN moves USING (row_id)
"""
_INSERT_MOVED = "INSERT INTO calls BY NAME SELECT * EXCLUDE (attempt_stored) FROM moved"

_CAME = f"SELECT {change(Unit.CALLS, 'CAST(1 AS BIGINT)')} FROM incoming"
_WENT = f"SELECT {change(Unit.CALLS, 'CAST(-1 AS BIGINT)')} FROM replaced"
_BETWEEN = " UNION ALL ".join(
    f"SELECT {change(Unit.CALLS, weight)} FROM"
    f" (SELECT * EXCLUDE (attempt_stored) REPLACE ({attempt} AS attempt) FROM moved"
    " WHERE attempt IS DISTINCT FROM attempt_stored)"
    for weight, attempt in (("1", "attempt"), ("-1", "attempt_stored"))
)
_LEADS_CHANGED = f"SELECT {change(Unit.LEADS, 'n')} FROM lead_changes"


def apply(statements: StatementCache, delta: TableDelta, log: ChangeLog) -> None:
    """Delete and insert the rows, and log the changes for the roll-ups."""
    _replace_plain(statements, "calls_held", delta, delta.uncounted)
    _replace_plain(statements, "lead_records", delta, delta.own)
    _replace_calls(statements, delta, log)
    _replace_leads(statements, delta.derived, log)


def _replace_plain(
    statements: StatementCache, table: str, delta: TableDelta, new: pa.Table
) -> None:
    """Replace rows of records from which nothing is derived."""
    _delete(statements, table, delta.deleted[table])
    if new.num_rows:
        statements.give(**{f"new_{table}": new})
        made = f"SELECT {WRITTEN[table]}, {keys(ID_OF[table])} FROM new_{table}"
        statements.repeat(f"INSERT INTO {table} BY NAME {made}")


def _replace_calls(statements: StatementCache, delta: TableDelta, log: ChangeLog) -> None:
    changes: list[str] = []
    incoming, moved = delta.derived.incoming, delta.derived.moved
    if moved.num_rows:
        statements.give(moves=_moves(moved, delta.derived.again))
        statements.execute(_MOVED)
        changes.append(_BETWEEN)
    _delete(statements, "calls", [*delta.deleted["calls"], *moved["row_id"].to_pylist()])
    if moved.num_rows:
        statements.repeat(_INSERT_MOVED)
    if incoming.num_rows:
        statements.give(incoming=incoming)
        statements.repeat(_INSERT_CALLS)
        changes.append(_CAME)
    if delta.replaced is not None:
        statements.give(replaced=delta.replaced)
        changes.append(_WENT)
    if changes == [_CAME]:
        log.append(Unit.CALLS, _CAME)
    elif changes:
        log.append_net(Unit.CALLS, " UNION ALL ".join(changes), may_lose=delta.may_lose)


def _replace_leads(statements: StatementCache, derived: Delta, log: ChangeLog) -> None:
    fresh, former = derived.leads, derived.former
    _delete(statements, "leads", former["row_id"].to_pylist())
    if fresh.num_rows:
        statements.give(fresh=fresh)
        statements.repeat(_INSERT_LEADS)
    if fresh.num_rows or former.num_rows:
        statements.give(lead_changes=_lead_changes(fresh, former))
        append = log.append_net if former.num_rows else log.append
        append(Unit.LEADS, _LEADS_CHANGED)


def _delete(statements: StatementCache, table: str, rowids: Sequence[int]) -> None:
    """Delete rows of a table by their rowids."""
    if rowids:
        statements.give(going=pa.table({"row_id": pa.array(rowids, pa.int64())}))
        statements.repeat(f"DELETE FROM {table} WHERE rowid IN (SELECT row_id FROM going)")


def _moves(moved: pa.Table, again: pa.Table) -> pa.Table:
    """What is derived now for the moved rows, and the attempts they had."""
    found = again.select(_DERIVED)
    return found.append_column("row_id", moved["row_id"]).append_column(
        "attempt_stored", moved["attempt"]
    )


def _lead_changes(fresh: pa.Table, former: pa.Table) -> pa.Table:
    known = (Unit.LEADS.time_column, *COLUMNS[Unit.LEADS])
    columns = pa.schema([LEADS.field(name) for name in known])
    weights = pa.array([1] * fresh.num_rows + [-1] * former.num_rows, pa.int64())
    both = pa.concat_tables([select(fresh, columns), select(former, columns)])
    return both.append_column("n", weights)
