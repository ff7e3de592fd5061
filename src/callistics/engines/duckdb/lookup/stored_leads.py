"""Loads what is stored of the leads that a commit touches: their rows, records and calls."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from callistics.engines.duckdb.lookup.id_index import Candidates, IdIndex
from callistics.engines.duckdb.lookup.lookup_sql import (
    alike,
    among_few,
    rows,
    since,
    stored,
)
from callistics.engines.duckdb.lookup.sorted_numbers import Numbers
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.records.columnar.arrow import RowIndices, array_of, mask, with_columns
from callistics.records.columnar.derive import CALLS, DERIVED, LEADS, OWN
from callistics.records.columnar.match_rows import row_indices
from callistics.records.columnar.recompute import StoredLeads

# Leads of which there are hardly more rows than it is worth while to read as columns.
_FEW = 100
_ROW_ID, _NUMBER = ("row_id", pa.int64()), ("lead_no", pa.int64())
_IDS = ("merchant_id", "lead_id")
_BOTH_IDS = ", ".join(_IDS)
_STORED = {
    "calls": pa.schema([*CALLS, *DERIVED, _ROW_ID]),
    "lead_records": OWN,
    "leads": pa.schema([*LEADS, _NUMBER, _ROW_ID]),
}
# To read the ids of leads at a few places of calls takes as long as the rest: whole dictionaries of
# them are unpacked. The leads' own rows have them too.
_OF_NUMBERS = pa.schema([*(one for one in _STORED["calls"] if one.name not in _IDS), _NUMBER])


def load_leads(
    statements: StatementCache,
    id_index: IdIndex | None,
    touched: pa.Table,
    numbers: Numbers,
    gone: Sequence[int],
) -> tuple[StoredLeads, RowIndices]:
    """What is stored of leads (merchant_id, lead_id), and the number of each, 0 for none.

    Calls in the rows `gone` (rowids) are left out. Without an id index all is to be written anew:
    then nothing that is derived is relied on, numbers included, and there are none gone.
    """
    reader = _Reader(statements, id_index, touched, numbers)
    leads, of = reader.leads()
    given = np.zeros(touched.num_rows, np.int64)
    if id_index is not None:
        given[of] = array_of(leads["lead_no"]).to_numpy()
    return StoredLeads(reader.calls(leads, gone), reader.own(), leads), given


class _Reader:
    def __init__(
        self,
        statements: StatementCache,
        id_index: IdIndex | None,
        touched: pa.Table,
        numbers: Numbers,
    ) -> None:
        self._statements = statements
        self._id_index = id_index
        self._touched = touched
        self._numbers = numbers
        self._leads = self._possible("leads")

    def _possible(self, table: str) -> Candidates:
        if self._id_index is None:
            return Candidates.all(self._touched.num_rows)
        return self._id_index.possible(table, self._numbers)

    def leads(self) -> tuple[pa.Table, RowIndices]:
        """The rows of leads, and which of the touched ones each is."""
        found = self._of_ids("leads", self._leads)
        (of,) = row_indices(self._touched, (found,), "lead_id")
        # Others may have a number in common with one of these.
        return found.filter(mask(of >= 0)), of[of >= 0]

    def own(self) -> pa.Table:
        return self._of_ids("lead_records", self._possible("lead_records"))

    def _of_ids(self, table: str, some: Candidates) -> pa.Table:
        if not some.there.any():
            return _STORED[table].empty_table()
        self._statements.give(touched=self._touched.filter(mask(some.there)))
        return self._read(_STORED[table], self._sql_of_ids(table, some))

    def _sql_of_ids(self, table: str, some: Candidates) -> str:
        if self._id_index is None:
            return alike(table, _IDS, "touched")
        if some.few:
            return among_few(table, _IDS, "touched")
        # Others have leads of the same ids.
        found = rows(table, "lead_id", "touched", some.scans(table, self._touched))
        return f"FROM ({found}) SEMI JOIN touched USING ({_BOTH_IDS})"

    def calls(self, leads: pa.Table, gone: Sequence[int]) -> pa.Table:
        if self._id_index is None:
            return self._of_ids("calls", self._leads)
        # A call that counts has its lead in the table of leads; where it has not, `rebuild` mends
        # it. The lead's weeks are those of its creation and, where that was before, of its first
        # call.
        if not leads.num_rows:
            return _STORED["calls"].empty_table()
        self._statements.give(their_leads=leads.select(["lead_no"]))
        if gone:
            self._statements.give(gone=pa.table({"row_id": pa.array(gone, pa.int64())}))
        of, but = ("lead_no",), "gone" if gone else None
        if self._id_index.are_few("calls"):
            calls = among_few("calls", of, "their_leads", but)
        else:
            later = since("calls", self._leads.weeks, leads["merchant_id"].unique().to_pylist())
            calls = alike("calls", of, "their_leads", [later], but)
        return _identified(self._read(_OF_NUMBERS, calls), leads)

    def _read(self, columns: pa.Schema, wanted: str) -> pa.Table:
        names = ", ".join(stored(name) for name in columns.names)
        few = self._touched.num_rows <= _FEW
        return self._statements.table(f"SELECT {names} FROM ({wanted})", columns, few=few)


def _identified(calls: pa.Table, leads: pa.Table) -> pa.Table:
    """Calls of leads, all of which are there, with the ids of these instead of their numbers."""
    numbers, known = (array_of(rows["lead_no"]).to_numpy() for rows in (calls, leads))
    order = np.argsort(known)
    which = pa.array(order[np.searchsorted(known, numbers, sorter=order)])
    ids = pa.table({name: array_of(leads[name]).take(which) for name in _IDS})
    return with_columns(calls, ids).select(_STORED["calls"].names)
