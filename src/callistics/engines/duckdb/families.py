"""What is stored of the leads that a commit touches."""

from collections.abc import Iterable

import pyarrow as pa

from callistics.engines.common.arrow import mask, select
from callistics.engines.common.derive import CALLS, DERIVED, LEADS, OWN
from callistics.engines.common.renewal import Standing
from callistics.engines.duckdb.finding import rows
from callistics.engines.duckdb.presence import Numbers, Presence
from callistics.engines.duckdb.statements import Statements

_PLACE = ("place", pa.int64())
_STORED = {
    "calls": pa.schema([*CALLS, *DERIVED, _PLACE]),
    "lead_records": OWN,
    "leads": pa.schema([*LEADS, _PLACE]),
}


def _statement(columns: Iterable[str], table: str) -> str:
    return f"SELECT {', '.join(columns)} FROM ({rows(table, 'lead_id', 'touched')})"


_STATEMENTS = {table: _statement(columns.names, table) for table, columns in _STORED.items()}


def standing(
    statements: Statements, presence: Presence | None, touched: pa.Table, numbers: Numbers
) -> Standing:
    """What may be stored of leads (merchant_id, lead_id); of all of them without `presence`."""

    def wanted(table: str) -> pa.Table:
        if presence is None:
            return touched
        return touched.filter(mask(presence.possible(table, numbers)))

    # A call that counts has its lead in the table of leads; where it has not, `rebuild` mends it.
    leads = wanted("leads")
    return Standing(
        _read(statements, "calls", leads),
        _read(statements, "lead_records", wanted("lead_records")),
        _read(statements, "leads", leads),
    )


def _read(statements: Statements, table: str, touched: pa.Table) -> pa.Table:
    if not touched.num_rows:
        return _STORED[table].empty_table()
    statements.give(touched=touched)
    return select(statements.table(_STATEMENTS[table]), _STORED[table])
