"""Worked cases: small inputs with the answers established products agree on."""

from typing import Any

import pytest

from callistics.errors import Refused
from callistics.sql.selection import Policy
from support.store import Store

from .cases import between, calls, figures

STAGES = Policy(lead_stages=("new", "contacted", "converted"))


def test_case_1_averages_by_hour_are_null_where_nothing_was_timed(store: Store) -> None:
    starts = ("2021-01-01T00:00:00Z", "2021-01-01T00:10:00Z", "2021-01-01T23:59:00Z")
    store.send("calls", calls(*starts, duration=(600, 0, 0)))
    rows = store.rows(
        "avg_duration_over_time", granularity="hour", filters=between("2021-01-01", "2021-01-01")
    )
    empty = {"avg_duration": None, "count": 0}
    assert len(rows) == 24
    assert rows[0] == {"date": "2021-01-01T00:00:00+00:00", "avg_duration": 300, "count": 2}
    assert rows[23] == {"date": "2021-01-01T23:00:00+00:00", "avg_duration": 0, "count": 1}
    assert all({**row, **empty} == row for row in rows[1:23])


def test_case_2_days_between_are_zero(store: Store) -> None:
    store.send("calls", calls("2021-01-01T00:00:00Z", "2021-01-07T23:59:00Z"))
    rows = store.rows("calls_over_time", filters=between("2021-01-01", "2021-01-07"))
    assert figures(rows) == [1, 0, 0, 0, 0, 0, 1]


def test_case_3_months_across_the_year(store: Store) -> None:
    days = ("2020-08-13", "2020-12-31", "2021-01-01", "2021-01-01")
    store.send("calls", calls(*(f"{day}T12:00:00Z" for day in days)))
    rows = store.rows(
        "calls_over_time", granularity="month", filters=between("2020-07-01", "2021-01-31")
    )
    assert figures(rows) == [0, 1, 0, 0, 0, 1, 2]
    assert (rows[0]["date"], rows[-1]["date"]) == ("2020-07-01", "2021-01-01")


def test_case_4_a_cut_month_holds_only_its_inside(store: Store) -> None:
    starts = ("2020-12-01T00:00:00Z", "2020-12-01T00:05:00Z")
    later = ("2021-01-01T00:00:00Z", "2021-01-02T00:00:00Z", "2021-01-03T00:00:00Z")
    store.send("calls", calls(*starts, *later))
    rows = store.rows(
        "calls_over_time", granularity="month", filters=between("2020-12-01", "2021-01-02")
    )
    assert figures(rows) == [2, 2]


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [
        ("2020-01-01", "2021-01-07", [0] * 59 + [1] + [0] * 313),
        ("2020-02-28", "2020-03-01", [0, 1, 0]),
        ("2021-02-28", "2021-03-01", [0, 0]),
    ],
)
def test_case_5_leap_days(store: Store, first: str, last: str, counts: list[int]) -> None:
    store.send("calls", calls("2020-02-29T12:00:00Z"))
    assert figures(store.rows("calls_over_time", filters=between(first, last))) == counts


def test_case_6_weeks_are_named_by_their_monday(store: Store) -> None:
    starts = ("2021-01-01T00:00:00Z", "2021-01-03T23:59:00Z", "2021-01-07T23:59:00Z")
    store.send("calls", calls(*starts))
    rows = store.rows(
        "calls_over_time", granularity="week", filters=between("2020-12-20", "2021-01-07")
    )
    assert rows == [
        {"date": "2020-12-14", "count": 0},
        {"date": "2020-12-21", "count": 0},
        {"date": "2020-12-28", "count": 2},
        {"date": "2021-01-04", "count": 1},
    ]


def test_case_7_every_group_has_every_week(store: Store) -> None:
    starts = ("2022-10-30", "2022-11-06", "2022-11-02", "2022-11-06")
    templates = ("a", "a", "b", "c")
    store.send("calls", calls(*(f"{day}T12:01:00Z" for day in starts), template_id=templates))
    rows = store.rows(
        "calls_over_time",
        granularity="week",
        group_by=["template_id"],
        filters=between("2022-10-24", "2022-11-13"),
    )
    found = {name: figures([row for row in rows if row["template_id"] == name]) for name in "abc"}
    assert found == {"a": [1, 1, 0], "b": [0, 1, 0], "c": [0, 1, 0]}


def test_case_8_zones_of_a_quarter_hour(store: Store) -> None:
    minutes = range(5 * 60, 6 * 60 + 31, 15)
    store.send("calls", calls(*(f"2021-01-02T{m // 60:02}:{m % 60:02}:00Z" for m in minutes)))
    rows = store.rows(
        "calls_over_time",
        granularity="hour",
        timezone="Asia/Kathmandu",
        filters=between("2021-01-02", "2021-01-02"),
    )
    assert len(rows) == 24
    filled = {row["date"]: row["count"] for row in rows if row["count"]}
    assert filled == {
        "2021-01-02T10:00:00+05:45": 1,
        "2021-01-02T11:00:00+05:45": 4,
        "2021-01-02T12:00:00+05:45": 2,
    }


@pytest.mark.parametrize(
    ("last", "count"),
    [
        ("2021-01-01", 2),
        ("2021-01-01T23:59:59Z", 2),
        ("2021-01-01T23:59:59.999Z", 2),
        ("2021-01-02T00:00:00Z", 3),
    ],
)
def test_case_9_ends_are_inclusive_at_their_precision(store: Store, last: str, count: int) -> None:
    starts = ("2021-01-01T00:00:00Z", "2021-01-01T23:59:59.999Z", "2021-01-02T00:00:00Z")
    store.send("calls", calls(*starts))
    assert store.rows("call_count", filters={"date_to": last}) == [{"count": count}]


DURATION_EDGES = (0, 10, 30, 60, 120, 300, 600, 1800)
THREE_DAYS = between("2021-01-01", "2021-01-03")
NOTHING: dict[str, list[dict[str, Any]]] = {
    "call_count": [{"count": 0}],
    "call_duration": [
        {"count": 0, "avg": None, "min": None, "max": None, "total": 0}
        | dict.fromkeys(("p50", "p90", "p95", "p99"))
    ],
    "outcome_distribution": [],
    "sentiment_distribution": [
        {"from": k / 10, "to": (k + 1) / 10, "count": 0, "percentage": None} for k in range(10)
    ]
    + [{"from": None, "to": None, "count": 0, "percentage": None}],
    "status_distribution": [],
    "calls_over_time": [{"date": f"2021-01-0{day}", "count": 0} for day in (1, 2, 3)],
    "avg_duration_over_time": [
        {"date": f"2021-01-0{day}", "avg_duration": None, "count": 0} for day in (1, 2, 3)
    ],
    "top_outcomes": [],
    "retry_analysis": [],
    "provider_breakdown": [],
    "hourly_heatmap": [{"hour": hour, "count": 0} for hour in range(24)],
    "success_rate": [
        {"calls": 0, "reached": 0, "reach_rate": None, "successes": 0, "success_rate": None}
    ],
    "duration_distribution": [
        {"from": low, "to": high, "count": 0, "percentage": None}
        for low, high in zip(DURATION_EDGES, (*DURATION_EDGES[1:], None), strict=True)
    ]
    + [{"from": None, "to": None, "count": 0, "percentage": None}],
    "concurrency": [{"date": f"2021-01-0{day}", "peak": 0, "avg": 0} for day in (1, 2, 3)],
    "conversion_funnel": [
        {"step": step, "status": status, "count": 0, "conversion_rate": None, "step_rate": None}
        for step, status in enumerate(("new", "contacted", "converted"), start=1)
    ],
}


@pytest.mark.parametrize("query_type", NOTHING)
def test_case_10_no_calls_at_all(store: Store, query_type: str) -> None:
    body = {"query_type": query_type, "filters": THREE_DAYS}
    answer = store.ask(body, policy=STAGES)
    assert answer["data"] == NOTHING[query_type]
    assert answer["total"] == len(NOTHING[query_type])


@pytest.mark.parametrize(
    ("body", "status", "pointer", "words"),
    [
        ({"filters": {"date_from": "2021-dkjbAS"}}, 422, "/filters/date_from", "ISO 8601"),
        ({"granularity": "alskd"}, 400, "/granularity", "hour, day"),
        ({"filters": {"merchnat_id": "m"}}, 400, "/filters/merchnat_id", '"merchant_id"'),
        ({"timezone": "Mars/Base"}, 422, "/timezone", "Mars/Base"),
        ({"filters": {"payload_filters": {"": 1}}}, 400, "/filters/payload_filters/", "payload"),
    ],
)
def test_case_11_each_mistake_is_named(
    store: Store, body: dict[str, Any], status: int, pointer: str, words: str
) -> None:
    with pytest.raises(Refused) as caught:
        store.ask({"query_type": "call_count", **body})
    assert caught.value.answer_status == status
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
    assert words in caught.value.problems[0].message


def test_case_11_all_problems_of_a_body_come_at_once(store: Store) -> None:
    filters = {"date_from": "2021-dkjbAS", "merchnat_id": "m", "payload_filters": {"": 1}}
    body = {"granularity": "alskd", "timezone": "Mars/Base", "filters": filters}
    with pytest.raises(Refused) as caught:
        store.ask({"query_type": "call_count", **body})
    assert caught.value.answer_status == 400
    assert {problem.pointer for problem in caught.value.problems} == {
        "/granularity",
        "/timezone",
        "/filters/date_from",
        "/filters/merchnat_id",
        "/filters/payload_filters/",
    }


@pytest.mark.parametrize("granularity", ["day", "hour", "minute"])
def test_an_open_series_ends_with_what_matches(store: Store, granularity: str) -> None:
    days = ("2020-01-01", "2021-03-01", "2021-03-03", "2021-12-31")
    starts = (f"{day}T12:00:00Z" for day in days)
    store.send("calls", calls(*starts, duration=(5, 60, 60, 5)))

    def ends(**filters: Any) -> tuple[str, str, int]:
        rows = store.rows(
            "calls_over_time",
            granularity=granularity,
            page_size=10_000,
            filters={"min_duration": 10, **filters},
        )
        return rows[0]["date"][:10], rows[-1]["date"][:10], sum(figures(rows))

    assert ends() == ("2021-03-01", "2021-03-03", 2)
    assert ends(date_from="2021-02-27") == ("2021-02-27", "2021-03-03", 2)
    assert ends(date_to="2021-03-04") == ("2021-03-01", "2021-03-04", 2)
    nothing = {"min_duration": 100, "date_from": "2021-03-01"}
    assert store.rows("calls_over_time", granularity=granularity, filters=nothing) == []
