"""Loading the stored states of records, and the rows that they are in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from callistics.engines.duckdb.lookup.id_index import IdIndex, numbers
from callistics.engines.duckdb.lookup.lookup_sql import plain, rows
from callistics.engines.duckdb.lookup.surrogate_keys import SurrogateKeys
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tables import DERIVED_TABLES, KEPT, RECORD_TABLES
from callistics.records.columnar.arrow import Mask, mask
from callistics.records.columnar.call_batch import CallBatch, joined
from callistics.records.columnar.match_rows import row_indices
from callistics.records.columnar.row_codec import COLUMNS, identity_table, state_of
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.records.merge import State

_BESIDE = {RecordKind.CALLS: KEPT.names, RecordKind.LEADS: ("first_seen",)}


def _state(kind: RecordKind, prefix: str = "") -> str:
    names = (*COLUMNS[kind].values(), *_BESIDE[kind], "events", "updated_at", "field_times")
    return ", ".join(plain(name, prefix) for name in names)


_STATES = {
    RecordKind.CALLS: f"""
        SELECT '{{name}}' AS held_in, row_id, merchant_id, call_id, {_state(RecordKind.CALLS)},
               reseller_id AS seen_reseller, template_id AS seen_template
        FROM ({{source}}) SEMI JOIN wanted USING (merchant_id, call_id)""",
    RecordKind.LEADS: f"""
        SELECT '{{name}}' AS held_in, r.row_id, merchant_id, lead_id,
               {_state(RecordKind.LEADS, "r.")},
               coalesce(l.reseller_id, r.reseller_id) AS seen_reseller,
               coalesce(l.template_id, r.template_id) AS seen_template
        FROM wanted
        LEFT JOIN ({{source}}) AS r USING (merchant_id, lead_id)
        LEFT JOIN ({{leads}}) AS l USING (merchant_id, lead_id)
        WHERE r.merchant_id IS NOT NULL OR l.merchant_id IS NOT NULL""",
}


@dataclass(frozen=True, slots=True)
class StoredRow:
    """The row of a stored record: its rowid, its state, and what is derived for a call."""

    rowid: int
    state: State
    attempt: int | None = None
    payload_base: str | None = None
    lead_no: int | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a transaction of the writer finds stored rows and surrogate keys with."""

    statements: StatementCache
    id_index: IdIndex
    surrogate_keys: SurrogateKeys


class StateLoader:
    """Loads stored records for one transaction, and keeps the rows that they are in.

    `rows` has them by table and identity. A record is changed only after it was loaded.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._statements, self._id_index = lookup.statements, lookup.id_index
        self._known: dict[Identity, StoredRecord] = {}
        self.rows: Mapping[str, dict[Identity, StoredRow]] = {
            name: {} for names in RECORD_TABLES.values() for name in names
        }

    def known(self, batches: Sequence[CallBatch]) -> Mask:
        """Whether each of the batches' calls, one batch after the other, is stored."""
        calls = joined(batches)
        # They are to be merged, so all of their states will be asked for.
        self._known = self._read(RecordKind.CALLS, calls)
        if not self._known:
            return np.zeros(calls.num_rows, np.bool_)
        (found,) = row_indices(identity_table(self._known, "call_id"), (calls,), "call_id")
        return found >= 0

    def load(
        self, kind: RecordKind, identities: Iterable[Identity]
    ) -> dict[Identity, StoredRecord]:
        """The stored records among the identities."""
        asked = set(identities)
        before = self._known if kind is RecordKind.CALLS else {}
        known = {one: before[one] for one in asked & before.keys()}
        return known | self._read(kind, identity_table(asked - known.keys(), kind.id_field))

    def _read(self, kind: RecordKind, asked: pa.Table) -> dict[Identity, StoredRecord]:
        """The stored records among those asked for (merchant_id, id)."""
        if not asked.num_rows:
            return {}
        tables = (*RECORD_TABLES[kind], *DERIVED_TABLES[kind])
        (those,) = numbers(self._statements, asked)
        possible = {name: self._id_index.possible(name, those) for name in tables}
        wanted = asked.filter(mask(np.logical_or.reduce([one.there for one in possible.values()])))
        if not wanted.num_rows:
            return {}
        self._statements.give(wanted=wanted)
        sources = {
            name: rows(name, kind.id_field, "wanted", one.scans(name, asked))
            for name, one in possible.items()
        }
        sql = " UNION ALL ".join(
            _STATES[kind].format(name=name, source=sources[name], leads=sources.get("leads"))
            for name in RECORD_TABLES[kind]
            if possible[name].there.any() or kind is RecordKind.LEADS
        )
        identities = set(zip(*(column.to_pylist() for column in wanted.columns), strict=True))
        return self._records(kind, _dicts(self._statements.select(sql)), identities)

    def _records(
        self, kind: RecordKind, found: Iterable[dict[str, Any]], wanted: set[Identity]
    ) -> dict[Identity, StoredRecord]:
        """The wanted ones among the records found: others may have a number in common with them."""
        known: dict[Identity, StoredRecord] = {}
        for row in found:
            identity = (row["merchant_id"], row[kind.id_field])
            if identity not in wanted:
                continue
            known[identity] = one = _stored(kind, row)
            if row["row_id"] is not None:
                self.rows[row["held_in"]][identity] = StoredRow(
                    row["row_id"], one.state, **{name: row.get(name) for name in KEPT.names}
                )
        return known


def _dicts(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _stored(kind: RecordKind, row: dict[str, Any]) -> StoredRecord:
    # A lead that only its calls tell of has no state of its own yet.
    state = State() if row["updated_at"] is None else state_of(kind, row)
    return StoredRecord(state, row["seen_reseller"], row["seen_template"])
