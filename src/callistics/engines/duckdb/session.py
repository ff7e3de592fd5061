"""A transaction of the writer."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from callistics.engines.base import KeptAnswer
from callistics.engines.duckdb.derive import derive
from callistics.engines.duckdb.keys import save_keys
from callistics.engines.duckdb.rows import (
    CALL_COLUMNS,
    LEAD_COLUMNS,
    call_row,
    identity_table,
    is_live,
    lead_row,
    state_of,
    table,
)
from callistics.model.keys import StoredKey
from callistics.model.merge import State
from callistics.model.records import RecordKind
from callistics.model.writes import Identity, Known

_STATE_COLUMNS = {
    RecordKind.CALLS: """
        SELECT merchant_id, call_id, reseller_id, template_id, lead_id, provider, direction,
               outcome, sentiment, test, payload_own, attempt_sent, duration_sent_ms,
               epoch_us(started_at) AS started_at, epoch_us(ended_at) AS ended_at,
               list_transform(events, lambda e: struct_pack(
                   status := e.status, since := epoch_us(e.since))) AS events,
               epoch_us(updated_at) AS updated_at, field_times,
               reseller_id AS seen_reseller, template_id AS seen_template
        FROM {source} SEMI JOIN wanted USING (merchant_id, call_id)""",
    RecordKind.LEADS: """
        SELECT merchant_id, lead_id, r.reseller_id, r.template_id, r.payload_own,
               epoch_us(r.created_at) AS created_at,
               list_transform(r.events, lambda e: struct_pack(
                   status := e.status, since := epoch_us(e.since))) AS events,
               epoch_us(r.first_seen) AS first_seen, epoch_us(r.updated_at) AS updated_at,
               r.field_times,
               coalesce(l.reseller_id, r.reseller_id) AS seen_reseller,
               coalesce(l.template_id, r.template_id) AS seen_template
        FROM wanted
        LEFT JOIN lead_records AS r USING (merchant_id, lead_id)
        LEFT JOIN leads AS l USING (merchant_id, lead_id)
        WHERE r.merchant_id IS NOT NULL OR l.merchant_id IS NOT NULL""",
}


class DuckDBSession:
    """Implements `engines.base.Session` within an open transaction of one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, now: int) -> None:
        self._connection = connection
        self._now = now
        self._changed: dict[RecordKind, dict[Identity, State]] = {kind: {} for kind in RecordKind}

    def load(self, kind: RecordKind, identities: Iterable[Identity]) -> dict[Identity, Known]:
        """The stored records among the identities."""
        wanted = identity_table(identities, kind.id_field)
        if wanted.num_rows == 0:
            return {}
        self._connection.register("wanted", wanted)
        sources = ("calls", "calls_held") if kind is RecordKind.CALLS else ("",)
        sql = " UNION ALL ".join(_STATE_COLUMNS[kind].format(source=name) for name in sources)
        found = _dicts(self._connection.execute(sql))
        self._connection.unregister("wanted")
        return {(row["merchant_id"], row[kind.id_field]): _known(kind, row) for row in found}

    def merchants_of(self, kind: RecordKind, ids: Iterable[str]) -> dict[str, set[str]]:
        """The merchants that have a record of each id."""
        wanted = pa.table({kind.id_field: pa.array(list(set(ids)), pa.string())})
        if wanted.num_rows == 0:
            return {}
        self._connection.register("wanted", wanted)
        names = ("calls", "calls_held") if kind is RecordKind.CALLS else ("leads", "lead_records")
        sql = " UNION ".join(
            f"SELECT {kind.id_field}, merchant_id FROM {name} "
            f"SEMI JOIN wanted USING ({kind.id_field})"
            for name in names
        )
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
        if not calls and not leads:
            return
        touched = dict.fromkeys(leads)
        touched.update(dict.fromkeys(self._replace("calls", calls, "call_id")))
        self._replace("calls_held", calls, "call_id")
        self._replace("lead_records", leads, "lead_id")
        rows = [(is_live(state), call_row(identity, state)) for identity, state in calls.items()]
        live = [row for counts, row in rows if counts]
        held = [row for counts, row in rows if not counts]
        self._insert("calls_held", table(held, CALL_COLUMNS))
        own = [lead_row(identity, state) for identity, state in leads.items()]
        self._insert("lead_records", table(own, LEAD_COLUMNS))
        touched.update(((row["merchant_id"], row["lead_id"]), None) for row in live)
        derive(self._connection, table(live, CALL_COLUMNS), identity_table(touched, "lead_id"))

    def _replace(
        self, target: str, states: Mapping[Identity, State], id_column: str
    ) -> list[Identity]:
        """Delete the stored rows of the states; the (merchant_id, lead_id) pairs they had."""
        if not states:
            return []
        self._connection.register("replaced", identity_table(states, id_column))
        matches = f"{target}.merchant_id = r.merchant_id AND {target}.{id_column} = r.{id_column}"
        rows = self._connection.execute(
            f"DELETE FROM {target} USING replaced AS r WHERE {matches} "
            f"RETURNING {target}.merchant_id, {target}.lead_id"
        ).fetchall()
        self._connection.unregister("replaced")
        return rows

    def _insert(self, target: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self._connection.register("inserted", rows)
            self._connection.execute(f"INSERT INTO {target} BY NAME SELECT * FROM inserted")
            self._connection.unregister("inserted")

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        ((last,),) = self._connection.execute("SELECT epoch_us(last) FROM arrivals").fetchall()
        first = max(self._now, int(last) + 1)
        self._connection.execute(
            "UPDATE arrivals SET last = make_timestamp(?::BIGINT)", [first + max(records, 1) - 1]
        )
        return first

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

    def execute(self, statement: str) -> duckdb.DuckDBPyConnection:
        """Run a statement of maintenance within the transaction."""
        return self._connection.execute(statement)


def _dicts(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _known(kind: RecordKind, row: dict[str, Any]) -> Known:
    # A lead that only its calls tell of has no state of its own yet.
    state = State() if row["updated_at"] is None else state_of(kind, row)
    return Known(state, row["seen_reseller"], row["seen_template"])
