"""The reference itself against answers worked out by hand, so that it can be trusted."""

import pytest

from .building import between, call, calls_at, column, lead, reference, rows, series
from .reference import ReferenceSettings, Refused

# The worked cases, by number.


def test_case_1_average_by_hour() -> None:
    made = reference(
        [
            call("a", "2021-01-01T00:00:00Z", duration=600),
            call("b", "2021-01-01T00:10:00Z", duration=0),
            call("c", "2021-01-01T23:59:00Z", duration=0),
        ]
    )
    filters = between("2021-01-01", "2021-01-01")
    found = rows(made, "avg_duration_over_time", granularity="hour", filters=filters)
    assert len(found) == 24
    assert found[0] == {"date": "2021-01-01T00:00:00+00:00", "avg_duration": 300, "count": 2}
    assert found[23] == {"date": "2021-01-01T23:00:00+00:00", "avg_duration": 0, "count": 1}
    assert all(row["avg_duration"] is None and row["count"] == 0 for row in found[1:23])


def test_case_2_days() -> None:
    found = series(
        reference(calls_at("2021-01-01T00:00Z", "2021-01-07T23:59Z")),
        "day",
        "2021-01-01",
        "2021-01-07",
    )
    assert column(found, "count") == [1, 0, 0, 0, 0, 0, 1]


def test_case_3_months() -> None:
    made = reference(calls_at("2020-08-13", "2020-12-31", "2021-01-01", "2021-01-01"))
    found = series(made, "month", "2020-07-01", "2021-01-31")
    assert column(found, "count") == [0, 1, 0, 0, 0, 1, 2]
    names = [f"2020-{month:02}-01" for month in range(7, 13)]
    assert column(found, "date") == [*names, "2021-01-01"]


def test_case_4_a_cut_month() -> None:
    starts = ("2020-12-01T00:00Z", "2020-12-01T00:05Z", "2021-01-01", "2021-01-02", "2021-01-03")
    found = series(reference(calls_at(*starts)), "month", "2020-12-01", "2021-01-02")
    assert column(found, "count") == [2, 2]


def test_case_5_leap_day() -> None:
    made = reference(calls_at("2020-02-29T12:00Z"))
    assert len(series(made, "day", "2020-01-01", "2021-01-07")) == 373
    assert column(series(made, "day", "2020-02-28", "2020-03-01"), "count") == [0, 1, 0]
    assert column(series(made, "day", "2021-02-28", "2021-03-01"), "count") == [0, 0]


def test_case_6_weeks() -> None:
    made = reference(calls_at("2021-01-01T00:00Z", "2021-01-03T23:59Z", "2021-01-07T23:59Z"))
    found = series(made, "week", "2020-12-20", "2021-01-07")
    assert found == [
        {"date": "2020-12-14", "count": 0},
        {"date": "2020-12-21", "count": 0},
        {"date": "2020-12-28", "count": 2},
        {"date": "2021-01-04", "count": 1},
    ]


def test_case_7_groups_have_every_week() -> None:
    made = reference(
        [
            call("1", "2022-10-30T12:01Z", template_id="a"),
            call("2", "2022-11-06T12:01Z", template_id="a"),
            call("3", "2022-11-02T12:01Z", template_id="b"),
            call("4", "2022-11-06T12:01Z", template_id="c"),
        ]
    )
    found = rows(
        made,
        "calls_over_time",
        granularity="week",
        group_by=["template_id"],
        filters=between("2022-10-24", "2022-11-13"),
    )
    assert list(found[0]) == ["template_id", "date", "count"]
    assert column(found, "template_id") == list("aaabbbccc")
    assert column(found, "date") == ["2022-10-24", "2022-10-31", "2022-11-07"] * 3
    assert column(found, "count") == [1, 1, 0, 0, 1, 0, 0, 1, 0]


def test_case_8_kathmandu() -> None:
    starts = [f"2021-01-02T{m // 60:02}:{m % 60:02}Z" for m in range(300, 391, 15)]
    found = series(
        reference(calls_at(*starts)), "hour", "2021-01-02", "2021-01-02", "Asia/Kathmandu"
    )
    assert len(found) == 24
    counts = {row["date"]: row["count"] for row in found if row["count"]}
    assert counts == {
        "2021-01-02T10:00:00+05:45": 1,
        "2021-01-02T11:00:00+05:45": 4,
        "2021-01-02T12:00:00+05:45": 2,
    }


@pytest.mark.parametrize(
    ("until", "count"),
    [
        ("2021-01-01", 2),
        ("2021-01-01T23:59:59Z", 2),
        ("2021-01-01T23:59:59.999Z", 2),
        ("2021-01-02T00:00:00Z", 3),
    ],
)
def test_case_9_inclusive_at_the_precision_written(until: str, count: int) -> None:
    starts = ("2021-01-01T00:00:00Z", "2021-01-01T23:59:59.999Z", "2021-01-02T00:00:00Z")
    found = rows(reference(calls_at(*starts)), "call_count", filters={"date_to": until})
    assert found == [{"count": count}]


def test_case_10_nothing() -> None:
    made = reference([], ReferenceSettings(lead_stages=("new", "done")))
    filters = between("2021-01-01", "2021-01-03")
    found = {name: rows(made, name, filters=filters) for name in EVERY_TYPE}
    assert found["call_count"] == [{"count": 0}]
    percentiles = dict.fromkeys(("p50", "p90", "p95", "p99"))
    figures = {"count": 0, "avg": None, "min": None, "max": None, "total": 0}
    assert found["call_duration"] == [figures | percentiles]
    assert column(found["calls_over_time"], "count") == [0, 0, 0]
    assert column(found["avg_duration_over_time"], "avg_duration") == [None] * 3
    assert column(found["hourly_heatmap"], "count") == [0] * 24
    bins = found["sentiment_distribution"]
    assert [(row["count"], row["percentage"]) for row in bins] == [(0, None)] * 11
    assert not any(found[name] for name in BREAKDOWNS)
    assert [list(row.values()) for row in found["conversion_funnel"]] == [
        [1, "new", 0, None, None],
        [2, "done", 0, None, None],
    ]
    assert rows(reference([]), "conversion_funnel", filters=filters) == []
    assert rows(made, "calls_over_time", filters={"date_from": "2021-01-01"}) == []
    assert rows(made, "call_count", group_by=["provider"]) == []


BREAKDOWNS = (
    "outcome_distribution",
    "status_distribution",
    "top_outcomes",
    "retry_analysis",
    "provider_breakdown",
)
EVERY_TYPE = (
    *BREAKDOWNS,
    "call_count",
    "call_duration",
    "sentiment_distribution",
    "calls_over_time",
    "avg_duration_over_time",
    "hourly_heatmap",
    "conversion_funnel",
)


def test_case_12_sentiment() -> None:
    scores = (1.0, 1, "positive", 0.0, "negative", None, None)
    made = reference(call(str(n), "2021-01-01", sentiment=score) for n, score in enumerate(scores))
    found = rows(made, "sentiment_distribution")
    assert found[0] == {"from": 0.0, "to": 0.1, "count": 2, "percentage": 40.0}
    assert found[9] == {"from": 0.9, "to": 1.0, "count": 3, "percentage": 60.0}
    assert found[10] == {"from": None, "to": None, "count": 2, "percentage": None}


def test_case_13_paging() -> None:
    outcomes = ("A", "A", "A", "B", "B", None)
    made = reference(call(str(n), "2021-01-01", outcome=o) for n, o in enumerate(outcomes))
    body = {"query_type": "outcome_distribution", "page": 2, "page_size": 1}
    assert made.ask(body, None) == {
        "query_type": "outcome_distribution",
        "data": [{"outcome": "B", "count": 2, "percentage": 33.33}],
        "total": 3,
        "page": 2,
        "page_size": 1,
    }
    assert made.ask(body | {"page": 9}, None)["data"] == []


@pytest.mark.parametrize("recorded", [True, False])
def test_case_14_attempts_outlive_the_filter(recorded: bool) -> None:
    days = (("2021-01-05", "NO_ANSWER"), ("2021-01-09", "BUSY"), ("2021-02-03", "CONFIRMED"))
    made = reference(
        call(f"c{n}", day, lead_id="L", outcome=outcome, attempt=n if recorded else None)
        for n, (day, outcome) in enumerate(days, start=1)
    )
    found = rows(made, "retry_analysis", filters=between("2021-02-01", "2021-02-28"))
    figures = {"calls": 1, "percentage": 100, "successes": 1, "success_rate": 100}
    assert found == [{"attempt": 3} | figures]


def test_case_15_funnel() -> None:
    paths = {"x": ["new"], "y": ["new", "converted"], "z": ["new", "contacted", "new"]}
    records = [lead(name, status=status) for name, path in paths.items() for status in path]
    made = reference(records, ReferenceSettings(lead_stages=("new", "contacted", "converted")))
    assert [list(row.values()) for row in rows(made, "conversion_funnel")] == [
        [1, "new", 3, 100, 100],
        [2, "contacted", 2, 66.67, 66.67],
        [3, "converted", 1, 33.33, 50],
    ]


def test_case_16_newest_wins() -> None:
    newest = call("c", "2021-01-01", outcome="A", updated_at="2021-01-03T00:00:00Z")
    older = call("c", "2021-01-01", outcome="B", updated_at="2021-01-02T23:59:59.9Z")
    found = rows(reference([newest, newest, older]), "outcome_distribution")
    assert found == [{"outcome": "A", "count": 1, "percentage": 100}]


def test_case_17_late_analysis() -> None:
    first = call("C", "2021-01-01", duration=16)
    late = ("calls", {"merchant_id": "m", "call_id": "C", "sentiment": "positive"})
    made = reference([first, late, first])
    found = rows(made, "call_duration")[0]
    assert (found["count"], found["total"]) == (1, 16)
    assert rows(made, "sentiment_distribution")[9]["count"] == 1


def test_crossed_dates_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        series(reference([]), "day", "2021-01-02", "2021-01-01")
    assert refusal.value.status == 422


def test_too_many_buckets_are_refused() -> None:
    made = reference([])
    assert len(series(made, "minute", "2021-01-01T00:00Z", "2021-01-07T22:39Z")) == 10_000
    with pytest.raises(Refused):
        series(made, "minute", "2021-01-01T00:00Z", "2021-01-07T22:40Z")
