"""Recomputes what is derived for changed records: rows of calls and leads that come and go."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from callistics.records.columnar.arrow import (
    Mask,
    RowIndices,
    array_of,
    mask,
    pc,
    same,
    scattered,
    select,
    with_columns,
)
from callistics.records.columnar.derive import CALLS, DERIVED, LEADS, OWN, derive
from callistics.records.columnar.match_rows import row_indices
from callistics.records.columnar.payload_columns import Payloads, overlays, with_payloads


@dataclass(frozen=True, slots=True)
class Changed:
    """What is new.

    `touched` are leads (merchant_id, lead_id), each once, for which everything is derived anew.
    `incoming` are new rows of calls that count, with `attempt` and `payload_base` for those whose
    leads are not touched. `own` are new rows of leads' own records. `calls` (merchant_id, call_id)
    and `leads` (merchant_id, lead_id) are those of whose records nothing that is stored counts any
    more: they are changed, or erased.
    """

    touched: pa.Table
    incoming: pa.Table
    own: pa.Table
    calls: pa.Table
    leads: pa.Table


@dataclass(frozen=True, slots=True)
class StoredLeads:
    """What is stored of the touched leads, and maybe of some others.

    `calls` have the columns `derive.CALLS` and those derived for them, `own` has those of
    `derive.OWN`, `leads` those of `derive.LEADS` that the engine keeps; all may have more.
    """

    calls: pa.Table
    own: pa.Table
    leads: pa.Table


@dataclass(frozen=True, slots=True)
class Delta:
    """What becomes of calls and leads.

    `incoming` and `leads` are complete rows to be inserted. Of the stored calls `moved` other
    things are derived now: `again` has these, row by row. `former` are stored leads that go.
    `of_leads` are the row indices of `leads` among the touched ones; `of_incoming` and `of_moved`
    those of the calls' leads, -1 where an incoming call's is none of them.
    """

    incoming: pa.Table
    of_incoming: RowIndices
    moved: pa.Table
    again: pa.Table
    of_moved: RowIndices
    leads: pa.Table
    of_leads: RowIndices
    former: pa.Table


def recompute(
    changed: Changed, stored: StoredLeads, payloads: Payloads, *, anew: bool = False
) -> Delta:
    """Derive everything for the touched leads; with `anew` all their stored rows are replaced."""
    touched, incoming = changed.touched, changed.incoming
    of_calls, of_own, of_leads, of_incoming, of_changed, of_outdated = row_indices(
        touched,
        (stored.calls, stored.own, stored.leads, incoming, changed.own, changed.leads),
        "lead_id",
    )
    bound = of_incoming >= 0
    stays = (of_calls >= 0) & _is_other(stored.calls, changed.calls)
    says = (of_own >= 0) & ~np.isin(of_own, of_outdated)
    calls, own = stored.calls.filter(mask(stays)), stored.own.filter(mask(says))
    leads, of_leads = stored.leads.filter(mask(of_leads >= 0)), of_leads[of_leads >= 0]
    found = derive(
        touched,
        _both(calls, incoming.filter(mask(bound)), CALLS),
        np.concatenate([of_calls[stays], of_incoming[bound]]),
        _both(own, changed.own, OWN),
        np.concatenate([of_own[says], of_changed]),
    )
    number = calls.num_rows
    derived = pa.table([found.attempt, found.payload_base], schema=DERIVED)
    again = derived.slice(0, number)
    moves = np.ones(number, np.bool_) if anew else _differ(again, calls)
    moved = calls.filter(mask(moves))
    stay, go = _compared(found.leads, found.of_leads, leads, of_leads, anew=anew)
    incoming = _bound(incoming, mask(bound), derived.slice(number))
    fresh = found.leads.filter(mask(~stay))
    return Delta(
        _complete(incoming, incoming, payloads),
        of_incoming,
        moved,
        _complete(again.filter(mask(moves)), moved, payloads),
        of_calls[stays][moves],
        with_payloads(
            fresh, array_of(fresh["payload_json"]), array_of(fresh["merchant_id"]), payloads
        ),
        found.of_leads[~stay],
        leads.filter(mask(go)),
    )


def _is_other(calls: pa.Table, those: pa.Table) -> Mask:
    """Which calls are none of those."""
    if not those.num_rows:
        return np.ones(calls.num_rows, np.bool_)
    (found,) = row_indices(those, (calls,), "call_id")
    return found < 0


def _both(stored: pa.Table, new: pa.Table, columns: pa.Schema) -> pa.Table:
    return pa.concat_tables([select(stored, columns), select(new, columns)])


def _differ(now: pa.Table, before: pa.Table) -> Mask:
    """Whether what is stored is no longer right."""
    attempt, base = (same(array_of(now[name]), array_of(before[name])) for name in DERIVED.names)
    return ~(attempt & base)


def _bound(incoming: pa.Table, bound: pa.Array, derived: pa.Table) -> pa.Table:
    """Incoming calls with what is derived for those whose leads are touched."""
    columns: dict[str, pa.Array] = {}
    for name in DERIVED.names:
        now = array_of(derived[name])
        known = name in incoming.column_names
        before = array_of(incoming[name]) if known else pa.nulls(len(bound), now.type)
        columns[name] = pc.replace_with_mask(before, bound, now)
    return with_columns(incoming, pa.table(columns))


def _complete(derived: pa.Table, calls: pa.Table, payloads: Payloads) -> pa.Table:
    """What is derived for calls, row by row, with the payloads that they are filtered by."""
    base, own = array_of(derived["payload_base"]), array_of(calls["payload_own"])
    return with_payloads(derived, overlays(base, own), array_of(calls["merchant_id"]), payloads)


def _compared(
    fresh: pa.Table, at: RowIndices, stored: pa.Table, of: RowIndices, *, anew: bool
) -> tuple[Mask, Mask]:
    """Which leads need not be written, as one stored row says the same; which stored rows go."""
    stay, go = np.zeros(len(at), np.bool_), np.ones(len(of), np.bool_)
    if anew or not len(of):
        return stay, go
    # The row of the fresh lead that each stored one is to be, where there is any.
    to_be = scattered(1 + max(at.max(initial=0), of.max(initial=0)), at, np.arange(len(at)))
    rows = np.flatnonzero(to_be[of] >= 0)
    fresh_rows = to_be[of[rows]]
    saying = np.ones(len(rows), np.bool_)
    for name in LEADS.names:
        if name in stored.column_names:
            now = array_of(fresh[name]).take(pa.array(fresh_rows))
            before = array_of(stored[name]).take(pa.array(rows)).cast(now.type)
            saying &= same(now, before)
    kept, first = np.unique(fresh_rows[saying], return_index=True)
    stay[kept] = True
    go[rows[saying][first]] = False
    return stay, go
