"""Finding the merchants that have records of some ids."""

from collections.abc import Iterable

import pyarrow as pa

from callistics.engines.duckdb.lookup.lookup_sql import whose
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tables import DERIVED_TABLES, RECORD_TABLES
from callistics.model.scope import Scope
from callistics.records.field import RecordKind

_HELD = "SELECT lead_id, merchant_id FROM calls_held SEMI JOIN wanted USING (lead_id) WHERE "


def merchants_of(
    statements: StatementCache, kind: RecordKind, ids: Iterable[str], within: Scope, *, held: bool
) -> dict[str, set[str]]:
    """The merchants that have a record of each id, as `Session.merchants_of` tells."""
    wanted = pa.table({kind.id_field: pa.array(list(set(ids)), pa.string())})
    if wanted.num_rows == 0:
        return {}
    statements.give(wanted=wanted)
    condition = _lies_within(statements, within)
    names = (*RECORD_TABLES[kind], *DERIVED_TABLES[kind])
    found = [whose(name, kind.id_field, "wanted", condition) for name in names]
    if held and kind is RecordKind.LEADS:
        found.append(_HELD + condition)
    merchants: dict[str, set[str]] = {}
    for identity, merchant in statements.execute(" UNION ".join(found)).fetchall():
        merchants.setdefault(identity, set()).add(merchant)
    return merchants


def _lies_within(statements: StatementCache, scope: Scope) -> str:
    """The condition that a row is of the tenants of a scope."""
    conditions = ["TRUE"]
    for name, allowed in scope.limits():
        given = f"within_{name}"
        statements.give(**{given: pa.table({name: pa.array(sorted(allowed), pa.string())})})
        conditions.append(f"{name} IN (FROM {given})")
    return " AND ".join(conditions)
