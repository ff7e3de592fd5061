"""The filters by hour, weekday and attempt: worked cases on every engine, and what is refused."""

from collections.abc import Iterator

import pytest

from callistics.errors import Refused
from support.engines import ENGINES
from support.store import Store, opened

from .cases import calls

ZONE = "Europe/Berlin"
# Clocks went from 03:00 back to 02:00 on Sunday, 2025-10-26.
STARTS = (
    "2025-10-26T00:30:00Z",  # 02:30, the first time
    "2025-10-26T01:30:00Z",  # 02:30, the second time
    "2025-10-26T23:30:00Z",  # Monday, 00:30
    "2025-07-05T00:10:00Z",  # Saturday, 02:10 in summer
)


@pytest.fixture(scope="module", params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with opened(request.param) as found:
        found.send("calls", calls(*STARTS))
        yield found


def count(store: Store, **filters: object) -> int:
    return store.rows("call_count", timezone=ZONE, filters=filters)[0]["count"]


def test_an_hour_that_occurs_twice_is_one_and_open_ends_need_no_dates(store: Store) -> None:
    assert count(store, hour=2) == 3
    assert count(store, hour=[2], date_from="2025-10-01") == 2
    assert count(store, hour=[0, 2]) == 4
    assert count(store, hour=3) == 0


def test_weekdays_are_those_of_the_zone(store: Store) -> None:
    assert count(store, weekday=7) == 2
    assert count(store, weekday=[1, 6]) == 2
    assert store.rows("call_count", filters={"weekday": 7}) == [{"count": 3}]


def test_open_ends_are_closed_by_the_calls_that_match(store: Store) -> None:
    rows = store.rows("calls_over_time", timezone=ZONE, filters={"weekday": 7})
    assert rows == [{"date": "2025-10-26", "count": 2}]
    assert store.rows("calls_over_time", timezone=ZONE, filters={"hour": 5}) == []


def test_an_attempt_is_settled_before_any_filter(store: Store) -> None:
    own = {"lead_id": "again", "merchant_id": "m9", "reseller_id": "r9"}
    times = ("2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z")
    store.send("calls", [{**own, "call_id": at, "started_at": at} for at in times])
    second = {"merchant_id": "m9", "attempt": 2, "date_from": "2026-01-02"}
    assert store.rows("call_count", filters=second) == [{"count": 1}]
    assert store.rows("call_count", filters={**second, "attempt": [1, 3]}) == [{"count": 0}]


@pytest.mark.parametrize(
    ("filters", "status", "told"),
    [
        ({"hour": 24}, 422, "from 0 to 23"),
        ({"weekday": [1, 0]}, 422, "from 1 to 7"),
        ({"attempt": 0}, 422, "from 1 on"),
        ({"hour": []}, 422, "the list is empty"),
        ({"hour": "9"}, 400, "whole number"),
        ({"hour": [9, None]}, 400, "whole number"),
        ({"weekday": 1.5}, 400, "whole number"),
        ({"attempt": True}, 400, "whole number"),
    ],
)
def test_what_is_no_such_number_is_refused(
    store: Store, filters: dict[str, object], status: int, told: str
) -> None:
    with pytest.raises(Refused, match=told) as refused:
        store.rows("call_count", filters=filters)
    assert refused.value.answer_status == status
