"""Which range another one is compared with, and how much of both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.model.bucket_places import BucketPlaces
from callistics.model.buckets import Granularity, buckets
from callistics.model.comparison import Comparison, Sides, equal_parts, whole_sides
from callistics.model.instants import DAY, HOUR, MINUTE, parse_iso
from callistics.model.time_range import instant_text
from callistics.model.zones import Zone, zone
from support.examples import examples

PERIOD, YEAR = Comparison


def at(text: str, where: Zone) -> int:
    return where.begin_of(parse_iso(text))


def sides(how: Comparison, name: str, first: str, last: str, now: str = "") -> list[str]:
    """Both sides as texts; the dates are inclusive, `now` may end the range before."""
    where = zone(name)
    end = where.end_of(parse_iso(last))
    found = whole_sides(how, where, at(first, where), end)
    if now:
        found = equal_parts(how, where, found, at(now, where))
    return ["/".join(instant_text(where, one) for one in side) for side in found]


def other(how: Comparison, name: str, first: str, last: str) -> str:
    return sides(how, name, first, last)[1]


@pytest.mark.parametrize(
    ("name", "first", "last", "wanted"),
    [
        ("UTC", "2025-03-01", "2025-03-31", "2025-02-01T00:00:00+00:00/2025-03-01T00:00:00+00:00"),
        ("UTC", "2025-01-01", "2025-12-31", "2024-01-01T00:00:00+00:00/2025-01-01T00:00:00+00:00"),
        ("UTC", "2025-03-02", "2025-03-31", "2025-01-31T00:00:00+00:00/2025-03-02T00:00:00+00:00"),
        # A day of 25 hours, and the two before it: days, not hours.
        (
            "Europe/Lisbon",
            "2021-10-31",
            "2021-10-31",
            "2021-10-30T00:00:00+01:00/2021-10-31T00:00:00+01:00",
        ),
        (
            "Europe/Lisbon",
            "2021-11-01",
            "2021-11-02",
            "2021-10-30T00:00:00+01:00/2021-11-01T00:00:00+00:00",
        ),
        # Of other ranges the time that passes counts.
        (
            "Europe/Lisbon",
            "2021-10-31T12:00",
            "2021-11-01T11:59",
            "2021-10-30T13:00:00+01:00/2021-10-31T12:00:00+00:00",
        ),
        (
            "Australia/Lord_Howe",
            "2021-04-04",
            "2021-04-04",
            "2021-04-03T00:00:00+11:00/2021-04-04T00:00:00+11:00",
        ),
        (
            "Asia/Kolkata",
            "2025-03-01",
            "2025-03-31",
            "2025-02-01T00:00:00+05:30/2025-03-01T00:00:00+05:30",
        ),
        # Whole days by other clocks are none here.
        (
            "Asia/Kolkata",
            "2025-03-01T00:00:00Z",
            "2025-03-31T23:59:59Z",
            "2025-01-29T05:30:00+05:30/2025-03-01T05:30:00+05:30",
        ),
        # There was no 30 December.
        (
            "Pacific/Apia",
            "2011-12-29",
            "2011-12-29",
            "2011-12-28T00:00:00-10:00/2011-12-29T00:00:00-10:00",
        ),
        (
            "Pacific/Apia",
            "2011-12-31",
            "2011-12-31",
            "2011-12-29T00:00:00-10:00/2011-12-31T00:00:00+14:00",
        ),
    ],
)
def test_the_previous_period(name: str, first: str, last: str, wanted: str) -> None:
    assert other(PERIOD, name, first, last) == wanted


@pytest.mark.parametrize(
    ("name", "first", "last", "wanted"),
    [
        ("UTC", "2025-03-01", "2025-03-31", "2024-03-01T00:00:00+00:00/2024-04-01T00:00:00+00:00"),
        # 29 February is compared with the 28th, and the whole of the 28th stays whole.
        ("UTC", "2024-02-29", "2024-02-29", "2023-02-28T00:00:00+00:00/2023-03-01T00:00:00+00:00"),
        ("UTC", "2024-02-28", "2024-02-28", "2023-02-28T00:00:00+00:00/2023-03-01T00:00:00+00:00"),
        ("UTC", "2024-02-01", "2024-02-28", "2023-02-01T00:00:00+00:00/2023-03-01T00:00:00+00:00"),
        ("UTC", "2025-02-01", "2025-02-28", "2024-02-01T00:00:00+00:00/2024-03-01T00:00:00+00:00"),
        (
            "UTC",
            "2024-02-29T10:00",
            "2024-02-29T11:59",
            "2023-02-28T10:00:00+00:00/2023-02-28T12:00:00+00:00",
        ),
        (
            "UTC",
            "2024-02-28T10:00",
            "2024-02-29T09:59",
            "2023-02-28T10:00:00+00:00/2023-02-28T10:00:00+00:00",
        ),
        # 01:30 was shown twice on 31 October 2021, and not at all on 28 March 2021.
        (
            "Europe/Lisbon",
            "2022-10-31T01:30",
            "2022-10-31T01:29",
            "2021-10-31T01:30:00+01:00/2021-10-31T01:30:00+00:00",
        ),
        (
            "Europe/Lisbon",
            "2022-03-28T01:30",
            "2022-03-28T01:44",
            "2021-03-28T02:30:00+01:00/2021-03-28T02:45:00+01:00",
        ),
    ],
)
def test_the_previous_year(name: str, first: str, last: str, wanted: str) -> None:
    assert other(YEAR, name, first, last) == wanted


@pytest.mark.parametrize(
    ("how", "name", "range_", "now", "ends"),
    [
        (PERIOD, "UTC", ("2025-03-01", "2025-03-31"), "2025-03-10T14:23", "2025-02-10T14:23"),
        # February has no 30th: as much as there is of it.
        (PERIOD, "UTC", ("2025-03-01", "2025-03-31"), "2025-03-30T12:00", "2025-03-01T00:00"),
        (YEAR, "UTC", ("2024-02-01", "2024-03-31"), "2024-02-29T12:00", "2023-02-28T12:00"),
        (YEAR, "UTC", ("2024-02-01", "2024-03-31"), "2024-02-29T00:00", "2023-03-01T00:00"),
        # The clocks went back in between, or go back today.
        (PERIOD, "Europe/Lisbon", ("2021-11-01", "2021-11-07"), "2021-11-07T08", "2021-10-31T08"),
        (PERIOD, "Europe/Lisbon", ("2021-10-31", "2021-10-31"), "2021-10-31T20", "2021-10-30T20"),
        (
            PERIOD,
            "Australia/Lord_Howe",
            ("2021-04-04", "2021-04-04"),
            "2021-04-04T09:10",
            "2021-04-03T09:10",
        ),
        # Not the same time of day: as much later by the clocks.
        (PERIOD, "UTC", ("2025-03-10T10", "2025-03-10T17"), "2025-03-10T12:05", "2025-03-10T04:05"),
    ],
)
def test_equal_parts(
    how: Comparison, name: str, range_: tuple[str, str], now: str, ends: str
) -> None:
    where = zone(name)
    found = sides(how, name, *range_, now=now)
    wanted = [instant_text(where, at(one, where)) for one in (now, ends)]
    assert [one.partition("/")[2] for one in found] == wanted


def test_the_second_showing_of_an_hour_has_the_whole_hour_beside_it() -> None:
    where = zone("Europe/Lisbon")
    this = Sides((at("2021-10-31", where), at("2021-11-01", where)), (0, 0))
    found = whole_sides(PERIOD, where, *this.this)
    second = at("2021-10-31T01:30:00Z", where)
    assert equal_parts(PERIOD, where, found, second).other[1] == at("2021-10-30T01:30", where)


def test_what_has_not_begun_is_empty_and_what_is_over_whole() -> None:
    where = zone("UTC")
    whole = whole_sides(PERIOD, where, 10 * DAY, 12 * DAY)
    assert whole == ((10 * DAY, 12 * DAY), (8 * DAY, 10 * DAY))
    assert equal_parts(PERIOD, where, whole, 9 * DAY) == ((10 * DAY,) * 2, (8 * DAY,) * 2)
    assert equal_parts(PERIOD, where, whole, 12 * DAY) == whole


@pytest.mark.parametrize("how", Comparison)
@pytest.mark.parametrize("name", ["UTC", "America/New_York", "Pacific/Apia"])
@pytest.mark.parametrize(
    ("first", "last"),
    [("0001-01-01", "9999-12-31"), ("0001-01-01T00:00:00Z", "0001-01-02"), ("0002-01-01",) * 2],
)
def test_years_that_no_date_can_be_in_are_left_out(
    how: Comparison, name: str, first: str, last: str
) -> None:
    where = zone(name)
    begin, end = at(first, where), where.end_of(parse_iso(last))
    before, until = whole_sides(how, where, begin, end).other
    assert at("0002-12-31", where) < before <= until


# Places

ZONES = ("UTC", "Europe/Lisbon", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns")
STARTS = ("2021-10-29", "2021-03-26", "2021-04-02", "2011-12-27", "2010-11-05", "2020-02-27")
STEPS = (1, MINUTE, 20 * MINUTE, HOUR, DAY, 9 * DAY, 40 * DAY, 500 * DAY)


@examples(60)
@given(
    name=st.sampled_from(ZONES),
    granularity=st.sampled_from(Granularity),
    start=st.sampled_from(STARTS),
    minutes=st.integers(0, 5_000),
    length=st.sampled_from(STEPS),
)
def test_places_are_those_of_the_buckets(
    name: str, granularity: Granularity, start: str, minutes: int, length: int
) -> None:
    where = zone(name)
    begin = at(start, where) + minutes * MINUTE
    places = BucketPlaces(where, granularity, begin, begin + length)
    cut = buckets(where, granularity, begin, begin + length, first=300)
    keys = [bucket.key for bucket in cut]
    assert [places.key(place) for place in range(len(keys))] == keys
    assert [places.place(key) for key in keys] == list(range(len(keys)))
    if len(keys) < 300:
        assert len(places) == len(keys)
        assert places.key(len(keys)) is None
    assert places.place(keys[0] - 100 * DAY) is None


def test_places_of_a_range_of_centuries_are_not_counted_out() -> None:
    where = zone("America/New_York")
    begin, end = at("1025-01-01", where), at("9999-12-31", where)
    places = BucketPlaces(where, Granularity.MINUTE, begin, end)
    last = places.key(len(places) - 1)
    assert last is not None
    assert places.place(last) == len(places) - 1
