"""Ranges named from now on, and what the headers of an answer say of its range."""

# pyright: reportArgumentType=false

from typing import Any

import pytest

from callistics.model.instants import parse_iso
from callistics.model.zones import zone
from support.server import Server, problem

KOLKATA = "Asia/Kolkata"
STARTS = ("2025-01-14T18:29:59Z", "2025-01-14T18:30:00Z", "2025-01-15T18:30:00Z", "2025-02-01")


@pytest.fixture
def filled(server: Server) -> Server:
    for number, start in enumerate(STARTS):
        call = {"merchant_id": "m", "reseller_id": "r", "started_at": start}
        assert server.request("POST", "/calls", json={"call_id": f"c{number}", **call}).is_success
    return server


def at(server: Server, now: str) -> None:
    server.set_clock(zone("UTC").begin_of(parse_iso(now)))


def asked(server: Server, **body: Any) -> tuple[int, str, str, bool]:
    """The calls, what the headers say of the range, and whether the answer was kept."""
    answer = server.ask("call_count", **body)
    assert answer.status_code == 200, answer.text
    headers = answer.headers
    return (
        answer.json()["data"][0]["count"],
        headers["callistics-range"],
        headers["callistics-complete-until"],
        "repeated" in headers["server-timing"],
    )


def test_a_name_is_read_when_the_question_comes(filled: Server, engine: str) -> None:
    """Kept while the name means the same, and no longer; the clock may go back, too."""
    today = {"filters": {"date_range": "today"}, "timezone": KOLKATA}
    first = "2025-01-15T00:00:00+05:30/2025-01-16T00:00:00+05:30"
    second = "2025-01-16T00:00:00+05:30/2025-01-17T00:00:00+05:30"
    keeps = engine == "duckdb"
    at(filled, "2025-01-15T12:00:00Z")
    assert asked(filled, **today) == (1, first, "2025-01-15T17:30:00+05:30", False)
    at(filled, "2025-01-15T18:29:59.9999Z")
    assert asked(filled, **today) == (1, first, "2025-01-15T23:59:59.999+05:30", keeps)
    at(filled, "2025-01-15T18:30:00Z")
    assert asked(filled, **today) == (1, second, "2025-01-16T00:00:00+05:30", False)
    at(filled, "2025-01-15T12:00:00Z")
    assert asked(filled, **today)[1:] == (first, "2025-01-15T17:30:00+05:30", False)


def test_what_is_past_is_kept_for_no_other_moment(filled: Server) -> None:
    hour = {"filters": {"date_range": "past_1_hours"}}
    at(filled, "2025-01-14T19:29:59.999Z")
    assert asked(filled, **hour)[0] == 1
    at(filled, "2025-01-14T19:30:00.001Z")
    assert asked(filled, **hour) == (
        0,
        "2025-01-14T18:30:00.001+00:00/2025-01-14T19:30:00.001+00:00",
        "2025-01-14T19:30:00.001+00:00",
        False,
    )


def test_an_answer_of_dates_is_kept_but_not_how_far_it_is_over(filled: Server, engine: str) -> None:
    dates = {"filters": {"date_from": "2025-01-01", "date_to": "2025-01-31"}}
    whole = "2025-01-01T00:00:00+00:00/2025-02-01T00:00:00+00:00"
    at(filled, "2025-01-15T12:00:00Z")
    assert asked(filled, **dates) == (3, whole, "2025-01-15T12:00:00+00:00", False)
    at(filled, "2026-01-01T00:00:00Z")
    assert asked(filled, **dates) == (3, whole, "2025-02-01T00:00:00+00:00", engine == "duckdb")


def test_an_open_end_is_complete_until_now(filled: Server) -> None:
    at(filled, "2025-01-15T12:00:00.25Z")
    assert asked(filled, timezone=KOLKATA)[:3] == (4, "../..", "2025-01-15T17:30:00.25+05:30")
    since = {"filters": {"date_from": "2025-01-15T00:00:00.5"}}
    assert asked(filled, **since)[1] == "2025-01-15T00:00:00.5+00:00/.."


def test_a_name_serves_time_series_and_leads(filled: Server) -> None:
    at(filled, "2025-01-15T12:00:00Z")
    body = {"filters": {"date_range": "last_2_days"}, "timezone": KOLKATA}
    assert filled.rows("calls_over_time", **body) == [
        {"date": "2025-01-13", "count": 0},
        {"date": "2025-01-14", "count": 1},
    ]
    assert filled.rows("status_distribution", filters={"date_range": "this_quarter"}) == [
        {"status": None, "count": 4, "percentage": 100.0}
    ]


def test_a_wrong_name_is_told_the_right_ones(shared_server: Server) -> None:
    answer = shared_server.ask("call_count", filters={"date_range": "last_0_days"})
    (found,) = problem(answer, 422)["errors"]
    assert found["pointer"] == "/filters/date_range"
    assert "last_N_days" in found["message"]
    assert "past_N_minutes" in found["message"]


@pytest.mark.parametrize(
    "filters",
    [
        {"date_range": 7},
        {"date_range": "today", "date_from": "2025-01-01"},
        {"date_range": "today", "date_to": "2025-01-01"},
        {"date_range": "nonsense", "date_to": "2025-01-01"},
    ],
)
def test_a_name_stands_instead_of_dates(shared_server: Server, filters: dict[str, Any]) -> None:
    errors = problem(shared_server.ask("call_count", filters=filters), 400)["errors"]
    assert {one["pointer"] for one in errors} == {"/filters/date_range"}


def test_a_name_that_is_null_is_left_out(shared_server: Server) -> None:
    filters = {"date_range": None, "date_from": "2025-01-01"}
    assert asked(shared_server, filters=filters)[1] == "2025-01-01T00:00:00+00:00/.."


def test_too_many_buckets_are_told_from_where_to_where(filled: Server) -> None:
    """A single call of a far year must be found to be corrected."""
    far = {"call_id": "far", "merchant_id": "m", "reseller_id": "r", "started_at": "1930-01-01T10"}
    filled.request("POST", "/calls", json=far)
    answer = filled.ask("calls_over_time", timezone=KOLKATA)
    (found,) = problem(answer, 422)["errors"]
    assert found["pointer"] == "/granularity"
    assert "from 1930-01-01T15:30:00+05:30 to 2025-02-01T05:30:00+05:30" in found["message"]
    assert "date_from" in found["message"]


BEFORE_ALL_DATES = ("0001-01-01T00:00:00+05:30", "0001-01-01T00:00:00-05:30")
AFTER_ALL_DATES = ("9999-12-31T23:00:00Z", "9999-12-31T23:59:00-05:30")


@pytest.mark.parametrize("name", ["UTC", "Asia/Kathmandu", "America/New_York"])
@pytest.mark.parametrize("ends", [BEFORE_ALL_DATES, AFTER_ALL_DATES])
def test_a_range_ends_where_dates_end(
    shared_server: Server, ends: tuple[str, str], name: str
) -> None:
    """The least time that some languages have lies before the year 1 once it has an offset."""
    filters = dict(zip(("date_from", "date_to"), ends, strict=True))
    for granularity in ("hour", "day", "week", "month"):
        body = {"filters": filters, "granularity": granularity, "timezone": name}
        rows = shared_server.rows("calls_over_time", **body)
        labels = [row["date"] for row in rows]
        assert labels == sorted(set(labels))


def test_too_many_groups_by_date_are_refused(server: Server) -> None:
    """A time series would have them too; here those count that occur."""
    minutes = [
        {
            "call_id": f"c{number}",
            "merchant_id": "m",
            "reseller_id": "r",
            "started_at": f"2025-01-0{1 + number // 1440}T{number // 60 % 24:02}:{number % 60:02}",
        }
        for number in range(10_001)
    ]
    body = {"granularity": "minute", "group_by": ["date"], "page_size": 1}
    assert server.request("POST", "/calls", json=minutes[1:]).is_success
    assert server.ask("call_count", **body).json()["total"] == 10_000
    assert server.request("POST", "/calls", json=minutes[:1]).is_success
    (found,) = problem(server.ask("call_count", **body), 422)["errors"]
    assert found["pointer"] == "/granularity"
    first, last = "2025-01-01T00:00:00+00:00", "2025-01-07T22:40:00+00:00"
    assert f"from {first} to {last}" in found["message"]
