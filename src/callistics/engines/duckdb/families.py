"""What is stored of the leads that a commit touches."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from callistics.engines.common.arrow import mask
from callistics.engines.common.derive import CALLS, DERIVED, LEADS, OWN
from callistics.engines.common.renewal import Standing
from callistics.engines.duckdb.finding import rows, within
from callistics.engines.duckdb.presence import Numbers, Possible, Presence
from callistics.engines.duckdb.statements import Statements

# Leads of which there are hardly more rows than it is worth while to read as columns.
_FEW = 100
_PLACE = ("place", pa.int64())
_STORED = {
    "calls": pa.schema([*CALLS, *DERIVED, _PLACE]),
    "lead_records": OWN,
    "leads": pa.schema([*LEADS, _PLACE]),
}


def _statement(table: str, condition: str, but: str | None) -> str:
    columns = ", ".join(_STORED[table].names)
    return f"SELECT {columns} FROM ({rows(table, 'lead_id', 'touched', condition, but)})"


def standing(
    statements: Statements,
    presence: Presence | None,
    touched: pa.Table,
    numbers: Numbers,
    gone: Sequence[int],
) -> Standing:
    """What may be stored of leads (merchant_id, lead_id); of all of them without `presence`.

    Calls in the rows `gone` are left out.
    """

    def read(table: str, some: Possible, condition: str, but: Sequence[int] = ()) -> pa.Table:
        if not some.there.any():
            return _STORED[table].empty_table()
        statements.give(touched=touched.filter(mask(some.there)))
        if but:
            statements.give(gone=pa.table({"place": pa.array(but, pa.int64())}))
        sql = _statement(table, condition, "gone" if but else None)
        return statements.table(sql, _STORED[table], few=touched.num_rows <= _FEW)

    def possible(table: str) -> Possible:
        if presence is None:
            return Possible(np.ones(touched.num_rows, np.bool_), None)
        return presence.possible(table, numbers)

    # A call that counts has its lead in the table of leads; where it has not, `rebuild` mends it.
    # The lead's weeks are those of its creation and, where that was before, of its first call.
    leads, own = possible("leads"), possible("lead_records")
    return Standing(
        read("calls", leads, within("calls", leads.weeks, onwards=True), gone),
        read("lead_records", own, within("lead_records", own.weeks)),
        read("leads", leads, within("leads", leads.weeks)),
    )
