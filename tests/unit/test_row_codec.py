"""A state is read back from its row as it was, with the time of every field."""

# pyright: reportArgumentType=false

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from callistics.records.columnar.row_codec import COLUMNS, call_rows, lead_rows, plain, state_of
from callistics.records.field import RecordKind
from callistics.records.fields import PARTS
from callistics.records.merge import State

IDENTITY = ("m", "c1")
TIMES = st.integers(1, 3)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "started_at": st.integers(0, 9),
    "ended_at": st.integers(0, 9),
    "created_at": st.integers(0, 9),
    "duration": st.integers(0, 9),
    "attempt": st.integers(1, 3),
    "sentiment": st.sampled_from([0.0, 0.5]),
    "test": st.booleans(),
    "success": st.booleans(),
    "answered_at": st.integers(0, 9),
    "cost": st.integers(0, 9),
    "lead_id": st.sampled_from(["c1", "l1"]),
}


def states(kind: RecordKind) -> st.SearchStrategy[State]:
    fields = {
        name: st.tuples(st.none() | VALUES.get(name, st.sampled_from("ab")), TIMES)
        for name in COLUMNS[kind]
    }
    return st.builds(
        lambda brought, events: State(
            {
                name: value
                for name, (value, _) in brought.items()
                if name not in PARTS or value is not None
            },
            {name: time for name, (_, time) in brought.items() if name not in PARTS},
            events,
            max((time for name, (_, time) in brought.items() if name not in PARTS), default=5),
        ),
        st.fixed_dictionaries({}, optional=fields),
        st.sets(st.tuples(st.none() | st.just("new"), st.none() | TIMES), max_size=2),
    )


def read_back(kind: RecordKind, rows: pa.Table) -> State:
    (row,) = plain(rows)
    return state_of(kind, row)


@given(states(RecordKind.CALLS))
def test_a_call(state: State) -> None:
    found = read_back(RecordKind.CALLS, call_rows({IDENTITY: state}))
    assert (found.values, found.times, found.events) == (state.values, state.times, state.events)


@given(states(RecordKind.LEADS))
def test_a_lead(state: State) -> None:
    assert read_back(RecordKind.LEADS, lead_rows({IDENTITY: state})) == state


def test_a_late_field_is_named_and_the_others_are_not() -> None:
    names = COLUMNS[RecordKind.CALLS].keys() - VALUES.keys() - PARTS.keys()
    fields = dict.fromkeys(names, "x")
    state = State({**fields, "sentiment": 0.5}, {**dict.fromkeys(fields, 10), "sentiment": 20})
    (late,) = call_rows({IDENTITY: state})["field_times"].to_pylist()
    assert late == '{"sentiment":20,"others":10}'
    other = call_rows({IDENTITY: State(fields, dict.fromkeys(fields, 10))})
    assert other["field_times"].to_pylist() == [None]
