"""One commit of the writer: what is stored, what changes, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from callistics.engines.base import KeptAnswer
from callistics.engines.clickhouse.access_keys import key_table, use_table
from callistics.engines.clickhouse.collapsing_rows import Block, Records, derived
from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.stored_rows import Stored
from callistics.model.instants import DAY
from callistics.model.keys import StoredKey
from callistics.records.columnar.arrow import Mask
from callistics.records.columnar.call_batch import CallBatch, joined
from callistics.records.columnar.match_rows import distinct
from callistics.records.columnar.recompute import Changed
from callistics.records.columnar.row_codec import (
    CALL_COLUMNS,
    LEAD_COLUMNS,
    TIME,
    call_row,
    identity_table,
    lead_row,
    plain,
    state_of,
    table,
)
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.records.merge import State, is_live

# A call that is in both counts as what `calls` says: a crash cut off its way from one to the other.
_TABLES = {RecordKind.CALLS: ("calls_held", "calls"), RecordKind.LEADS: ("lead_records",)}


class ClickHouseSession:
    """Implements `engines.base.Session`; nothing is written before its `blocks` are."""

    def __init__(self, client: Client, arrived: int, now: int) -> None:
        self._client = client
        self._now = now
        self.arrived = arrived
        self._version = now
        self._stored = Stored(client)
        self._records = Records()
        self._changed: dict[RecordKind, dict[Identity, State]] = {kind: {} for kind in RecordKind}
        self._first: list[pa.Table] = []
        self._touched: list[Identity] = []
        # Calls that a commit cut short has left in calls_held after they came to count.
        self._left: set[Identity] = set()
        self._keys: dict[str, StoredKey] = {}
        self._uses: dict[str, int] = {}
        self._answers: list[tuple[str, str, KeptAnswer]] = []

    def load(
        self, kind: RecordKind, identities: Iterable[Identity]
    ) -> dict[Identity, StoredRecord]:
        """The stored records among the identities."""
        wanted = identity_table(identities, "id")
        found: dict[Identity, StoredRecord] = {}
        for name in _TABLES[kind]:
            rows = self._stored.matching(name, kind.id_field, wanted)
            self._records.add(name, rows)
            for row in plain(rows):
                identity = (row["merchant_id"], row[kind.id_field])
                if name == "calls" and identity in found:
                    self._left.add(identity)
                known = StoredRecord(state_of(kind, row), row["reseller_id"], row["template_id"])
                found[identity] = known
                self._version = max(self._version, row["version"] + 1)
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

    def known(self, blocks: Sequence[CallBatch]) -> Mask:
        """Of which of the blocks' calls, one after the other, there is a record."""
        columns = (joined(blocks)[name].to_pylist() for name in ("merchant_id", "call_id"))
        asked = list(zip(*columns, strict=True))
        merchants = self.merchants_of(RecordKind.CALLS, {call for _, call in asked})
        return np.array([merchant in merchants.get(call, ()) for merchant, call in asked], np.bool_)

    def merchants_of(self, kind: RecordKind, ids: Iterable[str]) -> dict[str, set[str]]:
        """The merchants that have a record of each id."""
        names = (*_TABLES[kind], *(("leads",) if kind is RecordKind.LEADS else ()))
        found: dict[str, set[str]] = {}
        for name in names:
            for merchant, identity in self._stored.merchants(name, set(ids)):
                found.setdefault(identity, set()).add(merchant)
        return found

    def store(self, kind: RecordKind, states: Mapping[Identity, State]) -> None:
        """Take states to be written."""
        self._changed[kind] |= states

    def add(self, block: CallBatch, arrival: int) -> None:
        """Take first calls to be written."""
        self._first.append(block.rows(arrival))

    def touch(self, leads: Iterable[Identity]) -> None:
        """Have what is derived for leads recomputed, though none of their records changes."""
        self._touched.extend(leads)

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        first = max(self._now, self.arrived + 1)
        self.arrived = first + max(records, 1) - 1
        return first

    def kept_answer(self, key_id: str, idempotency_key: str) -> KeptAnswer | None:
        """The answer kept in the last 24 hours."""
        rows = self._client.query(
            "SELECT body_hash, status, hex(answer) FROM kept_answers "
            "WHERE key_id = {key:String} AND idempotency_key = {name:String} "
            "AND toUnixTimestamp64Micro(kept_at) > {since:Int64} ORDER BY kept_at DESC LIMIT 1",
            {"key": key_id, "name": idempotency_key, "since": self._now - DAY},
        ).result_rows
        if not rows:
            return None
        ((body_hash, status, answer),) = rows
        return KeptAnswer(body_hash, int(status), bytes.fromhex(answer))

    def keep_answer(self, key_id: str, idempotency_key: str, answer: KeptAnswer) -> None:
        """Keep an answer, once the records are written."""
        self._answers.append((key_id, idempotency_key, answer))

    def save_keys(self, keys: Iterable[StoredKey]) -> None:
        """Insert or replace access keys by id."""
        self._keys |= {key.id: key for key in keys}

    def save_uses(self, uses: Mapping[str, int]) -> None:
        """Store when keys were last used."""
        self._uses |= uses

    def inserts(self) -> Iterator[tuple[str, pa.Table]]:
        """What is to be inserted, table by table.

        The order is what makes a retry heal: what is derived comes first and a request's own
        records last, so that whatever a crash left out, its records are still seen as changed.
        """
        for block in self._blocks():
            rows = block.rows(self._version)
            if rows.num_rows:
                yield block.table, rows
        if self._keys:
            yield "access_keys", key_table(self._keys.values(), self._now)
        if self._uses:
            yield "key_uses", use_table(self._uses)
        if self._answers:
            yield "kept_answers", _answer_table(self._answers, self._now)

    def _blocks(self) -> Iterator[Block]:
        calls, leads = self._changed[RecordKind.CALLS], self._changed[RecordKind.LEADS]
        if calls or leads or self._first or self._touched:
            yield from self._changes(calls, leads)
        gone = self._records.of("calls_held", calls.keys() | self._left)
        yield Block("calls_held", table([], CALL_COLUMNS), gone)

    def _changes(
        self, calls: Mapping[Identity, State], leads: Mapping[Identity, State]
    ) -> Iterator[Block]:
        rows = [(is_live(state), call_row(identity, state)) for identity, state in calls.items()]
        changed = table([row for counts, row in rows if counts], CALL_COLUMNS)
        live = pa.concat_tables([changed, *self._first])
        held = table([row for counts, row in rows if not counts], CALL_COLUMNS)
        own = table([lead_row(one, state) for one, state in leads.items()], LEAD_COLUMNS)
        old = self._records.of("calls", calls)
        found = derived(
            self._stored,
            Changed(
                touched=self._leads_touched(live, old, own),
                incoming=live,
                calls=identity_table(calls, "call_id"),
                own=own,
            ),
        )
        yield found.leads
        yield found.siblings
        yield Block("lead_records", own, self._records.of("lead_records", leads))
        yield Block("calls_held", held, self._records.of("calls_held", ()))
        yield Block("calls", found.calls, old)

    def _leads_touched(self, *rows: pa.Table) -> pa.Table:
        """The leads that are to be derived anew, those of rows that come and go among them."""
        columns = ["merchant_id", "lead_id"]
        asked = identity_table(self._touched, "lead_id")
        return distinct(
            pa.concat_tables([asked, *(one.select(columns) for one in rows)]), "lead_id"
        )


def _answer_table(answers: Iterable[tuple[str, str, KeptAnswer]], now: int) -> pa.Table:
    found = list(answers)
    rows: dict[str, Any] = {
        "key_id": [key for key, _, _ in found],
        "idempotency_key": [name for _, name, _ in found],
        "body_hash": [kept.body_hash for _, _, kept in found],
        "status": pa.array([kept.status for _, _, kept in found], pa.uint16()),
        "answer": [kept.answer.decode() for _, _, kept in found],
        "kept_at": pa.array([now] * len(found), TIME),
    }
    return pa.table(rows)
