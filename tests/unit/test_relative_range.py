"""Ranges that are named from now on."""

import pytest

from callistics.model.instants import parse_iso
from callistics.model.relative_range import FORMS, named_range
from callistics.model.time_range import TimeRange
from callistics.model.zones import zone

# A Wednesday.
NOW = "2025-01-15T20:00:00.1239Z"
NAMES = {
    "today": "2025-01-16/2025-01-17",
    "yesterday": "2025-01-15/2025-01-16",
    "last_day": "2025-01-15/2025-01-16",
    "last_1_days": "2025-01-15/2025-01-16",
    "last_7_days": "2025-01-09/2025-01-16",
    "this_week": "2025-01-13/2025-01-20",
    "last_week": "2025-01-06/2025-01-13",
    "last_3_weeks": "2024-12-23/2025-01-13",
    "this_month": "2025-01-01/2025-02-01",
    "last_month": "2024-12-01/2025-01-01",
    "last_13_months": "2023-12-01/2025-01-01",
    "this_quarter": "2025-01-01/2025-04-01",
    "last_quarter": "2024-10-01/2025-01-01",
    "last_5_quarters": "2023-10-01/2025-01-01",
    "this_year": "2025-01-01/2026-01-01",
    "last_year": "2024-01-01/2025-01-01",
    "last_1000_years": "1025-01-01/2025-01-01",
}
LASTING = {
    "past_5_minutes": "2025-01-15T19:55:00.123Z",
    "past_1_hours": "2025-01-15T19:00:00.123Z",
    "past_48_hours": "2025-01-13T20:00:00.123Z",
    "past_2_days": "2025-01-13T20:00:00.123Z",
}
NONE = (
    "",
    "Today",
    "today ",
    "today\n",
    "last_0_days",
    "last_07_days",
    "last_+7_days",
    "last_1001_days",
    "last_7_day",
    "last_7days",
    "last_-7_days",
    "last_days",
    "last_N_days",
    "last_5_minutes",
    "last_5_hours",
    "this_day",
    "this_2_weeks",
    "past_day",
    "past_hour",
    "past_2_weeks",
    "past_1_hour",
    "last_\u0667_days",
    "2025-01-01",
)


def instant(text: str, where: str = "UTC") -> int:
    return zone(where).begin_of(parse_iso(text))


def named(name: str, now: str, where: str) -> tuple[int, int]:
    found = named_range(name, zone(where), instant(now))
    assert found.since <= instant(now) < found.until
    return found.begin, found.end


@pytest.mark.parametrize("name", NAMES)
def test_whole_periods_are_those_of_the_zone(name: str) -> None:
    """In Kolkata the 16th has begun; weeks are from Monday."""
    begin, end = NAMES[name].split("/")
    kolkata = "Asia/Kolkata"
    assert named(name, NOW, kolkata) == (instant(begin, kolkata), instant(end, kolkata))


@pytest.mark.parametrize("name", LASTING)
def test_what_is_past_ends_now_to_the_millisecond(name: str) -> None:
    assert named(name, NOW, "UTC") == (instant(LASTING[name]), instant("2025-01-15T20:00:00.123Z"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [1, 9, 10, 365, 999, 1000])
def test_every_form_is_a_range(form: str, count: int) -> None:
    begin, end = named(form.replace("N", str(count)), NOW, "America/St_Johns")
    assert begin < end


@pytest.mark.parametrize("name", NONE)
def test_nothing_else_is(name: str) -> None:
    with pytest.raises(ValueError, match="no such range; one of today, yesterday, this_week, "):
        named(name, NOW, "UTC")


@pytest.mark.parametrize(
    ("now", "name", "begin", "end"),
    [
        # A day of 25 hours: a local day ago is not 24 hours ago.
        ("2021-10-31T12:00:00Z", "past_1_days", "2021-10-30T11:00:00Z", "2021-10-31T12:00:00Z"),
        ("2021-10-31T12:00:00Z", "past_24_hours", "2021-10-30T12:00:00Z", "2021-10-31T12:00:00Z"),
        # 01:30 a day ago occurred twice: the first.
        ("2021-11-01T01:30:00Z", "past_1_days", "2021-10-31T00:30:00Z", "2021-11-01T01:30:00Z"),
        # 01:30 a day ago was skipped: an hour later by the clocks.
        ("2021-03-29T00:30:00Z", "past_1_days", "2021-03-28T01:30:00Z", "2021-03-29T00:30:00Z"),
        ("2021-10-31T23:59:59Z", "today", "2021-10-30T23:00:00Z", "2021-11-01T00:00:00Z"),
    ],
)
def test_clocks_that_change(now: str, name: str, begin: str, end: str) -> None:
    assert named(name, now, "Europe/Lisbon") == (instant(begin), instant(end))


def test_a_day_that_has_begun_does_not_end_where_clocks_fall_back_over_midnight() -> None:
    """At 00:01 clocks went back to 23:01: the 7th had begun, and goes on."""
    begin, end = named("today", "2010-11-07T03:00:00Z", "America/St_Johns")
    assert (begin, end) == (instant("2010-11-07T02:30Z"), instant("2010-11-08T03:30Z"))


@pytest.mark.parametrize(
    ("begin", "end", "where", "text"),
    [
        (
            "2025-01-01",
            "2025-02-01",
            "Asia/Kolkata",
            "2025-01-01T00:00:00+05:30/2025-02-01T00:00:00+05:30",
        ),
        ("2025-03-30", None, "Europe/Lisbon", "2025-03-30T00:00:00+00:00/.."),
        (None, "2025-03-31", "Europe/Lisbon", "../2025-03-31T00:00:00+01:00"),
        (None, None, "UTC", "../.."),
        (
            "2025-01-01T00:00:00.5",
            "2025-01-01T00:00:00.000001",
            "UTC",
            "2025-01-01T00:00:00.5+00:00/2025-01-01T00:00:00.000001+00:00",
        ),
        # Offsets had seconds then; an offset of RFC 3339 has none.
        ("1900-01-01T00:00:00Z", None, "Europe/Lisbon", "1899-12-31T23:23:00-00:37/.."),
        ("0001-01-01", None, "Asia/Kolkata", "0001-01-01T00:00:00+05:53/.."),
    ],
)
def test_a_range_as_text(begin: str | None, end: str | None, where: str, text: str) -> None:
    ends = (None if one is None else instant(one, where) for one in (begin, end))
    assert TimeRange(zone(where), *ends).text == text


def test_the_last_day_that_can_be_written_has_a_text() -> None:
    end = zone("UTC").end_of(parse_iso("9999-12-31"))
    assert TimeRange(zone("UTC"), None, end).text == "../9999-12-31T23:59:59.999999+00:00"


def test_a_range_is_complete_until_its_end_or_now() -> None:
    now, end = instant(NOW), instant("2025-01-15T20:00:00.1Z")
    assert TimeRange(zone("UTC"), None, None).complete_until(now) == "2025-01-15T20:00:00.123+00:00"
    assert TimeRange(zone("UTC"), None, end).complete_until(now) == "2025-01-15T20:00:00.1+00:00"
    later = TimeRange(zone("Asia/Kolkata"), None, instant("2030-01-01"))
    assert later.complete_until(now) == "2025-01-16T01:30:00.123+05:30"
