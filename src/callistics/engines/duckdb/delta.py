"""What a commit deletes from and inserts into the tables, worked out before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields

import numpy as np
import pyarrow as pa

from callistics.engines.duckdb.lookup.id_index import IndexEntries, numbers
from callistics.engines.duckdb.lookup.load_states import Lookup, StoredRow
from callistics.engines.duckdb.lookup.lookup_sql import weeks_in, weeks_of
from callistics.engines.duckdb.lookup.sorted_numbers import Numbers
from callistics.engines.duckdb.lookup.stored_leads import load_leads
from callistics.engines.duckdb.rollups.aggregate_sql import COLUMNS
from callistics.engines.duckdb.rollups.min_max import KEPT_BY
from callistics.engines.duckdb.row_order import in_order
from callistics.engines.duckdb.tables import ID_OF, KEPT, TIME_OF
from callistics.records.columnar.arrow import RowIndices, array_of, pc, with_columns
from callistics.records.columnar.changes import Changes, NewRows, new_rows
from callistics.records.columnar.match_rows import distinct
from callistics.records.columnar.payload_columns import Forms, Keys, Payloads
from callistics.records.columnar.recompute import Changed, Delta, recompute
from callistics.records.columnar.row_codec import call_rows, identity_table
from callistics.records.identity import Identity
from callistics.records.merge import State, duration_ms, is_live, lead_of, shapes_lead
from callistics.sql.selection import Unit

_FORMS = Forms()

Rows = Mapping[str, Mapping[Identity, StoredRow]]
"""Stored rows by table and identity."""


@dataclass(frozen=True, slots=True)
class TableDelta:
    """The rows that a commit deletes and inserts.

    `derived` are those of calls and leads, which have the surrogate key of their lead. `deleted`
    has rowids of other rows by table, `uncounted` and `own` are new rows of `calls_held` and
    `lead_records`. `replaced` is what the roll-ups know of calls that are replaced, None for none;
    `may_lose` is whether a known duration may be there fewer times. `changed` are the calls that
    were merged or erased, `changed_leads` the leads whose own records were.
    """

    derived: Delta
    deleted: Mapping[str, Sequence[int]]
    uncounted: pa.Table
    own: pa.Table
    replaced: pa.Table | None
    may_lose: bool
    changed: Sequence[Identity]
    changed_leads: Sequence[Identity]
    payload_keys: Mapping[str, Keys]
    index_entries: Sequence[IndexEntries]

    def identities(self, table: str) -> list[Identity]:
        """The calls, or leads, of which rows of a table are inserted or deleted."""
        if table == "lead_records":
            return list(self.changed_leads)
        if table == "calls_held":
            return list(self.changed)
        found = list(self.changed) if table == "calls" else []
        for rows in self._rows(table):
            columns = (rows[name].to_pylist() for name in ("merchant_id", ID_OF[table]))
            found += zip(*columns, strict=True)
        return found

    @property
    def rows(self) -> int:
        """No fewer than the rows of calls and leads that are inserted."""
        return sum(rows.num_rows for name in ("calls", "leads") for rows in self._rows(name))

    @property
    def tenant_rows(self) -> Sequence[pa.Table]:
        """The rows of calls and leads that are inserted, which have their tenants."""
        return (self.derived.incoming, self.derived.moved, self.derived.leads)

    def _rows(self, table: str) -> tuple[pa.Table, pa.Table]:
        made = self.derived
        return (made.incoming, made.moved) if table == "calls" else (made.leads, made.former)


def delta_of(changes: Changes, stored: Rows, lookup: Lookup) -> TableDelta:
    """What the changes come to in the tables. `stored` has the rows of all that are changed.

    All is read before anything is written: see docs/decisions/no-updates-in-place.md.
    """
    new, payloads = new_rows(changes), Payloads(_FORMS)
    outdated = changes.outdated_calls
    replaced = {one: stored["calls"][one] for one in outdated if one in stored["calls"]}
    incoming = _incoming(new, replaced)
    touched = _touched(changes, new, replaced)
    named = (
        _named(incoming, "call_id"),
        _named(new.uncounted, "call_id"),
        _named(new.own, "lead_id"),
    )
    of_leads, of_calls, of_uncounted, of_own = numbers(lookup.statements, touched, *named)
    # What is rebuilt is in doubt, and so is what is known of it.
    anew = bool(changes.rebuilt)
    gone = [one.rowid for one in replaced.values()]
    index = None if anew else lookup.id_index
    leads, given = load_leads(lookup.statements, index, touched, of_leads, gone)
    changed = Changed(
        touched,
        incoming,
        new.own,
        identity_table(outdated, "call_id"),
        identity_table(changes.outdated_leads, "lead_id"),
    )
    made = _numbered(recompute(changed, leads, payloads, anew=anew), given, lookup)
    return TableDelta(
        made,
        {"calls": gone} | _deleted(changes, stored),
        new.uncounted,
        new.own,
        _of_rollups(replaced) if replaced else None,
        any(_may_lose(before.state, changes.calls.get(one)) for one, before in replaced.items()),
        outdated,
        changes.outdated_leads,
        payloads.keys,
        [
            IndexEntries("calls", of_calls, weeks_in("calls", incoming)),
            IndexEntries("calls_held", of_uncounted, weeks_in("calls_held", new.uncounted)),
            IndexEntries("lead_records", of_own, weeks_in("lead_records", new.own)),
            *_lead_entries(made, of_leads),
        ],
    )


def _named(rows: pa.Table, id_column: str) -> pa.Table:
    return rows.select(["merchant_id", id_column])


def _incoming(new: NewRows, replaced: Mapping[Identity, StoredRow]) -> pa.Table:
    """New rows of calls, with what was derived for those of which another row is stored."""
    before = [replaced.get(one) for one in new.live]
    derived = pa.table(
        [
            [None if one is None else one.attempt for one in before],
            [None if one is None else one.payload_base for one in before],
            [None if one is None else one.lead_no for one in before],
        ],
        schema=KEPT,
    )
    rows = [with_columns(new.calls, derived), *new.first]
    return in_order(pa.concat_tables(rows, promote_options="default"), TIME_OF["calls"])


def _touched(changes: Changes, new: NewRows, replaced: Mapping[Identity, StoredRow]) -> pa.Table:
    """The leads whose calls or own records change in a way that matters to them."""
    touched = [*changes.rebuilt, *changes.outdated_leads]
    for one, before in replaced.items():
        after = new.live.get(one)
        if after is None or shapes_lead(before.state, after):
            touched.append(lead_of(one, before.state))
            if after is not None:
                touched.append(lead_of(one, after))
    touched += (lead_of(one, state) for one, state in new.live.items() if one not in replaced)
    named = [_named(first, "lead_id") for first in new.first]
    return distinct(pa.concat_tables([identity_table(touched, "lead_id"), *named]), "lead_id")


def _numbered(made: Delta, given: RowIndices, lookup: Lookup) -> Delta:
    """The delta with the surrogate keys of leads in its rows: those given, and new ones where 0."""
    new = given == 0
    given[new] = lookup.surrogate_keys.take(int(new.sum()))
    # The lead of a call that is replaced may be none of the touched ones.
    known = array_of(made.incoming["lead_no"])
    incoming = pc.coalesce(_taken(given, made.of_incoming), known)
    return with_fields(
        made,
        incoming=with_columns(made.incoming, pa.table({"lead_no": incoming})),
        again=with_columns(made.again, pa.table({"lead_no": _taken(given, made.of_moved)})),
        leads=with_columns(made.leads, pa.table({"lead_no": _taken(given, made.of_leads)})),
    )


def _taken(given: RowIndices, rows: RowIndices) -> pa.Array:
    """The numbers of the rows, null at -1."""
    return pa.array(given).take(pa.array(rows, mask=rows < 0))


def _deleted(changes: Changes, stored: Rows) -> dict[str, Sequence[int]]:
    """The rowids of outdated records in the tables that have no derived columns."""
    states = {"calls_held": changes.outdated_calls, "lead_records": changes.outdated_leads}
    return {
        name: [stored[name][one].rowid for one in changed if one in stored[name]]
        for name, changed in states.items()
    }


def _lead_entries(made: Delta, of_leads: Numbers) -> list[IndexEntries]:
    """Leads are known by the weeks of their creation and, where that was before, first call."""
    found: list[IndexEntries] = []
    for name in ("created_at", "first_call_at"):
        known = np.asarray(array_of(made.leads[name].is_valid()))
        weeks = weeks_of(made.leads[name])[known]
        found.append(IndexEntries("leads", of_leads[made.of_leads][known], weeks))
    return found


def _of_rollups(replaced: Mapping[Identity, StoredRow]) -> pa.Table:
    """What the roll-ups know of calls that are replaced."""
    states = {identity: before.state for identity, before in replaced.items()}
    columns = ("started_at", *(name for name in COLUMNS[Unit.CALLS] if name != "attempt"))
    attempts = pa.array([before.attempt for before in replaced.values()], pa.int32())
    return call_rows(states, columns).append_column("attempt", attempts)


# What a duration is made of, and what the roll-ups keep it by.
_LASTING = ("duration", "started_at", "ended_at", *KEPT_BY)


def _may_lose(before: State, after: State | None) -> bool:
    """Whether a known duration may be there fewer times, under what the roll-ups keep it by."""
    if after is None:
        return duration_ms(before) is not None
    was, now = before.values, after.values
    same = all(was.get(name) == now.get(name) for name in _LASTING)
    return not (same and is_live(after)) and _is_lost(before, after)


def _is_lost(before: State, after: State) -> bool:
    known = duration_ms(before)
    if known is None:
        return False
    same = all(before.get(name) == after.get(name) for name in ("started_at", *KEPT_BY))
    return not same or not is_live(after) or duration_ms(after) != known
