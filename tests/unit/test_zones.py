"""Changes of a zone's offset are found wherever they are, and to the microsecond."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callistics.model.instants import DAY, HOUR, micros, naive
from callistics.model.time_range import instant_text
from callistics.model.zones import FIRST_INSTANT, zone
from callistics.timezones import rules, zone_names


def begin_of(year: int) -> int:
    return micros(naive(0).replace(year=year))


def hour_by_hour(name: str, year: int) -> list[tuple[int, int]]:
    """The changes in a year: the end of the hour that each is in, and what it is."""
    there = zone(name)
    begin, end = begin_of(year), begin_of(year + 1)
    found: list[tuple[int, int]] = []
    before = there.offset_at(begin - 1)
    for instant in [*range(begin, end, HOUR), end - 1]:
        after = there.offset_at(instant)
        if after != before:
            found.append((instant, after))
        before = after
    return found


@given(st.sampled_from(sorted(zone_names())), st.integers(1900, 2100))
# Twice within four days, and within a week.
@example("Africa/Freetown", 1939)
@example("America/Noronha", 2000)
@example("Asia/Gaza", 2040)
@example("Africa/Casablanca", 2024)
@example("Pacific/Apia", 2011)
@example("Antarctica/Troll", 2005)
@example("Africa/Lagos", 1913)
@example("UTC", 2025)
def test_every_change_of_a_year_is_found(name: str, year: int) -> None:
    there = zone(name)
    begin, end = begin_of(year), begin_of(year + 1)
    found = there.transitions(begin - 1, end)
    expected = hour_by_hour(name, year)
    assert [offset for _, offset in found] == [offset for _, offset in expected]
    for (at, offset), (hour, _) in zip(found, expected, strict=True):
        assert hour - HOUR < at <= hour
        assert there.offset_at(at) == offset
        assert there.offset_at(at - 1) != offset


@pytest.mark.parametrize("name", ["Europe/Lisbon", "Asia/Kathmandu"])
def test_a_range_has_the_changes_inside_it(name: str) -> None:
    there = zone(name)
    first, middle, last = (begin_of(year) for year in (1980, 1985, 1990))
    parts = there.transitions(first, middle) + there.transitions(middle - 1, last)
    assert parts == there.transitions(first, last)
    assert bool(parts)


@pytest.mark.parametrize("name", ["Pacific/Port_Moresby", "Europe/Berlin", "UTC", "Asia/Kolkata"])
def test_what_changed_before_the_years_of_records_has_changed(name: str) -> None:
    there = zone(name)
    low, high = begin_of(1000), begin_of(2300)
    changes = there.transitions(low, high)
    for year in (1900, 1950, 2026, 2199):
        instant = begin_of(year)
        offset = there.offset_at(low)
        for at, after in changes:
            offset = after if at <= instant else offset
        assert offset == there.offset_at(instant)
    assert [at for at, _ in changes if at <= FIRST_INSTANT] == [FIRST_INSTANT] * (name != "UTC")


@given(
    st.sampled_from(sorted(zone_names())),
    st.integers(begin_of(1900), begin_of(2100)),
    st.booleans(),
)
@example("Africa/Freetown", begin_of(1939), True)
@example("Europe/Amsterdam", begin_of(1937), True)
@example("Pacific/Apia", begin_of(2011), True)
def test_an_offset_is_that_of_the_rules(name: str, instant: int, at_change: bool) -> None:
    there = zone(name)
    changes = there.transitions(instant, instant + 400 * DAY) if at_change else []
    for moment in [instant, *(at + more for at, _ in changes for more in (-1, 0, 1))]:
        read = naive(moment).replace(tzinfo=UTC).astimezone(rules(name))
        assert timedelta(microseconds=there.offset_at(moment)) == read.utcoffset()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("UTC", "2025-07-01T12:00:00+00:00"),
        ("Asia/Kolkata", "2025-07-01T17:30:00+05:30"),
        ("America/St_Johns", "2025-07-01T09:30:00-02:30"),
        ("Pacific/Chatham", "2025-07-02T00:45:00+12:45"),
    ],
)
@pytest.mark.parametrize(
    ("more", "fraction"), [(0, ""), (500_000, ".5"), (10, ".00001"), (1, ".000001")]
)
def test_an_instant_is_written_by_the_clocks_of_a_zone(
    name: str, text: str, more: int, fraction: str
) -> None:
    instant = micros(datetime(2025, 7, 1, 12))  # noqa: DTZ001
    expected = text[: len("2025-07-01T12:00:00")] + fraction + text[len("2025-07-01T12:00:00") :]
    assert instant_text(zone(name), instant + more) == expected
