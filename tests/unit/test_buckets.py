"""Buckets as SQL cuts them are the buckets of the range, at every trap of the zones."""

import pytest

from callistics.model.buckets import Granularity, TooManyBucketsError, buckets, clock_pieces
from callistics.model.instants import parse_iso
from callistics.model.zones import zone


def labels(name: str, granularity: str, first: str, last: str) -> list[str]:
    where = zone(name)
    begin, end = where.begin_of(parse_iso(first)), where.end_of(parse_iso(last))
    return [one.label for one in buckets(where, Granularity(granularity), begin, end)]


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Lisbon", "2025-10-26", 25),
        ("Europe/Lisbon", "2025-03-30", 23),
        ("Australia/Lord_Howe", "2025-04-06", 25),
        ("Australia/Lord_Howe", "2025-10-05", 24),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("Asia/Kathmandu", "2025-01-01", 24),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_hours_of_odd_days(name: str, day: str, hours: int) -> None:
    assert len(labels(name, "hour", day, day)) == hours


def test_a_repeated_hour_is_two_rows() -> None:
    found = labels("Europe/Lisbon", "hour", "2025-10-26T00:30", "2025-10-26T01:30")
    assert found == [
        "2025-10-26T00:00:00+01:00",
        "2025-10-26T01:00:00+01:00",
        "2025-10-26T01:00:00+00:00",
    ]


def test_an_hour_cut_by_a_change_begins_at_the_change() -> None:
    found = labels("America/St_Johns", "hour", "2010-03-13T23:30", "2010-03-14T02:00")
    assert found == [
        "2010-03-13T23:00:00-03:30",
        "2010-03-14T00:00:00-03:30",
        "2010-03-14T01:01:00-02:30",
        "2010-03-14T02:00:00-02:30",
    ]


def test_a_skipped_day_has_no_row() -> None:
    assert labels("Pacific/Apia", "day", "2011-12-29", "2011-12-31") == ["2011-12-29", "2011-12-31"]


def test_a_day_that_comes_back_is_not_two_rows() -> None:
    found = labels("America/St_Johns", "day", "2010-11-06", "2010-11-08")
    assert found == ["2010-11-06", "2010-11-07", "2010-11-08"]


def test_the_ends_of_the_calendar() -> None:
    assert len(labels("UTC", "year", "0001-01-01", "9999-12-31")) == 9999
    assert labels("UTC", "quarter", "9999-11-01", "9999-12-31") == ["9999-10-01"]


def test_a_range_of_all_years_is_cut_in_any_zone() -> None:
    found = labels("America/St_Johns", "year", "0001-01-01", "9999-12-31")
    assert len(found) == 9999
    where = zone("America/St_Johns")
    begin, end = where.begin_of(parse_iso("0001-01-01")), where.end_of(parse_iso("9999-12-31"))
    assert len(clock_pieces(where, begin, end)) < 700


def test_too_many_buckets_are_refused() -> None:
    with pytest.raises(TooManyBucketsError) as refused:
        labels("Asia/Kolkata", "minute", "2025-01-01", "2025-01-08")
    ends = "from 2025-01-01T00:00:00+05:30 to 2025-01-08T23:59:59.999999+05:30"
    assert ends in str(refused.value)
    assert len(labels("UTC", "minute", "2025-01-01", "2025-01-06")) == 6 * 1440


def test_labels_of_days_before_zones_had_whole_minutes_are_rfc_3339() -> None:
    found = labels("Africa/Monrovia", "hour", "1960-01-01", "1960-01-01")
    # Clocks were 44 minutes and 30 seconds behind: these are the same instants.
    assert found[:2] == ["1959-12-31T23:59:30-00:45", "1960-01-01T00:59:30-00:45"]
    assert len(found) == 24
    (first,) = labels("Africa/Monrovia", "hour", found[0], found[0])
    assert first == found[0]
