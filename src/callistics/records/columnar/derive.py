"""What is derived from the records of touched leads: leads, inferred attempts, overlaid payloads.

The one definition for every engine. Everything is recomputed from the touched leads' records
alone, so that it equals what recomputing it for all leads would give; an engine's `rebuild` does
just that. It works on columns: a large commit touches thousands of leads.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from callistics.records import merge
from callistics.records.columnar.arrow import (
    TEXTS,
    Mask,
    RowIndices,
    array_of,
    coded,
    codes,
    pc,
    scattered,
)
from callistics.records.columnar.row_codec import EVENTS, TIME, schema
from callistics.records.columnar.status_history import events_in, sets
from callistics.records.field import RecordKind
from callistics.records.fields import FIELDS
from callistics.records.providers import marked_provider

SHARED = tuple(FIELDS[RecordKind.LEADS][name].stored_in for name in merge.SHARED)
"""The columns of what a lead's own records say of it, and where they do not, its earliest call."""

CALLS = schema(
    (
        "merchant_id",
        "call_id",
        *(FIELDS[RecordKind.CALLS][name].stored_in for name in (*merge.SHAPING, *merge.CLOSING)),
        "events",
    )
)
"""What of a call its lead, or the lead's other calls, depend on."""

OWN = schema(
    (
        "merchant_id",
        "lead_id",
        *SHARED,
        "created_at",
        "first_seen",
        "payload_own",
        "events",
    )
)
"""What a lead's own records say of it."""

DERIVED = schema(("attempt", "payload_base"))
"""What is derived for a call, payloads that are overlaid aside."""

LEADS = pa.schema(
    [
        *schema(("merchant_id", "lead_id", *SHARED, "created_at")),
        ("first_call_at", TIME),
        ("status", pa.string()),
        ("statuses", TEXTS),
        ("providers", TEXTS),
        ("history", EVENTS),
        ("payload_json", pa.string()),
    ]
)
"""A lead that exists. `statuses` and `history` are without absent statuses, `providers` are those
of its calls, see records/providers.py. `first_call_at` is there where that was before `created_at`.
"""


@dataclass(frozen=True, slots=True)
class Derived:
    """Leads that exist, and `of_leads`, their row indices among the touched ones.

    For each call its attempt, and the lead's payload where that differs from the call's own.
    """

    leads: pa.Table
    of_leads: RowIndices
    attempt: pa.Array
    payload_base: pa.Array


def derive(
    touched: pa.Table, calls: pa.Table, of: RowIndices, own: pa.Table, whose: RowIndices
) -> Derived:
    """Those of the touched leads (merchant_id, lead_id) that exist, and what their calls get.

    `calls`, with the columns `CALLS`, are all calls of these leads that count, and `own`, with the
    columns `OWN`, what there is of their own records; `of` and `whose` say which of the leads each
    belongs to.
    """
    number = touched.num_rows
    order = _in_order(calls, of)
    begins = np.flatnonzero(np.diff(of[order], prepend=-1))
    first = _taken(calls, scattered(number, of[order[begins]], order[begins]))
    said = _taken(own, scattered(number, whose, np.arange(len(whose))))
    called = first("started_at")
    seen = pc.min_element_wise(called, said("first_seen"))
    created = pc.coalesce(said("created_at"), seen)
    earlier = pc.fill_null(pc.less(called, created), fill_value=False)
    payload = pc.coalesce(said("payload_own"), first("payload_own"))
    events = events_in(
        (calls["events"], of, _closed_at(calls)), (own["events"], whose, own["first_seen"])
    )
    leads = pa.table(
        [
            touched["merchant_id"],
            touched["lead_id"],
            *(pc.coalesce(said(name), first(name)) for name in SHARED),
            created,
            pc.if_else(earlier, called, pa.scalar(None, TIME)),
            events.status(number),
            events.statuses(number),
            _providers(calls["provider"], of, number),
            events.history(number),
            payload,
        ],
        schema=LEADS,
    )
    # Without any call, it takes a record that says whose it is.
    exists = array_of(leads["reseller_id"].is_valid())
    # The lead's payload matters to a call only where it differs from the call's own.
    alike = _alike(payload, of, array_of(calls["payload_own"]))
    return Derived(
        leads.filter(exists),
        np.flatnonzero(exists.to_numpy(zero_copy_only=False)),
        pc.coalesce(array_of(calls["attempt_sent"]), _counted(order, begins)),
        payload.take(pa.array(of, mask=alike)),
    )


def _alike(payload: pa.Array, of: RowIndices, own: pa.Array) -> Mask:
    """Which calls have the payload of their leads."""
    leads, calls = np.split(codes(pa.concat_arrays([payload, own])), [len(payload)])
    alike: Mask = leads[of] == calls
    return alike


def _in_order(calls: pa.Table, of: RowIndices) -> RowIndices:
    """The rows by lead, of each lead by start, at the same time by id."""
    started = array_of(calls["started_at"]).cast(pa.int64()).to_numpy()
    order = np.lexsort((started, of))
    ties = (np.diff(of[order]) == 0) & (np.diff(started[order]) == 0)
    if not ties.any():
        return order
    ids = np.empty(len(order), np.int64)
    ids[pc.sort_indices(array_of(calls["call_id"])).to_numpy()] = np.arange(len(order))
    return np.lexsort((ids, started, of))


def _counted(order: RowIndices, begins: RowIndices) -> pa.Array:
    """Which call of its lead each one is, from 1."""
    before = np.repeat(begins, np.diff(begins, append=len(order)))
    found = np.empty(len(order), np.int32)
    found[order] = np.arange(1, len(order) + 1) - before
    return pa.array(found)


def _taken(rows: pa.Table, indices: RowIndices) -> Callable[[str], pa.Array]:
    """The columns of the rows at indices, null at -1."""
    which = pa.array(indices, mask=indices < 0)

    def taken(name: str) -> pa.Array:
        return array_of(rows[name]).take(which)

    return taken


def _closed_at(calls: pa.Table) -> pa.ChunkedArray:
    """When each call ended, as far as is known: statuses that have no time are as of then."""
    lasted = pc.multiply(pc.fill_null(calls["duration_sent_ms"], 0), 1_000)
    started = calls["started_at"].cast(pa.int64())
    return pc.coalesce(calls["ended_at"], pc.add(started, lasted).cast(TIME))


def _providers(providers: pa.ChunkedArray, of: RowIndices, leads: int) -> pa.ListArray:
    codes, names = coded(array_of(providers))
    return sets(of, codes, [marked_provider(name) for name in names], leads)
