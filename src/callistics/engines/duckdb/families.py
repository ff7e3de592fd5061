"""What is stored of the leads that a commit touches."""

from collections.abc import Iterable

import pyarrow as pa

from callistics.engines.common.arrow import mask, select
from callistics.engines.common.derive import CALLS, LEADS, OWN
from callistics.engines.common.places import Mask
from callistics.engines.common.renewal import Standing
from callistics.engines.common.rows import schema
from callistics.engines.duckdb.finding import rows
from callistics.engines.duckdb.presence import Numbers, Presence
from callistics.engines.duckdb.statements import Statements

_PLACE = ("place", pa.int64())
_STORED = {
    "calls": pa.schema([*CALLS, *schema(("attempt", "payload_base")), _PLACE]),
    "lead_records": OWN,
    "leads": pa.schema([*LEADS, _PLACE]),
}


def _select(columns: Iterable[str], table: str) -> str:
    return f"SELECT {', '.join(columns)} FROM ({rows(table, 'lead_id', 'touched')})"


_STATEMENTS = {table: _select(columns.names, table) for table, columns in _STORED.items()}


def standing(
    statements: Statements, presence: Presence | None, touched: pa.Table, numbers: Numbers
) -> Standing:
    """What may be stored of leads (merchant_id, lead_id); of all of them without `presence`."""

    def possible(table: str) -> Mask | None:
        return None if presence is None else presence.possible(table, numbers)

    # A call that counts has its lead in the table of leads; where it has not, `rebuild` mends it.
    leads, own = possible("leads"), possible("lead_records")
    return Standing(
        _read(statements, "calls", touched, leads),
        _read(statements, "lead_records", touched, own),
        _read(statements, "leads", touched, leads),
    )


def _read(statements: Statements, table: str, touched: pa.Table, possible: Mask | None) -> pa.Table:
    wanted = touched if possible is None else touched.filter(mask(possible))
    if not wanted.num_rows:
        return _STORED[table].empty_table()
    statements.give(touched=wanted)
    return select(statements.table(_STATEMENTS[table]), _STORED[table])
