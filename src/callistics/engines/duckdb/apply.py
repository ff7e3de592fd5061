"""Writing what a commit changes into the tables of calls and leads.

Rows are only ever deleted and inserted, deletions first: DuckDB 2.0 corrupts memory when a row
that the same transaction inserted is updated (docs/decisions/no-updates-in-place.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from callistics.engines.duckdb.lookup import lookup_sql
from callistics.engines.duckdb.rollups.aggregate_sql import COLUMNS, change
from callistics.engines.duckdb.rollups.change_log import ChangeLog
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.records.columnar.arrow import select
from callistics.records.columnar.derive import DERIVED, LEADS
from callistics.records.columnar.payload_columns import FLAT
from callistics.records.columnar.recompute import Delta
from callistics.sql.selection import Unit

_PAYLOADS = "payload::JSON::VARIANT AS payload, payload_orders::JSON::VARIANT AS payload_orders"
_INSERT = f"INSERT INTO {{table}} BY NAME SELECT * REPLACE ({_PAYLOADS}), {{keys}} FROM {{source}}"
_INSERT_CALLS = _INSERT.format(
    table="calls",
    keys=lookup_sql.keys("call_id"),
    source=f"(SELECT {lookup_sql.SENT} FROM incoming)",
)
_INSERT_LEADS = _INSERT.format(table="leads", keys=lookup_sql.keys("lead_id"), source="fresh")

_DERIVED = (*DERIVED.names, *FLAT, "lead_no")
_MOVED = f"""
CREATE OR REPLACE TEMP TABLE moved AS
SELECT * EXCLUDE (place) REPLACE ({_PAYLOADS})
FROM (
    SELECT rowid AS place, * EXCLUDE ({", ".join(_DERIVED)})
    FROM calls WHERE rowid IN (SELECT place FROM moves)
) AS stored
JOIN moves USING (place)
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


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a commit does to calls and leads, which have their numbers, see lead_numbers.py.

    Incoming calls take the place of rows with the rowids `gone`; `replaced` is what the roll-ups
    know of these. `may_lose` is whether a known duration may be there fewer times.
    """

    renewal: Delta
    replaced: pa.Table | None
    gone: Sequence[int]
    may_lose: bool


def replace(statements: StatementCache, made: Replacement, ledger: ChangeLog) -> None:
    """Delete and insert, and note it for the roll-ups."""
    _replace_calls(statements, made, ledger)
    _replace_leads(statements, made.renewal, ledger)


def _replace_calls(statements: StatementCache, made: Replacement, ledger: ChangeLog) -> None:
    changes: list[str] = []
    incoming, moved = made.renewal.incoming, made.renewal.moved
    if moved.num_rows:
        statements.give(moves=_moves(moved, made.renewal.again))
        statements.execute(_MOVED)
        changes.append(_BETWEEN)
    delete(statements, "calls", [*made.gone, *moved["place"].to_pylist()])
    if moved.num_rows:
        statements.repeat(_INSERT_MOVED)
    if incoming.num_rows:
        statements.give(incoming=incoming)
        statements.repeat(_INSERT_CALLS)
        changes.append(_CAME)
    if made.replaced is not None:
        statements.give(replaced=made.replaced)
        changes.append(_WENT)
    if changes == [_CAME]:
        ledger.came(Unit.CALLS, _CAME)
    elif changes:
        ledger.note(Unit.CALLS, " UNION ALL ".join(changes), may_lose=made.may_lose)


def _replace_leads(statements: StatementCache, renewal: Delta, ledger: ChangeLog) -> None:
    fresh, former = renewal.leads, renewal.former
    delete(statements, "leads", former["place"].to_pylist())
    if fresh.num_rows:
        statements.give(fresh=fresh)
        statements.repeat(_INSERT_LEADS)
    if fresh.num_rows or former.num_rows:
        statements.give(lead_changes=_lead_changes(fresh, former))
        noted = ledger.note if former.num_rows else ledger.came
        noted(Unit.LEADS, _LEADS_CHANGED)


def delete(statements: StatementCache, table: str, places: Sequence[int]) -> None:
    """Delete rows by their rowids."""
    if places:
        statements.execute(
            f"DELETE FROM {table} WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [list(places)]
        )


def _moves(moved: pa.Table, again: pa.Table) -> pa.Table:
    """What is derived now for the rows at places, and the attempts they had."""
    found = again.select(_DERIVED)
    return found.append_column("place", moved["place"]).append_column(
        "attempt_stored", moved["attempt"]
    )


def _lead_changes(fresh: pa.Table, former: pa.Table) -> pa.Table:
    known = (Unit.LEADS.time_column, *COLUMNS[Unit.LEADS])
    columns = pa.schema([LEADS.field(name) for name in known])
    weights = pa.array([1] * fresh.num_rows + [-1] * former.num_rows, pa.int64())
    both = pa.concat_tables([select(fresh, columns), select(former, columns)])
    return both.append_column("n", weights)
