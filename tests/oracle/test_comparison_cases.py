"""Worked cases of comparisons, the same on every engine."""

from typing import Any

from callistics.model.instants import parse_iso
from callistics.model.zones import zone
from callistics.sql.selection import Policy
from support.store import Store

from .cases import between, calls

FEBRUARY = between("2025-02-01", "2025-02-28")
PERIOD, YEAR = "previous_period", "previous_year"


def send(store: Store, *starts: str, **fields: Any) -> None:
    store.send("calls", calls(*starts, **fields))


def values(store: Store, query_type: str, how: str = PERIOD, **body: Any) -> list[tuple[Any, ...]]:
    """The rows, each without the names of its fields."""
    body = {"filters": FEBRUARY, **body}
    return [tuple(row.values()) for row in store.rows(query_type, compare=how, **body)]


def at(text: str) -> int:
    return zone("UTC").begin_of(parse_iso(text))


def test_figures_follow_in_their_order(store: Store) -> None:
    send(store, "2025-01-10T10", "2025-02-10T10", "2025-02-11T10", duration=(5, 7, 8))
    (row,) = store.rows("call_duration", filters=FEBRUARY, compare=PERIOD)
    names = ["count", "avg", "min", "max", "total", "p50", "p90", "p95", "p99"]
    assert list(row) == [*names, *(f"previous.{name}" for name in names)]
    assert [row["avg"], row["previous.avg"]] == [7.5, 5]


def test_ties_and_what_only_one_side_has(store: Store) -> None:
    before, now = ["2025-01-10"] * 4, ["2025-02-10"] * 3
    outcomes = ("Z", "B", None, "A", "A", "C", None)
    send(store, *before, *now, outcome=outcomes)
    assert values(store, "outcome_distribution") == [
        ("A", 1, 33.33, 1, 25.0),
        ("C", 1, 33.33, None, None),
        (None, 1, 33.33, 1, 25.0),
        ("B", 0, 0.0, 1, 25.0),
        ("Z", 0, 0.0, 1, 25.0),
    ]
    assert values(store, "top_outcomes") == [
        (1, "A", 1, 50.0, 1, 33.33),
        (2, "C", 1, 50.0, None, None),
        (3, "B", 0, 0.0, 1, 33.33),
        (4, "Z", 0, 0.0, 1, 33.33),
    ]


def test_shares_of_a_side_without_calls(store: Store) -> None:
    send(store, "2025-01-10", "2025-01-11", outcome=("A", None))
    rows = [("A", 0, None, 1, 50.0), (None, 0, None, 1, 50.0)]
    assert values(store, "outcome_distribution") == rows
    assert values(store, "call_count") == [(0, 2)]
    march = between("2025-03-01", "2025-03-31")
    assert values(store, "call_count", filters=march) == [(0, 0)]
    assert values(store, "outcome_distribution", filters=march) == []


def test_attempts_stand_in_their_order(store: Store) -> None:
    starts = ("2025-01-10", "2025-02-10", "2025-02-11")
    send(store, *starts, attempt=(2, 1, 3), success=(True, False, True))
    assert values(store, "retry_analysis") == [
        (1, 1, 50.0, 0, 0.0, None, None, None, None),
        (2, 0, 0.0, 0, None, 1, 100.0, 1, 100.0),
        (3, 1, 50.0, 1, 100.0, None, None, None, None),
    ]


def test_costs_of_currencies_that_one_side_has(store: Store) -> None:
    starts, currencies = ("2025-01-10", "2025-02-10", "2025-02-11"), ("EUR", "INR", None)
    send(store, *starts, cost=(1, 2, 4), currency=currencies)
    rows = store.rows("measure", measure="cost", filters=FEBRUARY, compare=PERIOD)
    shown = [
        (row["currency"], row["sum"], row["avg"], row["previous.sum"], row["previous.avg"])
        for row in rows
    ]
    assert shown == [("EUR", 0, None, 1, 1), ("INR", 2, 2, None, None), (None, 4, 4, None, None)]


def test_a_group_that_only_one_side_has(store: Store) -> None:
    send(store, "2025-01-10", "2025-02-10", provider=("A", None), outcome=("X", "Y"))
    group: dict[str, Any] = {"group_by": ["provider"]}
    assert values(store, "call_count", **group) == [("A", 0, 1), (None, 1, None)]
    assert values(store, "outcome_distribution", **group) == [
        ("A", "X", 0, None, 1, 100.0),
        (None, "Y", 1, 100.0, None, None),
    ]
    hours = values(store, "hourly_heatmap", **group)
    assert [row for row in hours if row[1] == 0] == [("A", 0, 0, 1), (None, 0, 1, None)]
    assert len(hours) == 48
    weeks = values(store, "calls_over_time", granularity="week", **group)
    assert weeks[1] == ("A", "2025-02-03", 0, 1)
    assert weeks[-4:] == [(None, f"2025-02-{day}", n, None) for day, n in DAYS]


DAYS = (("03", 0), ("10", 1), ("17", 0), ("24", 0))


def test_funnels_with_and_without_stages(store: Store) -> None:
    statuses = ("won", "new", "lost", "new", "new")
    starts = ["2025-01-10"] * 3 + ["2025-02-10"] * 2
    send(store, *starts, status=statuses)
    assert values(store, "conversion_funnel") == [
        (1, "new", 2, 100.0, 100.0, 1, 100.0, 100.0),
        (2, "lost", 0, 0.0, 0.0, 1, 100.0, 100.0),
        (3, "won", 0, 0.0, None, 1, 100.0, 100.0),
    ]
    body = {"query_type": "conversion_funnel", "filters": FEBRUARY, "compare": PERIOD}
    rows = store.ask(body, policy=Policy(lead_stages=("new", "won")))["data"]
    shown = [(row["status"], row["count"], row["previous.count"]) for row in rows]
    assert shown == [("new", 2, 2), ("won", 0, 1)]


def test_pages_are_cut_from_the_rows_of_both_sides(store: Store) -> None:
    send(store, "2025-01-10", "2025-02-10", "2025-02-11", outcome=("B", "A", "A"))
    body = {"query_type": "top_outcomes", "filters": FEBRUARY, "compare": PERIOD, "page_size": 1}
    second, third = (store.ask({**body, "page": page}) for page in (2, 3))
    assert [tuple(row.values()) for row in second["data"]] == [(2, "B", 0, 0.0, 1, 100.0)]
    assert (third["data"], second["total"], third["total"]) == ([], 2, 2)


def test_a_day_of_25_hours_beside_one_of_24(store: Store) -> None:
    send(store, "2021-10-30T22:30Z", "2021-10-31T23:30Z", "2021-10-31T00:30Z")
    day = {"timezone": "Europe/Lisbon", "granularity": "hour"}
    rows = values(store, "calls_over_time", filters=between("2021-10-31", "2021-10-31"), **day)
    assert len(rows) == 25
    assert rows[1:3] == [
        ("2021-10-31T01:00:00+01:00", 1, 0),
        ("2021-10-31T01:00:00+00:00", 0, 0),
    ]
    # 23:30 the day before stands beside the 24th hour, which is 22:00 here.
    assert rows[23:] == [
        ("2021-10-31T22:00:00+00:00", 0, 1),
        ("2021-10-31T23:00:00+00:00", 1, None),
    ]
    after = values(store, "calls_over_time", filters=between("2021-11-01", "2021-11-01"), **day)
    assert len(after) == 24
    assert [row[2] for row in after].count(1) == 1


def test_half_an_hour_more(store: Store) -> None:
    send(store, "2021-04-03T14:45Z", "2021-04-03T15:15Z", "2021-04-02T14:45Z")
    found = values(
        store,
        "calls_over_time",
        filters=between("2021-04-04T01:00+11:00", "2021-04-04T02:59+10:30"),
        timezone="Australia/Lord_Howe",
        granularity="hour",
        how=YEAR,
    )
    assert [row[:2] for row in found] == [
        ("2021-04-04T01:00:00+11:00", 1),
        ("2021-04-04T01:30:00+10:30", 1),
        ("2021-04-04T02:00:00+10:30", 0),
    ]
    day = {"timezone": "Australia/Lord_Howe", "granularity": "day"}
    days = values(store, "calls_over_time", filters=between("2021-04-04", "2021-04-04"), **day)
    assert days == [("2021-04-04", 2, 1)]


def test_the_29th_of_february(store: Store) -> None:
    send(store, "2023-02-28T12", "2023-03-01T12", "2024-02-28T12", "2024-02-29T12")
    two_days = between("2024-02-28", "2024-02-29")
    assert values(store, "calls_over_time", YEAR, filters=two_days) == [
        ("2024-02-28", 1, 1),
        ("2024-02-29", 1, None),
    ]
    leap = between("2024-02-29", "2024-02-29")
    assert values(store, "call_count", YEAR, filters=leap) == [(1, 1)]
    # Here the other side has a day more, which no bucket stands beside.
    back = between("2025-02-28", "2025-03-01")
    assert values(store, "calls_over_time", YEAR, filters=back) == [
        ("2025-02-28", 0, 1),
        ("2025-03-01", 0, 1),
    ]


def test_a_range_that_is_not_over(store: Store) -> None:
    starts = ("2025-02-10T14:59", "2025-02-10T15:00", "2025-02-20", "2025-03-10T14", "2025-03-11")
    send(store, *starts)
    body = {"filters": {"date_range": "this_month"}, "compare": PERIOD}
    count = store.ask({"query_type": "call_count", **body}, at=at("2025-03-10T15:00:00Z"))
    assert count["data"] == [{"count": 1, "previous.count": 1}]
    weeks = {"query_type": "calls_over_time", "granularity": "month", **body}
    whole = store.ask(weeks, at=at("2025-03-10T15:00:00Z"))
    assert whole["data"] == [{"date": "2025-03-01", "count": 2, "previous.count": 3}]
    ahead = {**body, "filters": between("2025-03-01", "2025-03-31")}
    nothing = store.ask({"query_type": "call_count", **ahead}, at=at("2025-02-28T15:00:00Z"))
    assert nothing["data"] == [{"count": 0, "previous.count": 0}]


def test_dates_as_groups_go_by_their_place(store: Store) -> None:
    starts = ("2025-01-03", "2025-01-31", "2025-02-03", "2025-02-04")
    send(store, *starts)
    assert values(store, "call_count", group_by=["date"]) == [
        ("2025-02-03", 1, 1),
        ("2025-02-04", 1, None),
    ]
    # January has days that February has no place for.
    send(store, "2025-01-05", "2025-01-31")
    assert values(store, "call_count", group_by=["date"])[-1] == ("2025-02-05", 0, 1)


def test_groups_by_date_in_a_range_of_very_many_buckets(store: Store) -> None:
    send(store, "2020-06-01T10:30", "2024-06-01T10:30")
    found = values(
        store,
        "call_count",
        filters=between("2022-01-01", "2025-12-31"),
        group_by=["date"],
        granularity="minute",
    )
    labels = [row[0] for row in found]
    assert labels == ["2024-06-01T10:30:00+00:00"]
    assert found[0][1:] == (1, 1)


def test_levels_are_a_series(store: Store) -> None:
    send(store, "2025-01-31T23:00", "2025-02-01T10:00", duration=(7200, 3600))
    day = between("2025-02-01", "2025-02-01")
    assert values(store, "concurrency", filters=day) == [("2025-02-01", 1, 0.08, 1, 0.04)]


def test_levels_of_an_hour_or_weekday_that_only_the_period_before_has(store: Store) -> None:
    send(store, "2025-02-02T10:00", duration=(3600,))
    monday = between("2025-02-03", "2025-02-03")
    for group, key in (("weekday", 7), ("hour", 11)):
        body: dict[str, Any] = {
            "filters": monday,
            "group_by": [group],
            "timezone": "Europe/Paris",
        }
        assert values(store, "concurrency", **body) == [(key, "2025-02-03", 0, 0.0, 1, 0.04)]
        assert store.rows("concurrency", **body) == []
