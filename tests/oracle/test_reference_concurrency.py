"""The plain evaluation of calls under way at once, where the answer is known beforehand."""

from typing import Any

from .building import between, call, reference, rows

DAY = between("2021-01-01", "2021-01-01")
CALLS = (
    call("a", "2020-12-31T23:00:00Z", duration=7200),
    call("b", "2021-01-01T00:30:00Z", duration=1800),
    call("c", "2021-01-01T01:00:00Z", duration=3600.001),
    call("d", "2021-01-01T01:00:00Z", duration=0),
    call("e", "2021-01-01T01:00:00Z"),
)


def levels(**body: Any) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows(reference(CALLS), "concurrency", **body)]


def test_levels_of_hours() -> None:
    assert levels(granularity="hour") == [
        ("2020-12-31T23:00:00+00:00", 1, 1),
        ("2021-01-01T00:00:00+00:00", 2, 1.5),
        ("2021-01-01T01:00:00+00:00", 1, 1),
        ("2021-01-01T02:00:00+00:00", 1, 0),
    ]


def test_the_range_cuts_calls_and_buckets() -> None:
    assert levels(filters=DAY) == [("2021-01-01", 2, 0.1)]
    assert levels(filters=between("2021-01-01T02:00", "2021-01-01T02:59")) == [("2021-01-01", 1, 0)]
    half = between("2021-01-01T00:30", "2021-01-01T00:59")
    assert levels(filters=half, granularity="hour") == [("2021-01-01T00:00:00+00:00", 2, 2)]


def test_open_ends_are_edges_of_buckets() -> None:
    assert levels(filters={"date_from": "2021-01-01"}) == [("2021-01-01", 2, 0.1)]
    assert levels() == [("2020-12-31", 1, 0.04), ("2021-01-01", 2, 0.1)]
    assert levels(filters={"date_from": "2021-01-02"}) == []


def test_groups_are_of_what_overlaps() -> None:
    found = levels(filters=DAY, group_by=["weekday"])
    assert found == [(4, "2021-01-01", 1, 0.04), (5, "2021-01-01", 1, 0.06)]
