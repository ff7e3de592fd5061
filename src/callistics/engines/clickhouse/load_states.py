"""Loading the stored states of records, and the rows that they are in."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np
import pyarrow as pa

from callistics.engines.clickhouse.stored_rows import IDS, SCHEMAS, Stored
from callistics.model.scope import EVERYTHING, Scope
from callistics.records.columnar.arrow import Mask
from callistics.records.columnar.call_batch import CallBatch, joined
from callistics.records.columnar.row_codec import identity_table, plain, state_of
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.records.merge import State

# A call that is in both counts as what `calls` says: a crash cut off its way from one to the other.
_TABLES = {RecordKind.CALLS: ("calls_held", "calls"), RecordKind.LEADS: ("lead_records",)}


class LoadedRows:
    """The stored rows that were loaded, by table and identity."""

    def __init__(self) -> None:
        self._tables: dict[str, pa.Table] = {}
        self._rows: dict[str, dict[Identity, list[int]]] = {}

    def add(self, name: str, rows: pa.Table) -> None:
        """Keep loaded rows; a record's rows may come more than once."""
        known = self._tables.get(name)
        first = 0 if known is None else known.num_rows
        self._tables[name] = rows if known is None else pa.concat_tables([known, rows])
        of = self._rows.setdefault(name, {})
        columns = (rows[column].to_pylist() for column in ("merchant_id", IDS[name]))
        for row, identity in enumerate(zip(*columns, strict=True), first):
            of.setdefault(identity, []).append(row)

    def of(self, name: str, identities: Iterable[Identity]) -> pa.Table:
        """The rows of records."""
        if name not in self._tables:
            return SCHEMAS[name].empty_table()
        known = self._rows[name]
        rows = [row for one in identities for row in known.get(one, ())]
        return self._tables[name].take(pa.array(rows, pa.int64()))


class StateLoader:
    """Loads stored records for one commit, and keeps the rows that they are in.

    `twice` are calls that a commit cut short has left in `calls_held` after they came to count;
    `version` is one that no loaded row has.
    """

    def __init__(self, stored: Stored, version: int) -> None:
        self._stored = stored
        self.version = version
        self.rows = LoadedRows()
        self.twice: set[Identity] = set()

    def known(self, batches: Sequence[CallBatch]) -> Mask:
        """Whether each of the batches' calls, one batch after the other, is stored."""
        columns = (joined(batches)[name].to_pylist() for name in ("merchant_id", "call_id"))
        asked = list(zip(*columns, strict=True))
        merchants = self.merchants_of(RecordKind.CALLS, {call for _, call in asked}, EVERYTHING)
        return np.array([merchant in merchants.get(call, ()) for merchant, call in asked], np.bool_)

    def load(
        self, kind: RecordKind, identities: Iterable[Identity]
    ) -> dict[Identity, StoredRecord]:
        """The stored records among the identities."""
        wanted = identity_table(identities, "id")
        found: dict[Identity, StoredRecord] = {}
        for name in _TABLES[kind]:
            rows = self._stored.matching(name, kind.id_field, wanted)
            self.rows.add(name, rows)
            # Where a commit cut short has left a row beside its successor, that one counts.
            for row in sorted(plain(rows), key=itemgetter("version")):
                identity = (row["merchant_id"], row[kind.id_field])
                if name == "calls" and identity in found:
                    self.twice.add(identity)
                known = StoredRecord(state_of(kind, row), row["reseller_id"], row["template_id"])
                found[identity] = known
                self.version = max(self.version, row["version"] + 1)
        if kind is RecordKind.LEADS:
            self._add_derived(found, wanted)
        return found

    def _add_derived(self, found: dict[Identity, StoredRecord], wanted: pa.Table) -> None:
        """Under which tenant leads are seen, which for some only their calls tell."""
        for row in plain(self._stored.matching("leads", "lead_id", wanted)):
            identity = (row["merchant_id"], row["lead_id"])
            known = found.get(identity)
            state = State() if known is None else known.state
            found[identity] = StoredRecord(state, row["reseller_id"], row["template_id"])

    def merchants_of(
        self, kind: RecordKind, ids: Iterable[str], within: Scope, *, held: bool = False
    ) -> dict[str, set[str]]:
        """The merchants that have a record of each id, as `Session.merchants_of` tells."""
        names = [*_TABLES[kind]]
        if kind is RecordKind.LEADS:
            # An erasure that was cut off may have left calls that count without their lead.
            names += ["leads", *(_TABLES[RecordKind.CALLS] if held else ())]
        asked = set(ids)
        found: dict[str, set[str]] = {}
        for name in names:
            for merchant, identity in self._stored.merchants(name, kind.id_field, asked, within):
                found.setdefault(identity, set()).add(merchant)
        return found
