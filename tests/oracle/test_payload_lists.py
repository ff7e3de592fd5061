"""On every engine an operator means of a list or an object what the worked cases say."""

# pyright: reportReturnType=false

from collections.abc import Iterator

import pytest

from support.engines import ENGINES
from support.store import Store, opened

from .test_reference_payloads import LISTS


@pytest.fixture(scope="module", params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The value of each case, under `k` of the call of its number."""
    with opened(request.param) as made:
        made.send("calls", [call(number, value) for number, (value, _, _) in enumerate(LISTS)])
        yield made


def call(number: int, value: object) -> dict[str, object]:
    ids = {"merchant_id": "m", "reseller_id": "r", "call_id": str(number)}
    return ids | {"started_at": "2025-01-15T09:30:00Z", "payload": {"k": value}}


@pytest.mark.parametrize("number", range(len(LISTS)), ids=lambda n: f"{LISTS[n][0]} {LISTS[n][1]}")
def test_an_operator_on_a_list_or_an_object(store: Store, number: int) -> None:
    _, wanted, found = LISTS[number]
    filters = {"lead_id": str(number), "payload_filters": {"k": wanted}}
    assert store.rows("call_count", filters=filters) == [{"count": int(found)}]


def test_values_that_are_no_lists(store: Store) -> None:
    """The key of a list beside scalars and absence: each record is on one side of `ne`."""
    others = [call(1_000 + n, value) for n, value in enumerate(("a", "b", None))]
    store.send("calls", [*others, call(1_003, ["a", "c"])])
    sides = [{"eq": "a"}, {"ne": "a"}, {"in": ["a", None]}, {"not_in": ["a", None]}]
    counts = [
        store.rows(
            "call_count",
            filters={"lead_id": [str(1_000 + n) for n in range(4)], "payload_filters": {"k": side}},
        )[0]["count"]
        for side in sides
    ]
    assert counts == [2, 2, 3, 1]
