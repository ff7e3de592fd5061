"""What is derived as columns is what one lead after the other would give."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from callistics.records.columnar.arrow import array_of, same
from callistics.records.columnar.derive import CALLS, OWN, derive
from callistics.records.columnar.match_rows import distinct, is_again, row_indices
from callistics.records.columnar.row_codec import EVENTS
from callistics.records.merge import event_order

Row = dict[str, Any]
Pair = tuple[str, str]
PAIRS = st.tuples(st.sampled_from("mn"), st.sampled_from(("", "a", "b", "a/b", "é")))
STATUS = st.sampled_from((None, "", "new", "won", '"', "wön"))
PAYLOAD = st.sampled_from((None, '{"a":1}', '{"b":2}'))
TENANT = {"reseller_id": st.sampled_from("rs"), "template_id": st.sampled_from((None, "t"))}
CALL = {
    **TENANT,
    "call_id": st.sampled_from(("c1", "c2", "c3", "é")),
    "started_at": st.integers(0, 3),
    "ended_at": st.none() | st.integers(0, 5),
    "duration_sent_ms": st.none() | st.integers(0, 2),
    "provider": st.sampled_from((None, "", "A", "B")),
    "attempt_sent": st.none() | st.integers(1, 3),
    "payload_own": PAYLOAD,
    "events": st.none() | st.lists(st.tuples(STATUS, st.none() | st.integers(0, 3)), max_size=3),
}
OWN_RECORDS = {
    **TENANT,
    "reseller_id": st.sampled_from((None, "r", "s")),
    "created_at": st.none() | st.integers(0, 3),
    "first_seen": st.integers(0, 3),
    "payload_own": PAYLOAD,
    "events": st.none() | st.lists(st.tuples(STATUS, st.integers(0, 3)), max_size=3),
}


def pairs_table(pairs: Sequence[Pair]) -> pa.Table:
    columns = [pa.array([pair[at] for pair in pairs], pa.string()) for at in (0, 1)]
    return pa.table(columns, names=["merchant_id", "lead_id"])


def packed_events(events: Sequence[tuple[Any, Any]] | None) -> list[Row] | None:
    if events is None:
        return None
    return [{"status": status, "since": since} for status, since in events]


def rows_table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """Rows as a table of several chunks, as concatenating gives them."""

    def one(part: Sequence[Row]) -> pa.Table:
        packed = [{**row, "events": packed_events(row["events"])} for row in part]
        return pa.table(
            {name: pa.array([row[name] for row in packed], schema.field(name).type)
             for name in schema.names},
            schema=schema,
        )  # fmt: skip

    return pa.concat_tables([one(rows[:1]), one(rows[1:])])


@given(st.lists(PAIRS, max_size=6), st.lists(st.lists(PAIRS, max_size=6), max_size=3))
def test_row_indices_of_pairs(wanted: list[Pair], others: list[list[Pair]]) -> None:
    known = {pair: place for place, pair in enumerate(wanted)}
    found = row_indices(pairs_table(wanted), [pairs_table(one) for one in others], "lead_id")
    assert [one.tolist() for one in found] == [
        [known.get(pair, -1) for pair in one] for one in others
    ]


@given(st.lists(PAIRS, max_size=8))
def test_pairs_that_come_more_than_once(pairs: list[Pair]) -> None:
    rows = pairs_table(pairs)
    assert is_again(rows, "lead_id").tolist() == [pairs.count(pair) > 1 for pair in pairs]
    once = distinct(rows, "lead_id").to_pylist()
    assert sorted((row["merchant_id"], row["lead_id"]) for row in once) == sorted(set(pairs))


TEXT_LISTS = st.none() | st.lists(st.none() | st.sampled_from("ab"), max_size=2)
EVENT_LISTS = st.lists(st.tuples(STATUS, st.integers(0, 1)), max_size=2)


@given(st.lists(st.tuples(TEXT_LISTS, TEXT_LISTS)), st.lists(st.tuples(EVENT_LISTS, EVENT_LISTS)))
def test_the_same_row_by_row(
    texts: list[tuple[Any, Any]], events: list[tuple[list[Any], list[Any]]]
) -> None:
    columns = [pa.array([pair[at] for pair in texts], pa.list_(pa.string())) for at in (0, 1)]
    assert same(*columns).tolist() == [one == other for one, other in texts]
    packed = [pa.array([packed_events(pair[at]) or [] for pair in events], EVENTS) for at in (0, 1)]
    assert same(*packed).tolist() == [one == other for one, other in events]
    first = [
        pa.array([pair[at][0] if pair[at] else None for pair in texts], pa.string())
        for at in (0, 1)
    ]
    assert same(*first).tolist() == [
        (one[0] if one else None) == (other[0] if other else None) for one, other in texts
    ]


@given(
    st.integers(1, 4).flatmap(
        lambda leads: st.tuples(
            st.just(leads),
            st.lists(st.tuples(st.integers(0, leads - 1), st.fixed_dictionaries(CALL)), max_size=7),
            st.dictionaries(st.integers(0, leads - 1), st.fixed_dictionaries(OWN_RECORDS)),
        )
    )
)
def test_leads_and_calls(given_: tuple[int, list[tuple[int, Row]], dict[int, Row]]) -> None:
    number, calls, own = given_
    identity = {"merchant_id": "m", "lead_id": ""}
    # Two calls of one lead never have the same id.
    calls = list({(of, call["call_id"]): (of, call | identity) for of, call in calls}.values())
    found = derive(
        pairs_table([("m", str(lead)) for lead in range(number)]),
        rows_table([call for _, call in calls], CALLS),
        np.array([of for of, _ in calls], np.int64),
        rows_table([row | identity for row in own.values()], OWN),
        np.array(list(own), np.int64),
    )
    leads: list[Row] = []
    attempts: dict[tuple[int, str], int] = {}
    for lead in range(number):
        family = sorted(
            (call for of, call in calls if of == lead),
            key=lambda call: (call["started_at"], call["call_id"]),
        )
        if family or own.get(lead, {}).get("reseller_id"):
            leads.append(expected(lead, family, own.get(lead)))
        for place, call in enumerate(family, 1):
            attempts[lead, str(call["call_id"])] = int(call["attempt_sent"] or place)
    assert [
        {**row, "history": [(event["status"], event["since"]) for event in row["history"]]}
        for row in micros(found.leads).to_pylist()
    ] == leads
    assert found.of_leads.tolist() == [int(lead["lead_id"]) for lead in leads]
    assert found.attempt.to_pylist() == [attempts[of, call["call_id"]] for of, call in calls]
    payloads = {lead["lead_id"]: lead["payload_json"] for lead in leads}
    assert found.payload_base.to_pylist() == [
        None if payloads[str(of)] == call["payload_own"] else payloads[str(of)]
        for of, call in calls
    ]


def micros(leads: pa.Table) -> pa.Table:
    since = pa.list_(pa.struct([("status", pa.string()), ("since", pa.int64())]))
    columns = {name: array_of(leads[name]) for name in leads.column_names}
    for name in ("created_at", "first_call_at"):
        columns[name] = columns[name].cast(pa.int64())
    columns["history"] = columns["history"].cast(since)
    return pa.table(columns)


def expected(number: int, calls: list[Row], own: Row | None) -> Row:
    """A lead by the contract, from its calls in order and its own records."""
    first: Row = calls[0] if calls else {}
    told: Row = own or {}
    events = {
        (status, closed_at(call) if since is None else since)
        for call in calls
        for status, since in call["events"] or ()
    } | set(told.get("events") or ())
    past = sorted(events, key=event_order)
    seen = [at for at in (first.get("started_at"), told.get("first_seen")) if at is not None]

    def said(name: str) -> Any:
        return first.get(name) if told.get(name) is None else told[name]

    created = min(seen) if told.get("created_at") is None else told["created_at"]
    called = first.get("started_at")
    return {
        "merchant_id": "m",
        "lead_id": str(number),
        "reseller_id": said("reseller_id"),
        "template_id": said("template_id"),
        "created_at": created,
        "first_call_at": called if called is not None and called < created else None,
        "status": past[-1][0] if past else None,
        "statuses": sorted({status for status, _ in past if status is not None}),
        "providers": sorted(
            {"" if call["provider"] is None else "=" + call["provider"] for call in calls}
        ),
        "history": [event for event in past if event[0] is not None],
        "payload_json": said("payload_own"),
    }


def closed_at(call: Row) -> int:
    if call["ended_at"] is not None:
        return int(call["ended_at"])
    return int(call["started_at"]) + (call["duration_sent_ms"] or 0) * 1_000


def test_nothing_is_derived_of_nothing() -> None:
    none = np.array([], np.int64)
    found = derive(pairs_table([]), CALLS.empty_table(), none, OWN.empty_table(), none)
    assert (found.leads.num_rows, len(found.of_leads), len(found.attempt)) == (0, 0, 0)
