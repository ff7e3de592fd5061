"""A transaction of the writer."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from callistics.engines.base import KeptAnswer
from callistics.engines.common.blocks import CallBlock
from callistics.engines.common.rows import (
    CALL_COLUMNS,
    LEAD_COLUMNS,
    call_row,
    identity_table,
    lead_row,
    state_of,
    table,
)
from callistics.engines.duckdb.finding import keys, merchants, rows
from callistics.engines.duckdb.keys import save_keys
from callistics.engines.duckdb.ledger import Ledger
from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.replace import replace
from callistics.model.keys import StoredKey
from callistics.model.merge import State, is_live
from callistics.model.records import RecordKind
from callistics.model.writes import Identity, Known

_STATE_COLUMNS = {
    RecordKind.CALLS: """
        SELECT '{name}' AS held_in, place, merchant_id, call_id, reseller_id, template_id,
               lead_id, provider, direction,
               outcome, sentiment, test, payload_own, attempt_sent, duration_sent_ms,
               epoch_us(started_at) AS started_at, epoch_us(ended_at) AS ended_at,
               list_transform(events, lambda e: struct_pack(
                   status := e.status, since := epoch_us(e.since))) AS events,
               epoch_us(updated_at) AS updated_at, field_times,
               reseller_id AS seen_reseller, template_id AS seen_template
        FROM ({source})""",
    RecordKind.LEADS: """
        SELECT '{name}' AS held_in, r.place, merchant_id, lead_id,
               r.reseller_id, r.template_id, r.payload_own,
               epoch_us(r.created_at) AS created_at,
               list_transform(r.events, lambda e: struct_pack(
                   status := e.status, since := epoch_us(e.since))) AS events,
               epoch_us(r.first_seen) AS first_seen, epoch_us(r.updated_at) AS updated_at,
               r.field_times,
               coalesce(l.reseller_id, r.reseller_id) AS seen_reseller,
               coalesce(l.template_id, r.template_id) AS seen_template
        FROM wanted
        LEFT JOIN ({source}) AS r USING (merchant_id, lead_id)
        LEFT JOIN ({leads}) AS l USING (merchant_id, lead_id)
        WHERE r.merchant_id IS NOT NULL OR l.merchant_id IS NOT NULL""",
}

_TABLES = {RecordKind.CALLS: ("calls", "calls_held"), RecordKind.LEADS: ("lead_records",)}


class DuckDBSession:
    """Implements `engines.base.Session` within an open transaction of one connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        payload_keys: PayloadKeys,
        ledger: Ledger,
        now: int,
    ) -> None:
        self._connection = connection
        self._keys = payload_keys
        self._now = now
        self._ledger = ledger
        self._changed: dict[RecordKind, dict[Identity, State]] = {kind: {} for kind in RecordKind}
        self._first: list[pa.Table] = []
        self._has_replaced = False
        # Where the rows are that were loaded, by table: what is changed is among them.
        self._places: dict[str, dict[Identity, int]] = {
            name: {} for names in _TABLES.values() for name in names
        }

    def load(self, kind: RecordKind, identities: Iterable[Identity]) -> dict[Identity, Known]:
        """The stored records among the identities."""
        wanted = identity_table(identities, kind.id_field)
        if wanted.num_rows == 0:
            return {}
        self._connection.register("wanted", wanted)
        leads = rows("leads", "lead_id", "wanted")
        sql = " UNION ALL ".join(
            _STATE_COLUMNS[kind].format(
                name=name, source=rows(name, kind.id_field, "wanted"), leads=leads
            )
            for name in _TABLES[kind]
        )
        found = _dicts(self._connection.execute(sql))
        self._connection.unregister("wanted")
        known: dict[Identity, Known] = {}
        for row in found:
            identity = (row["merchant_id"], row[kind.id_field])
            known[identity] = _known(kind, row)
            if row["place"] is not None:
                self._places[row["held_in"]][identity] = row["place"]
        return known

    def known(self, kind: RecordKind, identities: Iterable[Identity]) -> set[Identity]:
        """Those of the identities that there is a record of."""
        self._connection.register("wanted", identity_table(identities, kind.id_field))
        sql = " UNION ALL ".join(
            f"SELECT merchant_id, {kind.id_field} FROM ({rows(name, kind.id_field, 'wanted')})"
            for name in _TABLES[kind]
        )
        found = self._connection.execute(sql).fetchall()
        self._connection.unregister("wanted")
        return set(found)

    def merchants_of(self, kind: RecordKind, ids: Iterable[str]) -> dict[str, set[str]]:
        """The merchants that have a record of each id."""
        wanted = pa.table({kind.id_field: pa.array(list(set(ids)), pa.string())})
        if wanted.num_rows == 0:
            return {}
        self._connection.register("wanted", wanted)
        names = (*_TABLES[kind], *(("leads",) if kind is RecordKind.LEADS else ()))
        sql = " UNION ".join(merchants(name, kind.id_field, "wanted") for name in names)
        found: dict[str, set[str]] = {}
        for identity, merchant in self._connection.execute(sql).fetchall():
            found.setdefault(identity, set()).add(merchant)
        self._connection.unregister("wanted")
        return found

    def store(self, kind: RecordKind, states: Mapping[Identity, State]) -> None:
        """Take states to be written; all is written on `finish`."""
        self._changed[kind] |= states

    def finish(self) -> None:
        """Write the changed states and what is derived from them."""
        calls, leads = self._changed[RecordKind.CALLS], self._changed[RecordKind.LEADS]
        if not calls and not leads and not self._first:
            return
        touched = dict.fromkeys(leads)
        touched.update(dict.fromkeys(self._delete("calls", calls)))
        self._delete("calls_held", calls)
        self._delete("lead_records", leads)
        made = [(is_live(state), call_row(identity, state)) for identity, state in calls.items()]
        live = [row for counts, row in made if counts]
        held = [row for counts, row in made if not counts]
        self._insert("calls_held", table(held, CALL_COLUMNS))
        own = [lead_row(identity, state) for identity, state in leads.items()]
        self._insert("lead_records", table(own, LEAD_COLUMNS))
        incoming = pa.concat_tables([table(live, CALL_COLUMNS), *self._first])
        self._replace(incoming, _leads_of(incoming, touched))
        self._ledger.settle()

    def derive(self, leads: pa.Table) -> None:
        """Derive anew all that follows from the records of leads (merchant_id, lead_id)."""
        self._replace(table([], CALL_COLUMNS), leads)

    def _replace(self, incoming: pa.Table, touched: pa.Table) -> None:
        keys = replace(self._connection, incoming, touched, self._ledger.note)
        self._keys.note(self._connection, keys)
        self._has_replaced = True

    def written_calls(self) -> list[Identity]:
        """The calls of which rows were written or removed."""
        if not self._has_replaced:
            return []
        written = self._connection.execute("SELECT merchant_id, call_id FROM settled").fetchall()
        return [*written, *self._changed[RecordKind.CALLS]]

    def _delete(self, target: str, states: Mapping[Identity, State]) -> list[Identity]:
        """Delete the stored rows of the states; the (merchant_id, lead_id) pairs they had."""
        known = self._places[target]
        places = [known[identity] for identity in states if identity in known]
        if not places:
            return []
        if target == "calls":
            self._ledger.leaving(places)
        return self._connection.execute(
            f"DELETE FROM {target} WHERE rowid IN (SELECT unnest(?::BIGINT[]))"
            " RETURNING merchant_id, lead_id",
            [places],
        ).fetchall()

    def _insert(self, target: str, new: pa.Table) -> None:
        if new.num_rows:
            self._connection.register("inserted", new)
            numbers = keys(*(name for name in ("call_id", "lead_id") if name in new.column_names))
            self._connection.execute(
                f"INSERT INTO {target} BY NAME SELECT *, {numbers} FROM inserted"
            )
            self._connection.unregister("inserted")

    def add(self, block: CallBlock, arrival: int) -> None:
        """Take first calls to be written on `finish`."""
        self._first.append(block.rows(arrival))

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        more = max(records, 1) - 1
        ((last,),) = self._connection.execute(
            "UPDATE arrivals SET last = make_timestamp(greatest(?::BIGINT, epoch_us(last) + 1)"
            " + ?::BIGINT) RETURNING epoch_us(last)",
            [self._now, more],
        ).fetchall()
        return int(last) - more

    def kept_answer(self, key_id: str, idempotency_key: str) -> KeptAnswer | None:
        """The answer kept in the last 24 hours."""
        row = self._connection.execute(
            "SELECT body_hash, status, answer FROM kept_answers "
            "WHERE key_id = ? AND idempotency_key = ? "
            "AND kept_at > make_timestamp(?::BIGINT) - INTERVAL 24 HOUR",
            [key_id, idempotency_key, self._now],
        ).fetchone()
        return None if row is None else KeptAnswer(row[0], row[1], bytes(row[2]))

    def keep_answer(self, key_id: str, idempotency_key: str, answer: KeptAnswer) -> None:
        """Keep an answer; older ones of any key are dropped on the way."""
        self._connection.execute(
            "DELETE FROM kept_answers "
            "WHERE kept_at <= make_timestamp(?::BIGINT) - INTERVAL 24 HOUR",
            [self._now],
        )
        self._connection.execute(
            "INSERT INTO kept_answers VALUES (?, ?, ?, ?, ?, make_timestamp(?::BIGINT))",
            [
                key_id,
                idempotency_key,
                answer.body_hash,
                answer.status,
                answer.answer,
                self._now,
            ],
        )

    def save_keys(self, keys: Iterable[StoredKey]) -> None:
        """Insert or replace access keys by id."""
        save_keys(self._connection, keys)


def _leads_of(calls: pa.Table, others: Iterable[Identity]) -> pa.Table:
    """Each lead of calls, and each of the others, once."""
    columns = ["merchant_id", "lead_id"]
    both = pa.concat_tables([calls.select(columns), identity_table(others, "lead_id")])
    return both.group_by(columns).aggregate([])


def _dicts(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _known(kind: RecordKind, row: dict[str, Any]) -> Known:
    # A lead that only its calls tell of has no state of its own yet.
    state = State() if row["updated_at"] is None else state_of(kind, row)
    return Known(state, row["seen_reseller"], row["seen_template"])
