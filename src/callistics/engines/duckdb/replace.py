"""Writing what a commit changes into the tables of calls and leads.

Rows are only ever deleted and inserted, deletions first: DuckDB 2.0 corrupts memory when a row
that the same transaction inserted is updated (docs/decisions/no-updates-in-place.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from callistics.catalog.plan import Unit
from callistics.engines.common.derive import Lead, Member
from callistics.engines.common.tables import (
    Payloads,
    derived_columns,
    lead_columns,
    lead_table,
)
from callistics.engines.duckdb import finding
from callistics.engines.duckdb.ledger import Ledger
from callistics.engines.duckdb.statements import Statements
from callistics.engines.duckdb.sums import COLUMNS, change

_PAYLOADS = "payload::JSON::VARIANT AS payload, payload_orders::JSON::VARIANT AS payload_orders"
_INSERT = "INSERT INTO {table} BY NAME SELECT * REPLACE (" + _PAYLOADS + "), {keys} FROM {source}"
_INSERT_CALLS = _INSERT.format(
    table="calls", keys=finding.keys("call_id", "lead_id"), source="incoming"
)
_INSERT_LEADS = _INSERT.format(table="leads", keys=finding.keys("lead_id"), source="fresh")

_DERIVED = "attempt, payload_base, payload, payload_lists, payload_orders"
_MOVED = f"""
CREATE OR REPLACE TEMP TABLE moved AS
SELECT * EXCLUDE (place) REPLACE ({_PAYLOADS})
FROM (
    SELECT rowid AS place, * EXCLUDE ({_DERIVED})
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


@dataclass(slots=True)
class Replacement:
    """What a commit does to calls and leads.

    `incoming` are rows of calls with all that is derived, `replaced` what the roll-ups know of
    those of which they take the place and `gone` the rowids of these; `moved` are stored calls of
    which other things are derived now. `leads` are new ones, `former` the rowids and contents of
    those that go.
    """

    incoming: pa.Table
    replaced: pa.Table | None
    gone: Sequence[int]
    moved: Sequence[Member]
    leads: Sequence[Lead]
    former: Sequence[tuple[int, Lead]]
    payloads: Payloads
    may_lose: bool


def replace(statements: Statements, made: Replacement, ledger: Ledger) -> None:
    """Delete and insert, and note it for the roll-ups."""
    _replace_calls(statements, made, ledger)
    _replace_leads(statements, made, ledger)


def _replace_calls(statements: Statements, made: Replacement, ledger: Ledger) -> None:
    changes: list[str] = []
    if made.moved:
        statements.give(moves=_moves(made.moved, made.payloads))
        statements.execute(_MOVED)
        changes.append(_BETWEEN)
    delete(
        statements,
        "calls",
        [*made.gone, *(call.place for call in made.moved if call.place is not None)],
    )
    if made.moved:
        statements.execute(_INSERT_MOVED)
    if made.incoming.num_rows:
        statements.give(incoming=made.incoming)
        statements.execute(_INSERT_CALLS)
        changes.append(_CAME)
    if made.replaced is not None:
        statements.give(replaced=made.replaced)
        changes.append(_WENT)
    if changes:
        ledger.note(Unit.CALLS, " UNION ALL ".join(changes), may_lose=made.may_lose)


def _replace_leads(statements: Statements, made: Replacement, ledger: Ledger) -> None:
    delete(statements, "leads", [place for place, _ in made.former])
    if made.leads:
        statements.give(fresh=lead_table(made.leads, made.payloads))
        statements.execute(_INSERT_LEADS)
    if made.leads or made.former:
        statements.give(lead_changes=_lead_changes(made))
        ledger.note(Unit.LEADS, _LEADS_CHANGED)


def delete(statements: Statements, table: str, places: Sequence[int]) -> None:
    """Delete rows by their rowids."""
    if places:
        statements.execute(
            f"DELETE FROM {table} WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [list(places)]
        )


def _moves(moved: Sequence[Member], payloads: Payloads) -> pa.Table:
    return pa.table(
        {
            "place": pa.array([call.place for call in moved], pa.int64()),
            "attempt_stored": pa.array([call.attempt_stored for call in moved], pa.int32()),
            **derived_columns(moved, payloads),
        }
    )


def _lead_changes(made: Replacement) -> pa.Table:
    leads = [*made.leads, *(lead for _, lead in made.former)]
    weights = [1] * len(made.leads) + [-1] * len(made.former)
    columns = lead_columns(leads, (Unit.LEADS.time_column, *COLUMNS[Unit.LEADS]))
    return pa.table({**columns, "n": pa.array(weights, pa.int64())})
