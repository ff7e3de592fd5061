"""Worked cases of calls under way at once, the same on every engine."""

from typing import Any

import pytest

from callistics.errors import Refused
from support.store import Store, scope_of

from .cases import between, calls

DAY = between("2021-01-01", "2021-01-01")


def send(store: Store, *timed: tuple[str, float | None], **fields: Any) -> None:
    """Calls that start at a time and last so many seconds."""
    starts, durations = zip(*timed, strict=True)
    store.send("calls", calls(*starts, duration=durations, **fields))


def levels(store: Store, **body: Any) -> list[tuple[Any, ...]]:
    """(date, peak, avg) of each row, after its groups."""
    return [tuple(row.values()) for row in store.rows("concurrency", **body)]


def test_calls_that_meet_are_not_under_way_together(store: Store) -> None:
    send(store, ("2021-01-01T10:00Z", 60), ("2021-01-01T10:01Z", 60), ("2021-01-01T10:02Z", 60))
    assert levels(store, filters=DAY) == [("2021-01-01", 1, 0.0)]
    assert levels(store, granularity="hour") == [("2021-01-01T10:00:00+00:00", 1, 0.05)]


def test_those_that_share_a_millisecond_are(store: Store) -> None:
    send(store, ("2021-01-01T10:00Z", 60.001), ("2021-01-01T10:01Z", 0.001))
    assert levels(store, granularity="minute") == [
        ("2021-01-01T10:00:00+00:00", 1, 1.0),
        ("2021-01-01T10:01:00+00:00", 2, 0.0),
    ]


def test_an_end_takes_no_part_where_others_begin(store: Store) -> None:
    send(store, ("2021-01-01T10:00Z", 3600), ("2021-01-01T10:00Z", 3600), ("2021-01-01T11:00Z", 1))
    assert [peak for _, peak, _ in levels(store, granularity="hour")] == [2, 1]


def test_calls_of_no_or_unknown_length_are_left_out(store: Store) -> None:
    send(store, ("2021-01-01T10:00Z", 0), ("2021-01-01T10:00Z", None))
    assert levels(store) == []
    assert levels(store, filters=DAY) == [("2021-01-01", 0, 0.0)]
    assert levels(store, filters=DAY, group_by=["provider"]) == []


def test_buckets_without_an_event_carry_what_is_under_way(store: Store) -> None:
    send(store, ("2021-01-01T09:30Z", 3 * 3600), ("2021-01-01T10:00Z", 3600))
    assert levels(store, granularity="hour") == [
        ("2021-01-01T09:00:00+00:00", 1, 0.5),
        ("2021-01-01T10:00:00+00:00", 2, 2.0),
        ("2021-01-01T11:00:00+00:00", 1, 1.0),
        ("2021-01-01T12:00:00+00:00", 1, 0.5),
    ]


def test_dates_test_the_overlap(store: Store) -> None:
    # The second ends where the range begins, the last begins where it ends.
    send(
        store,
        ("2020-12-31T23:00Z", 7200),
        ("2020-12-31T23:00Z", 3600),
        ("2021-01-01T00:00Z", 86400),
        ("2021-01-02T00:00Z", 86400),
    )
    assert levels(store, filters=DAY) == [("2021-01-01", 2, 1.04)]
    assert levels(store, filters=DAY, group_by=["hour"]) == [
        (0, "2021-01-01", 1, 1.0),
        (23, "2021-01-01", 1, 0.04),
    ]


def test_a_bucket_that_the_range_cuts_is_divided_by_its_part_inside(store: Store) -> None:
    send(store, ("2021-01-01T10:00Z", 3600))
    cut = between("2021-01-01T10:15", "2021-01-01T10:45:59")
    assert levels(store, granularity="hour", filters=cut) == [("2021-01-01T10:00:00+00:00", 1, 1.0)]


def test_open_ends_extend_to_the_edges_of_their_buckets(store: Store) -> None:
    send(store, ("2021-01-01T22:00Z", 3600), ("2021-01-03T00:00Z", 86400), ("2021-01-09", 0))
    days = [("2021-01-01", 1, 0.04), ("2021-01-02", 0, 0.0), ("2021-01-03", 1, 1.0)]
    assert levels(store) == days
    assert levels(store, filters={"date_from": "2021-01-02"}) == days[1:]
    assert levels(store, filters={"date_to": "2021-01-02"}) == days[:2]
    assert levels(store, filters={"date_from": "2021-01-04"}) == []
    assert levels(store, filters={"date_to": "2020-12-31"}) == []


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [("Europe/Lisbon", "2021-10-31", 25), ("Europe/Lisbon", "2021-03-28", 23)],
)
def test_days_are_as_long_as_the_clocks_make_them(
    store: Store, zone: str, first: str, hours: int
) -> None:
    send(store, (f"{first}T10:00Z", 3600))
    found = levels(store, timezone=zone, filters=between(first, first))
    assert found == [(first, 1, round(1 / hours, 2))]
    by_hour = levels(store, timezone=zone, filters=between(first, first), granularity="hour")
    assert sum(average for _, _, average in by_hour) == 1
    assert len(by_hour) == hours


def test_hours_of_a_zone_between_the_hours(store: Store) -> None:
    send(store, ("2021-01-02T05:00Z", 1800))
    assert levels(store, timezone="Asia/Kathmandu", granularity="hour") == [
        ("2021-01-02T10:00:00+05:45", 1, 0.25),
        ("2021-01-02T11:00:00+05:45", 1, 0.25),
    ]


def test_groups_are_counted_by_themselves(store: Store) -> None:
    # A Friday; the second runs into Saturday, where it is still of its start's weekday.
    send(store, ("2021-01-01T22:00Z", 3600), ("2021-01-01T23:00Z", 7200), provider=("A", None))
    both = between("2021-01-01", "2021-01-02")
    assert levels(store, filters=both) == [("2021-01-01", 1, 0.08), ("2021-01-02", 1, 0.04)]
    assert levels(store, filters=both, group_by=["provider"]) == [
        ("A", "2021-01-01", 1, 0.04),
        ("A", "2021-01-02", 0, 0.0),
        (None, "2021-01-01", 1, 0.04),
        (None, "2021-01-02", 1, 0.04),
    ]
    second = between("2021-01-02", "2021-01-02")
    assert levels(store, filters=second, group_by=["weekday", "hour"]) == [
        (5, 23, "2021-01-02", 1, 0.04)
    ]
    with pytest.raises(Refused):
        store.rows("concurrency", group_by=["date"])


def test_a_weekday_long_before_the_range_is_that_of_its_own_clocks(store: Store) -> None:
    # 00:30 on a Monday in summer time, 23:30 on a Sunday without it.
    send(store, ("2020-07-05T22:30Z", 366 * 86400))
    found = levels(store, timezone="Europe/Berlin", filters=DAY, group_by=["weekday", "hour"])
    assert found == [(1, 0, "2021-01-01", 1, 1.0)]


def test_replaced_calls_are_not_under_way(store: Store) -> None:
    send(store, ("2021-01-01T10:00Z", 3600), ("2021-01-01T10:00Z", 3600))
    send(store, ("2021-01-01T10:00Z", 60), ("2021-01-01T12:00Z", 0))
    assert levels(store, granularity="hour") == [("2021-01-01T10:00:00+00:00", 1, 0.02)]


def test_a_scope_sees_its_own_calls_alone(store: Store) -> None:
    send(store, ("2021-01-01T10:00Z", 3600))
    other = {"call_id": "c", "merchant_id": "n", "reseller_id": "r", "duration": 86400}
    store.send("calls", [{**other, "started_at": "2021-01-01T10:30Z"}])
    body = {"query_type": "concurrency", "granularity": "hour"}
    found = store.ask(body, scope_of({"merchant_ids": ["m"]}))["data"]
    assert found == [{"date": "2021-01-01T10:00:00+00:00", "peak": 1, "avg": 1.0}]


def test_pages_carry_what_is_under_way(store: Store) -> None:
    send(store, ("2021-01-01T10:30Z", 86400), ("2021-01-01T12:30Z", 60))
    found = levels(store, granularity="hour", page=2, page_size=2)
    assert [(peak, average) for _, peak, average in found] == [(2, 1.02), (1, 1.0)]
