"""Finding all calls of leads by the leads' ids."""

from collections.abc import Set

import pyarrow as pa

from callistics.engines.duckdb.lookup.lookup_sql import alike, of_merchants, rows
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.records.columnar.arrow import array_of, pc
from callistics.records.columnar.row_codec import identity_table
from callistics.records.identity import Identity

_LEADS = pa.schema(
    [
        ("merchant_id", pa.string()),
        ("lead_id", pa.string()),
        ("lead_no", pa.int64()),
        ("since", pa.int64()),
    ]
)
# A call that counts is none of before its lead's creation, or first call where that was before.
_SINCE = "epoch_us(least(created_at, coalesce(first_call_at, created_at))) AS since"
_THESE = "SEMI JOIN erased_leads USING (merchant_id, lead_id)"
_HELD = f"SELECT merchant_id, lead_id, call_id FROM calls_held {_THESE}"


def calls_of(statements: StatementCache, leads: Set[Identity]) -> dict[Identity, set[Identity]]:
    """The calls of leads, also those that do not count."""
    if not leads:
        return {}
    statements.give(erased_leads=identity_table(sorted(leads), "lead_id"))
    found = statements.execute(_HELD).fetchall() + _counted(statements, leads)
    calls: dict[Identity, set[Identity]] = {}
    for merchant, lead, call in found:
        calls.setdefault((merchant, lead), set()).add((merchant, call))
    return calls


def _counted(statements: StatementCache, asked: Set[Identity]) -> list[tuple[str, str, str]]:
    # Those of other merchants may have the same ids.
    theirs = of_merchants([merchant for merchant, _ in asked])
    found = rows("leads", "lead_id", "erased_leads", [theirs])
    sql = f"SELECT merchant_id, lead_id, lead_no, {_SINCE} FROM ({found}) {_THESE}"
    leads = statements.table(sql, _LEADS)
    if not leads.num_rows:
        return []
    numbers, first = leads.select(["lead_no"]), pc.min(array_of(leads["since"])).as_py()
    statements.give(their_numbers=numbers)
    since = f"started_at >= make_timestamp({first})"
    sql = alike("calls", ("lead_no",), "their_numbers", [since])
    calls = statements.execute(f"SELECT lead_no, call_id FROM ({sql})").fetchall()
    named = {lead["lead_no"]: (lead["merchant_id"], lead["lead_id"]) for lead in leads.to_pylist()}
    return [(*named[number], call) for number, call in calls]
