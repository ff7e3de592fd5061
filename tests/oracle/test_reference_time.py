"""Days, hours and ranges around awkward clock changes, worked out by hand."""

import pytest

from .building import between, calls_at, column, reference, rows, series


def test_st_johns_day_begins_before_its_clock_falls_back() -> None:
    """At 02:31Z the clock goes from 00:01 of the 7th back to 23:01 of the 6th."""
    starts = (
        "2010-11-07T02:29:59Z",
        "2010-11-07T02:30:00Z",
        "2010-11-07T02:45:00Z",
        "2010-11-08T03:29:59.999999Z",
        "2010-11-08T03:30:00Z",
    )
    made = reference(calls_at(*starts))
    found = series(made, "day", "2010-11-06", "2010-11-08", "America/St_Johns")
    assert [tuple(row.values()) for row in found] == [
        ("2010-11-06", 1),
        ("2010-11-07", 3),
        ("2010-11-08", 1),
    ]
    heat = rows(made, "hourly_heatmap", timezone="America/St_Johns", group_by=["weekday"])
    saturday = {row["hour"]: row["count"] for row in heat if row["weekday"] == 6}
    assert saturday[23] == 2


def test_st_johns_hours() -> None:
    found = series(reference([]), "hour", "2010-11-07", "2010-11-07", "America/St_Johns")
    assert len(found) == 26
    assert column(found, "date")[:4] == [
        "2010-11-07T00:00:00-02:30",
        "2010-11-06T23:01:00-03:30",
        "2010-11-07T00:00:00-03:30",
        "2010-11-07T01:00:00-03:30",
    ]


def test_lord_howe_hours() -> None:
    zone = "Australia/Lord_Howe"
    made = reference(calls_at("2021-04-03T14:45Z", "2021-04-03T15:15Z", "2021-04-03T15:30Z"))
    back = series(made, "hour", "2021-04-04", "2021-04-04", zone)
    assert len(back) == 25
    assert [tuple(row.values()) for row in back[1:4]] == [
        ("2021-04-04T01:00:00+11:00", 1),
        ("2021-04-04T01:30:00+10:30", 1),
        ("2021-04-04T02:00:00+10:30", 1),
    ]
    forward = series(made, "hour", "2021-10-03", "2021-10-03", zone)
    assert len(forward) == 24
    assert column(forward, "date")[1:4] == [
        "2021-10-03T01:00:00+10:30",
        "2021-10-03T02:30:00+11:00",
        "2021-10-03T03:00:00+11:00",
    ]


def test_apia_has_no_row_for_the_day_it_skipped() -> None:
    made = reference(calls_at("2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z"))
    found = series(made, "day", "2011-12-29", "2011-12-31", "Pacific/Apia")
    assert [tuple(row.values()) for row in found] == [("2011-12-29", 1), ("2011-12-31", 1)]
    assert series(made, "day", "2011-12-30", "2011-12-30", "Pacific/Apia") == []
    weeks = series(made, "week", "2011-12-30", "2011-12-31", "Pacific/Apia")
    assert [tuple(row.values()) for row in weeks] == [("2011-12-26", 1)]


def test_sao_paulo_day_without_midnight() -> None:
    found = series(reference([]), "hour", "2018-11-04", "2018-11-04", "America/Sao_Paulo")
    assert len(found) == 23
    assert found[0]["date"] == "2018-11-04T01:00:00-02:00"


def test_havana_day_with_two_midnights() -> None:
    made = reference(calls_at("2021-11-07T04:00Z", "2021-11-07T05:00Z", "2021-11-08T04:59Z"))
    assert column(series(made, "day", "2021-11-07", "2021-11-07", "America/Havana"), "count") == [3]
    hours = series(made, "hour", "2021-11-07", "2021-11-07", "America/Havana")
    assert column(hours, "date")[:2] == ["2021-11-07T00:00:00-04:00", "2021-11-07T00:00:00-05:00"]
    assert len(hours) == 25


def test_years_and_quarters() -> None:
    made = reference(calls_at("2020-03-31T23:59Z", "2021-01-01T00:00Z"))
    quarters = rows(made, "calls_over_time", granularity="quarter")
    assert [tuple(row.values()) for row in quarters] == [
        ("2020-01-01", 1),
        ("2020-04-01", 0),
        ("2020-07-01", 0),
        ("2020-10-01", 0),
        ("2021-01-01", 1),
    ]
    years = rows(made, "calls_over_time", granularity="year", timezone="America/Havana")
    assert [tuple(row.values()) for row in years] == [("2020-01-01", 2)]


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        # 01:30 is shown at 00:30Z and at 01:30Z
        ("2021-10-31T01:30", "2021-10-31T01:30", 3),
        ("2021-10-31T01:30:00.0", "2021-10-31T01:30:00", 2),
        ("2021-10-31T01:30:00+00:00", "2021-10-31T01:30", 2),
        ("2021-10-31T01:31", "2021-10-31T01:59", 2),
        ("2021-10-31T00:30:00Z", "2021-10-31T00:30:00Z", 1),
        ("2021-10-31", "2021-10-31", 3),
    ],
)
def test_a_repeated_hour_counts_from_its_first_to_its_last(
    first: str, last: str, count: int
) -> None:
    made = reference(calls_at("2021-10-31T00:30Z", "2021-10-31T01:30Z", "2021-10-31T01:30:59.9Z"))
    body = {"filters": between(first, last), "timezone": "Europe/Lisbon"}
    assert rows(made, "call_count", **body) == [{"count": count}]


@pytest.mark.parametrize(
    ("first", "count"), [("2021-03-28T01:29", 2), ("2021-03-28T01:30", 1), ("2021-03-28T02:30", 1)]
)
def test_a_time_in_a_gap_moves_forward(first: str, count: int) -> None:
    made = reference(calls_at("2021-03-28T01:29Z", "2021-03-28T01:30Z"))
    body = {"filters": {"date_from": first}, "timezone": "Europe/Lisbon"}
    assert rows(made, "call_count", **body) == [{"count": count}]


def test_a_bucket_that_the_range_cuts_keeps_its_name() -> None:
    made = reference(calls_at("2021-01-02T10:10Z", "2021-01-02T10:40Z", "2021-01-02T11:10Z"))
    found = series(made, "hour", "2021-01-02T10:30", "2021-01-02T11:00")
    assert [tuple(row.values()) for row in found] == [
        ("2021-01-02T10:00:00+00:00", 1),
        ("2021-01-02T11:00:00+00:00", 0),
    ]


def test_an_open_end_is_closed_by_a_matching_call() -> None:
    made = reference(calls_at("2021-01-02", "2021-01-04", "2021-01-06"))
    assert len(rows(made, "calls_over_time")) == 5
    found = rows(made, "calls_over_time", filters={"date_from": "2021-01-03"})
    assert column(found, "date")[0] == "2021-01-03"
    assert column(found, "count") == [0, 1, 0, 1]
    assert len(rows(made, "calls_over_time", filters={"date_to": "2021-01-05"})) == 4
