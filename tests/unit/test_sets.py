"""Records that are committed together as columns come to what they come to one after the other."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.decoders import WHOLE
from support.engines import RECORDS
from support.examples import examples
from support.store import Store, opened

TIMES = st.sampled_from([f"2025-01-15T09:3{minute}:00Z" for minute in range(1, 5)])
SCORES = st.sampled_from((0, 0.5, 0.5000000000000000001, 1, 2, "positive", None))
NAMES = st.fixed_dictionaries(
    {"call_id": st.sampled_from("abcd"), "merchant_id": st.sampled_from("mn"), "updated_at": TIMES}
)
WHOLE_CALLS = st.builds(
    lambda names, more: {**WHOLE, "test": False, **names, **more},
    NAMES,
    st.fixed_dictionaries(
        {"lead_id": st.sampled_from("xyz"), "sentiment": SCORES},
        optional={
            "started_at": st.sampled_from(("2025-01-15T09:30:00Z", "2025-02-30T00:00:00Z")),
            "payload": st.sampled_from((None, {"city": "Delhi"})),
            "duration": st.sampled_from((30, "long")),
            "template_id": st.none(),
        },
    ),
)
LATER = st.builds(
    lambda names, more: names | more,
    NAMES,
    st.fixed_dictionaries(
        {"sentiment": SCORES},
        optional={"outcome": st.just("BUSY"), "status": st.just("lost"), "cost": st.just(0.1)},
    )
    | st.fixed_dictionaries({"sentiment": st.sampled_from((0.25, 0.75))}),
)
BODIES = st.lists(st.lists(WHOLE_CALLS | LATER, min_size=1, max_size=5), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def together() -> Iterator[Store]:
    with opened() as found:
        found.block = 1
        yield found


@pytest.fixture(scope="module")
def alone() -> Iterator[Store]:
    with opened() as found:
        found.block = 1_000
        yield found


def states(store: Store) -> list[Any]:
    return [store.dump(table) for table in RECORDS]


@examples(30)
@given(bodies=BODIES, before=st.lists(WHOLE_CALLS | LATER, max_size=2), skip=st.booleans())
def test_a_set_is_its_records_one_after_the_other(
    together: Store,
    alone: Store,
    bodies: Sequence[Sequence[Any]],
    before: Sequence[Any],
    skip: bool,
) -> None:
    for store in (together, alone):
        store.clear()
        for record in before:
            store.send("calls", [record], skip=True)
    requests = [("calls", body) for body in bodies]
    receipts = together.send_together(requests, skip=skip)
    assert receipts == [alone.send("calls", body, skip=skip) for body in bodies]
    assert states(together) == states(alone)
    for query in ("call_count", "sentiment_distribution", "status_distribution"):
        assert together.rows(query) == alone.rows(query)


def test_a_score_that_follows_its_call_needs_no_merging(together: Store) -> None:
    call = {name: value for name, value in WHOLE.items() if name != "sentiment"}
    score = {"call_id": "c", "merchant_id": "m", "sentiment": 0.5}
    batch = together.write("calls", [{**score, "updated_at": "2025-01-16T00:00:00Z"}, call])
    assert batch.columns is not None
    assert (list(batch.changes), sorted(batch.columns.received)) == ([], [0, 1])


def test_a_time_that_does_not_exist_leaves_the_others_as_columns(together: Store) -> None:
    wrong = {**WHOLE, "call_id": "b", "started_at": "2025-02-30T00:00:00Z"}
    batch = together.write("calls", [{**WHOLE, "call_id": "a"}, wrong, WHOLE])
    assert batch.columns is not None
    assert list(batch.columns.received) == [0, 2]
    assert [bad.index for bad in batch.rejected] == [1]
