"""A transaction of the writer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from callistics.engines.base import KeptAnswer
from callistics.engines.duckdb.access_keys import save_keys, save_uses
from callistics.engines.duckdb.apply import Replacement, delete, replace
from callistics.engines.duckdb.lookup.id_index import IdIndex, numbers
from callistics.engines.duckdb.lookup.lookup_sql import (
    ID_OF,
    SENT,
    keys,
    plain,
    rows,
    weeks_in,
    weeks_of,
    whose,
)
from callistics.engines.duckdb.lookup.stored_leads import standing
from callistics.engines.duckdb.lookup.surrogate_keys import SurrogateKeys
from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.rollups.aggregate_sql import COLUMNS
from callistics.engines.duckdb.rollups.change_log import KEPT_BY, ChangeLog
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.keys import StoredKey
from callistics.records.columnar.arrow import Mask, RowIndices, array_of, beside, mask, pc
from callistics.records.columnar.call_batch import CallBatch, joined
from callistics.records.columnar.derive import DERIVED
from callistics.records.columnar.match_rows import distinct, places
from callistics.records.columnar.payload_columns import Payloads
from callistics.records.columnar.recompute import Changed, Delta, recompute
from callistics.records.columnar.row_codec import (
    CALL_COLUMNS,
    LEAD_COLUMNS,
    call_row,
    identity_table,
    lead_row,
    state_of,
    table,
)
from callistics.records.columnar.row_codec import COLUMNS as STATE_COLUMNS
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from callistics.records.merge import State, duration_ms, is_live, lead_of, shapes_lead
from callistics.sql.selection import Unit

_KEPT = pa.schema([*DERIVED, ("lead_no", pa.int64())])
_BESIDE = {RecordKind.CALLS: _KEPT.names, RecordKind.LEADS: ("first_seen",)}


def _state(kind: RecordKind, prefix: str = "") -> str:
    names = (*STATE_COLUMNS[kind].values(), *_BESIDE[kind], "events", "updated_at", "field_times")
    return ", ".join(plain(name, prefix) for name in names)


_STATES = {
    RecordKind.CALLS: f"""
        SELECT '{{name}}' AS held_in, place, merchant_id, call_id, {_state(RecordKind.CALLS)},
               reseller_id AS seen_reseller, template_id AS seen_template
        FROM ({{source}})""",
    RecordKind.LEADS: f"""
        SELECT '{{name}}' AS held_in, r.place, merchant_id, lead_id,
               {_state(RecordKind.LEADS, "r.")},
               coalesce(l.reseller_id, r.reseller_id) AS seen_reseller,
               coalesce(l.template_id, r.template_id) AS seen_template
        FROM wanted
        LEFT JOIN ({{source}}) AS r USING (merchant_id, lead_id)
        LEFT JOIN ({{leads}}) AS l USING (merchant_id, lead_id)
        WHERE r.merchant_id IS NOT NULL OR l.merchant_id IS NOT NULL""",
}
# Records of a kind are in the one or the other table; what is derived may be there without any.
_TABLES = {RecordKind.CALLS: ("calls", "calls_held"), RecordKind.LEADS: ("lead_records",)}
_DERIVED = {RecordKind.CALLS: (), RecordKind.LEADS: ("leads",)}
_PLAIN_TABLES = {"calls_held": SENT, "lead_records": "*"}


@dataclass(frozen=True, slots=True)
class _Stored:
    """A row that was loaded: what is changed is among these."""

    place: int
    state: State
    attempt: int | None = None
    payload_base: str | None = None
    lead_no: int | None = None


class DuckDBSession:
    """Implements `engines.base.Session` within an open transaction of one connection."""

    def __init__(
        self,
        statements: StatementCache,
        presence: IdIndex,
        lead_numbers: SurrogateKeys,
        payload_keys: PayloadKeys,
        ledger: ChangeLog,
        now: int,
    ) -> None:
        self._statements = statements
        self._presence = presence
        self._lead_numbers = lead_numbers
        self._keys = payload_keys
        self._now = now
        self._ledger = ledger
        self._changed: dict[RecordKind, dict[Identity, State]] = {kind: {} for kind in RecordKind}
        self._seen: dict[Identity, StoredRecord] = {}
        self._first: list[pa.Table] = []
        self._touched: list[Identity] = []
        self._renews = False
        self._stored: dict[str, dict[Identity, _Stored]] = {
            name: {} for names in _TABLES.values() for name in names
        }
        self._written: dict[str, list[pa.Table]] = {}

    def load(
        self, kind: RecordKind, identities: Iterable[Identity]
    ) -> dict[Identity, StoredRecord]:
        """The stored records among the identities."""
        asked = set(identities)
        seen = self._seen if kind is RecordKind.CALLS else {}
        known = {one: seen[one] for one in asked & seen.keys()}
        return known | self._read(kind, identity_table(asked - known.keys(), kind.id_field))

    def known(self, blocks: Sequence[CallBatch]) -> Mask:
        """Of which of the blocks' calls, one after the other, there is a record."""
        calls = joined(blocks)
        # They are to be merged, so all of their states will be asked for.
        self._seen = self._read(RecordKind.CALLS, calls)
        if not self._seen:
            return np.zeros(calls.num_rows, np.bool_)
        (found,) = places(identity_table(self._seen, "call_id"), (calls,), "call_id")
        return found >= 0

    def _read(self, kind: RecordKind, asked: pa.Table) -> dict[Identity, StoredRecord]:
        """The stored records among those asked for (merchant_id, id)."""
        if not asked.num_rows:
            return {}
        tables = (*_TABLES[kind], *_DERIVED[kind])
        (those,) = numbers(self._statements, asked)
        possible = {name: self._presence.possible(name, those) for name in tables}
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
            for name in _TABLES[kind]
            if possible[name].there.any() or kind is RecordKind.LEADS
        )
        identities = set(zip(*(column.to_pylist() for column in wanted.columns), strict=True))
        known: dict[Identity, StoredRecord] = {}
        for row in _dicts(self._statements.execute(sql)):
            identity = (row["merchant_id"], row[kind.id_field])
            if identity not in identities:
                continue
            known[identity] = one = _known(kind, row)
            if row["place"] is not None:
                self._stored[row["held_in"]][identity] = _Stored(
                    row["place"], one.state, **{name: row.get(name) for name in _KEPT.names}
                )
        return known

    def merchants_of(self, kind: RecordKind, ids: Iterable[str]) -> dict[str, set[str]]:
        """The merchants that have a record of each id."""
        wanted = pa.table({kind.id_field: pa.array(list(set(ids)), pa.string())})
        if wanted.num_rows == 0:
            return {}
        self._statements.give(wanted=wanted)
        names = (*_TABLES[kind], *_DERIVED[kind])
        sql = " UNION ".join(whose(name, kind.id_field, "wanted") for name in names)
        found: dict[str, set[str]] = {}
        for identity, merchant in self._statements.execute(sql).fetchall():
            found.setdefault(identity, set()).add(merchant)
        return found

    def store(self, kind: RecordKind, states: Mapping[Identity, State]) -> None:
        """Take states to be written; all is written on `finish`."""
        self._changed[kind] |= states

    def touch(self, leads: Iterable[Identity]) -> None:
        """Write all that is derived for leads anew, though none of their records changes."""
        self._touched.extend(leads)
        self._renews = True

    def finish(self) -> None:
        """Write the changed states and what is derived from them."""
        calls, leads = self._changed[RecordKind.CALLS], self._changed[RecordKind.LEADS]
        if not calls and not leads and not self._first and not self._touched:
            return
        live = {one: state for one, state in calls.items() if is_live(state)}
        held = [call_row(one, state) for one, state in calls.items() if one not in live]
        own = table([lead_row(one, state) for one, state in leads.items()], LEAD_COLUMNS)
        payloads = Payloads()
        # All is read before anything is written: see docs/decisions/no-updates-in-place.md.
        made = self._derived(live, own, payloads)
        self._renew("calls_held", calls, table(held, CALL_COLUMNS))
        self._renew("lead_records", leads, own)
        replace(self._statements, made, self._ledger)
        self._keys.note(self._statements.connection, payloads.keys)

    def _renew(self, target: str, states: Mapping[Identity, State], new: pa.Table) -> None:
        """Write rows of records that nothing is derived beside, in place of stored ones."""
        stored = self._stored[target]
        delete(self._statements, target, [stored[one].place for one in states if one in stored])
        if new.num_rows:
            id_column, columns = ID_OF[target], _PLAIN_TABLES[target]
            named = new.select(["merchant_id", id_column])
            (those,) = numbers(self._statements, named)
            self._presence.add(target, those, weeks_in(target, new))
            self._statements.give(**{f"new_{target}": new})
            made = f"SELECT {columns}, {keys(id_column)} FROM new_{target}"
            self._statements.repeat(f"INSERT INTO {target} BY NAME {made}")

    def _derived(
        self, live: Mapping[Identity, State], own: pa.Table, payloads: Payloads
    ) -> Replacement:
        """What becomes of calls and leads, given the changed calls that count and leads."""
        calls, stored = self._changed[RecordKind.CALLS], self._stored["calls"]
        replaced = {one: stored[one] for one in calls if one in stored}
        incoming = self._incoming(live)
        touched = self._leads_touched(live, replaced)
        named = incoming.select(["merchant_id", "call_id"])
        of_leads, of_calls = numbers(self._statements, touched, named)
        # What is rebuilt is in doubt, and so is what is known of it.
        presence = None if self._renews else self._presence
        gone = [one.place for one in replaced.values()]
        stands, given = standing(self._statements, presence, touched, of_leads, gone)
        made = recompute(
            Changed(touched, incoming, identity_table(calls, "call_id"), own),
            stands,
            payloads,
            anew=self._renews,
        )
        made = self._numbered(made, given)
        self._presence.add("calls", of_calls, weeks_in("calls", incoming))
        for name in ("created_at", "first_call_at"):
            known = array_of(made.leads[name].is_valid()).to_numpy(zero_copy_only=False)
            weeks = weeks_of(made.leads[name])
            self._presence.add("leads", of_leads[made.places][known], weeks[known])
        self._written = {"calls": [incoming, made.moved], "leads": [made.leads, made.former]}
        return Replacement(
            made,
            replaced=_left(replaced) if replaced else None,
            gone=gone,
            may_lose=any(_may_lose(before.state, calls[one]) for one, before in replaced.items()),
        )

    def _numbered(self, made: Delta, given: RowIndices) -> Delta:
        """With the numbers of the leads beside calls and leads: those given, else new ones."""
        new = given == 0
        given[new] = self._lead_numbers.take(int(new.sum()))
        # The lead of a call that is replaced may be none of the touched ones.
        known = array_of(made.incoming["lead_no"])
        incoming = pc.coalesce(_taken(given, made.of_incoming), known)
        return with_fields(
            made,
            incoming=beside(made.incoming, pa.table({"lead_no": incoming})),
            again=beside(made.again, pa.table({"lead_no": _taken(given, made.of_moved)})),
            leads=beside(made.leads, pa.table({"lead_no": _taken(given, made.places)})),
        )

    def _incoming(self, live: Mapping[Identity, State]) -> pa.Table:
        """New rows of calls, with what was derived for those of which another row is stored."""
        changed = table([call_row(one, state) for one, state in live.items()], CALL_COLUMNS)
        before = [self._stored["calls"].get(one) for one in live]
        derived = pa.table(
            [
                [None if one is None else one.attempt for one in before],
                [None if one is None else one.payload_base for one in before],
                [None if one is None else one.lead_no for one in before],
            ],
            schema=_KEPT,
        )
        return pa.concat_tables([beside(changed, derived), *self._first], promote_options="default")

    def _leads_touched(
        self, live: Mapping[Identity, State], replaced: Mapping[Identity, _Stored]
    ) -> pa.Table:
        """The leads whose calls or own records change in a way that matters to them."""
        touched = [*self._touched, *self._changed[RecordKind.LEADS]]
        for one, before in replaced.items():
            after = live.get(one)
            if after is None or shapes_lead(before.state, after):
                touched.append(lead_of(one, before.state))
                if after is not None:
                    touched.append(lead_of(one, after))
        touched += (lead_of(one, state) for one, state in live.items() if one not in replaced)
        named = [first.select(["merchant_id", "lead_id"]) for first in self._first]
        return distinct(pa.concat_tables([identity_table(touched, "lead_id"), *named]), "lead_id")

    def written(self, table: str) -> list[Identity]:
        """The calls, or leads, of which rows were written or removed."""
        found = list(self._changed[RecordKind.CALLS]) if table == "calls" else []
        for written in self._written.get(table, ()):
            columns = (written[name].to_pylist() for name in ("merchant_id", ID_OF[table]))
            found += zip(*columns, strict=True)
        return found

    @property
    def rows_written(self) -> int:
        """No fewer than the rows of calls and leads that were written."""
        return sum(rows.num_rows for several in self._written.values() for rows in several)

    def add(self, block: CallBatch, arrival: int) -> None:
        """Take first calls to be written on `finish`."""
        self._first.append(block.rows(arrival))

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        more = max(records, 1) - 1
        ((last,),) = self._statements.execute(
            "UPDATE arrivals SET last = make_timestamp(greatest(?::BIGINT, epoch_us(last) + 1)"
            " + ?::BIGINT) RETURNING epoch_us(last)",
            [self._now, more],
        ).fetchall()
        return int(last) - more

    def kept_answer(self, key_id: str, idempotency_key: str) -> KeptAnswer | None:
        """The answer kept in the last 24 hours."""
        found = self._statements.execute(
            "SELECT body_hash, status, answer FROM kept_answers "
            "WHERE key_id = ? AND idempotency_key = ? "
            "AND kept_at > make_timestamp(?::BIGINT) - INTERVAL 24 HOUR",
            [key_id, idempotency_key, self._now],
        ).fetchall()
        return next((KeptAnswer(body, status, bytes(kept)) for body, status, kept in found), None)

    def keep_answer(self, key_id: str, idempotency_key: str, answer: KeptAnswer) -> None:
        """Keep an answer; older ones of any key are dropped on the way."""
        self._statements.execute(
            "DELETE FROM kept_answers "
            "WHERE kept_at <= make_timestamp(?::BIGINT) - INTERVAL 24 HOUR",
            [self._now],
        )
        self._statements.execute(
            "INSERT INTO kept_answers "
            "(key_id, idempotency_key, body_hash, status, answer, kept_at) "
            "VALUES (?, ?, ?, ?, ?, make_timestamp(?::BIGINT))",
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
        save_keys(self._statements.connection, keys)

    def save_uses(self, uses: Mapping[str, int]) -> None:
        """Store when keys were last used."""
        save_uses(self._statements.connection, uses)


def _left(replaced: Mapping[Identity, _Stored]) -> pa.Table:
    """What the roll-ups know of calls that are replaced."""
    rows = [
        call_row(identity, before.state) | {"attempt": before.attempt}
        for identity, before in replaced.items()
    ]
    return table(rows, ("started_at", *COLUMNS[Unit.CALLS]))


def _taken(numbers: RowIndices, which: RowIndices) -> pa.Array:
    """The numbers at places, null at -1."""
    return pa.array(numbers).take(pa.array(which, mask=which < 0))


def _may_lose(before: State, after: State) -> bool:
    """Whether a known duration may be there fewer times, under what the roll-ups keep it by."""
    known = duration_ms(before)
    if known is None:
        return False
    same = all(before.get(name) == after.get(name) for name in ("started_at", *KEPT_BY))
    return not same or not is_live(after) or duration_ms(after) != known


def _dicts(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _known(kind: RecordKind, row: dict[str, Any]) -> StoredRecord:
    # A lead that only its calls tell of has no state of its own yet.
    state = State() if row["updated_at"] is None else state_of(kind, row)
    return StoredRecord(state, row["seen_reseller"], row["seen_template"])
