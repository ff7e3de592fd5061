"""Which buckets an alert looks at: where days have other than 24 hours, and hours of quiet."""

import pytest

from callistics.alerts.windows import (
    before,
    end_of_hours,
    is_within,
    last_closed,
    next_end,
    window_ending,
)
from callistics.model.alerts import Hours, Window
from callistics.model.buckets import Granularity
from callistics.model.instants import HOUR, MINUTE
from callistics.model.time_range import instant_text
from callistics.model.zones import zone
from support.alerting import at

BERLIN, UTC = zone("Europe/Berlin"), zone("UTC")
DAY_AND_NIGHT = (0, 24 * 60)


def test_a_day_of_25_hours_is_one_bucket() -> None:
    end = next_end(BERLIN, Granularity.DAY, at("2025-10-25T22:00"))
    assert end - at("2025-10-25T22:00") == 25 * HOUR
    window = window_ending(BERLIN, Granularity.DAY, end, 1)
    assert window == Window(at("2025-10-25T22:00"), at("2025-10-26T23:00"))


def test_the_hour_that_occurs_twice_is_two_buckets() -> None:
    first = at("2025-10-26T00:00")
    ends = [next_end(BERLIN, Granularity.HOUR, first + hours * HOUR) for hours in range(3)]
    assert [instant_text(BERLIN, end) for end in ends] == [
        "2025-10-26T02:00:00+01:00",
        "2025-10-26T03:00:00+01:00",
        "2025-10-26T04:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("granularity", "now", "closed"),
    [
        (Granularity.HOUR, "2025-03-30T00:59:59", "2025-03-30T00:00"),
        (Granularity.HOUR, "2025-03-30T01:00", "2025-03-30T01:00"),
        (Granularity.DAY, "2025-03-30T21:59", "2025-03-29T23:00"),
        (Granularity.DAY, "2025-03-30T22:00", "2025-03-30T22:00"),
        (Granularity.WEEK, "2025-03-30T22:00", "2025-03-30T22:00"),
        (Granularity.MONTH, "2025-03-31T22:00", "2025-03-31T22:00"),
    ],
)
def test_the_last_closed_bucket_ends_where_the_running_one_begins(
    granularity: Granularity, now: str, closed: str
) -> None:
    assert last_closed(BERLIN, granularity, at(now)) == at(closed)


def test_a_day_is_compared_with_that_of_the_week_before_by_the_calendar() -> None:
    day = window_ending(BERLIN, Granularity.DAY, at("2025-03-30T22:00"), 1)
    assert day.end - day.begin == 23 * HOUR
    other = before(BERLIN, Granularity.DAY, day, 1, "previous_week")
    assert other == Window(at("2025-03-22T23:00"), at("2025-03-23T23:00"))


def test_an_hour_is_compared_with_that_of_the_week_before_by_the_clock() -> None:
    hours = window_ending(BERLIN, Granularity.HOUR, at("2025-03-31T09:00"), 3)
    assert hours.end - hours.begin == 3 * HOUR
    other = before(BERLIN, Granularity.HOUR, hours, 3, "previous_week")
    # 8 o'clock of summer is 6 in UTC, that of winter 7.
    assert other == Window(at("2025-03-24T07:00"), at("2025-03-24T10:00"))


def test_both_hours_that_are_two_o_clock_have_one_to_compare_with() -> None:
    for begin in ("2025-10-26T00:00", "2025-10-26T01:00"):
        hour = Window(at(begin), at(begin) + HOUR)
        other = before(BERLIN, Granularity.HOUR, hour, 1, "previous_week")
        assert other == Window(at("2025-10-19T00:00"), at("2025-10-19T01:00"))


def test_the_previous_period_is_as_many_buckets() -> None:
    months = window_ending(UTC, Granularity.MONTH, at("2025-04-01"), 2)
    assert months == Window(at("2025-02-01"), at("2025-04-01"))
    other = before(UTC, Granularity.MONTH, months, 2, "previous_period")
    assert other == Window(at("2024-12-01"), at("2025-02-01"))


def test_hours_over_midnight() -> None:
    night = (Hours(22 * 60, 7 * 60),)
    for time, quiet in (("21:59", False), ("22:00", True), ("06:59", True), ("07:00", False)):
        assert is_within(night, UTC, at(f"2025-06-03T{time}")) == quiet, time
    assert end_of_hours(night, UTC, at("2025-06-03T23:30")) == at("2025-06-04T07:00")
    assert end_of_hours(night, UTC, at("2025-06-03T12:00")) == at("2025-06-03T12:00")


def test_hours_belong_to_the_day_on_which_they_begin() -> None:
    friday = (Hours(22 * 60, 7 * 60, (5,)),)
    assert is_within(friday, UTC, at("2025-06-06T23:00"))
    assert is_within(friday, UTC, at("2025-06-07T06:00"))
    assert not is_within(friday, UTC, at("2025-06-06T06:00"))
    assert not is_within(friday, UTC, at("2025-06-07T23:00"))


def test_hours_that_follow_on_each_other_end_together() -> None:
    hours = (Hours(18 * 60, 9 * 60), Hours(*DAY_AND_NIGHT, (6, 7)))
    assert end_of_hours(hours, UTC, at("2025-06-06T20:00")) == at("2025-06-09T09:00")


def test_quiet_without_an_end_is_looked_at_anew() -> None:
    always = (Hours(*DAY_AND_NIGHT),)
    end = end_of_hours(always, UTC, at("2025-06-06T20:00"))
    assert is_within(always, UTC, end)
    assert end > at("2025-06-13")


def test_hours_of_a_night_on_which_the_clocks_go_forward() -> None:
    night = (Hours(60, 2 * 60 + 30),)
    # Half past two does not occur: it is half past three then.
    assert end_of_hours(night, BERLIN, at("2025-03-30T00:10")) == at("2025-03-30T01:30")
    assert is_within(night, BERLIN, at("2025-03-30T01:30") - MINUTE)
