"""Worked cases of bins, shares, attempts, stages and merging."""

from math import nextafter

from callistics.sql.selection import Policy
from support.store import Store

from .cases import between, call, calls, figures

STAGES = Policy(lead_stages=("new", "contacted", "converted"))


def test_case_12_sentiment_bins(store: Store) -> None:
    scores = (1.0, 1.0, 1.0, 0.0, 0.0, None, None)
    store.send("calls", calls(*["2021-01-01T00:00:00Z"] * 7, sentiment=scores))
    rows = store.rows("sentiment_distribution")
    assert len(rows) == 11
    assert rows[0] == {"from": 0.0, "to": 0.1, "count": 2, "percentage": 40.0}
    assert rows[9] == {"from": 0.9, "to": 1.0, "count": 3, "percentage": 60.0}
    assert rows[10] == {"from": None, "to": None, "count": 2, "percentage": None}


def test_case_13_percentages_are_of_the_set_not_of_the_page(store: Store) -> None:
    outcomes = ("A", "A", "A", "B", "B", None)
    store.send("calls", calls(*["2021-01-01T00:00:00Z"] * 6, outcome=outcomes))
    body = {"query_type": "outcome_distribution", "page": 2, "page_size": 1}
    answer = store.ask(body)
    assert answer["data"] == [{"outcome": "B", "count": 2, "percentage": 33.33}]
    assert answer["total"] == 3


def test_case_14_attempts_are_settled_before_any_filter(store: Store) -> None:
    starts = ("2021-01-05T00:00:00Z", "2021-01-06T00:00:00Z", "2021-02-01T00:00:00Z")
    outcomes = ("NO_ANSWER", "BUSY", "CONFIRMED")
    store.send("calls", calls(*starts, outcome=outcomes, lead_id=("L",) * 3))
    rows = store.rows("retry_analysis", filters=between("2021-02-01", "2021-02-28"))
    assert rows == [
        {"attempt": 3, "calls": 1, "percentage": 100.0, "successes": 1, "success_rate": 100.0}
    ]


def test_case_15_going_back_does_not_undo_progress(store: Store) -> None:
    past = {"x": ["new"], "y": ["new", "converted"], "z": ["new", "contacted", "new"]}
    for lead, statuses in past.items():
        identity = {"lead_id": lead, "merchant_id": "m", "reseller_id": "r"}
        for day, status in enumerate(statuses, start=1):
            times = {"updated_at": f"2021-01-0{day}T00:00:00Z"}
            store.send("leads", [{**identity, "status": status, **times}])
    rows = store.ask({"query_type": "conversion_funnel"}, policy=STAGES)["data"]
    shown = [
        (row["status"], row["count"], row["conversion_rate"], row["step_rate"]) for row in rows
    ]
    assert shown == [
        ("new", 3, 100, 100),
        ("contacted", 2, 66.67, 66.67),
        ("converted", 1, 33.33, 50),
    ]


def test_case_16_the_newest_time_wins_not_the_latest_arrival(store: Store) -> None:
    for day, outcome in ((2, "A"), (3, "B"), (1, "C")):
        times = {"updated_at": f"2021-01-0{day}T00:00:00Z"}
        store.send("calls", [call(1, "2021-01-01T00:00:00Z", outcome=outcome, **times)])
    rows = store.rows("outcome_distribution")
    assert rows == [{"outcome": "B", "count": 1, "percentage": 100.0}]


def test_case_17_late_analysis_stays(store: Store) -> None:
    first = call(1, "2021-01-01T00:00:00Z", duration=16)
    store.send("calls", [first])
    store.send("calls", [{"call_id": "c1", "sentiment": "positive"}])
    receipt = store.send("calls", [first])
    assert (receipt.stored, receipt.unchanged) == (0, 1)
    assert store.rows("call_duration")[0]["count"] == 1
    assert store.rows("call_duration")[0]["total"] == 16
    assert store.rows("sentiment_distribution")[9]["count"] == 1


def test_a_sentiment_belongs_to_the_bin_it_lies_in_to_the_last_digit(store: Store) -> None:
    edges = [tenth / 10 for tenth in range(1, 11)]
    before = [nextafter(edge, 0) for edge in edges]
    scores = [0.0, *edges, *before, nextafter(0.1, 1)]
    store.send("calls", calls(*(f"2021-01-{day:02}" for day in range(1, 23)), sentiment=scores))
    for rollups in (True, False):
        answer = store.ask({"query_type": "sentiment_distribution"}, rollups=rollups)
        assert figures(answer["data"]) == [2, 3, *[2] * 7, 3, 0]
