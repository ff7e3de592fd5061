"""Merging, leads, attempts, statuses and figures, worked out by hand."""

from typing import Any

import pytest

from .building import IDS, call, calls_at, column, lead, reference, rows
from .reference import ReferenceSettings

TIME = "2021-02-01T00:00:00Z"


def part(call_id: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return "calls", {"call_id": call_id, "merchant_id": "m"} | fields


def test_a_partial_record_waits_for_the_rest() -> None:
    made_of = [part("c", outcome="A"), part("c", reseller_id="r"), part("c", started_at=TIME)]
    assert rows(reference(made_of[:2]), "call_count") == [{"count": 0}]
    assert rows(reference(made_of), "outcome_distribution")[0]["outcome"] == "A"


@pytest.mark.parametrize(
    ("one", "other", "wins"),
    [
        ("A", None, "A"),
        ("A", "B", "B"),
        # In JSON the quote that ends the text sorts after a space.
        ("NO", "NO ANSWER", "NO"),
        ("\uff01", "\U0001f600", "\U0001f600"),
    ],
)
def test_at_equal_times_the_greater_text_wins(one: Any, other: Any, wins: str) -> None:
    records = [call("c", TIME, outcome=value, updated_at=TIME) for value in (one, other)]
    for order in (records, records[::-1]):
        assert rows(reference(order), "outcome_distribution")[0]["outcome"] == wins


def test_durations_tie_as_texts_and_round_half_up() -> None:
    records = [call("c", TIME, duration=value, updated_at=TIME) for value in (10, 9.0005)]
    assert rows(reference(records), "call_duration")[0]["total"] == 9.001
    exact = [call("c", TIME, duration=1.0005)]
    assert rows(reference(exact), "call_duration")[0]["max"] == 1.001


def test_an_end_counts_only_without_a_duration() -> None:
    ended = call("c", TIME, ended_at="2021-02-01T00:00:09.4995Z")
    assert rows(reference([ended]), "call_duration")[0]["min"] == 9.5
    longer = part("c", duration=12)
    assert rows(reference([ended, longer]), "call_duration")[0]["min"] == 12
    cleared = part("c", duration=None)
    assert rows(reference([ended, longer, cleared]), "call_duration")[0]["p50"] == 10


def test_percentiles_and_average() -> None:
    made = reference(call(str(n), TIME, duration=n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100.5))
    row = {"count": 10, "avg": 14.55, "min": 1, "max": 100.5, "total": 145.5}
    assert rows(made, "call_duration") == [row | {"p50": 5, "p90": 9, "p95": 101, "p99": 101}]


def test_shares_round_half_away_from_zero() -> None:
    made = reference(call(str(n), TIME, outcome="A" if n else "B") for n in range(32))
    assert column(rows(made, "top_outcomes"), "percentage") == [96.88, 3.13]


def test_a_test_call_leaves_nothing_behind() -> None:
    tested = call("a", TIME, lead_id="L", status="done", payload={"k": 1}, test=True)
    live = call("b", "2021-02-02", lead_id="L", status="new")
    assert rows(reference([tested]), "status_distribution") == []
    made = reference([tested, live])
    assert rows(made, "retry_analysis")[0]["attempt"] == 1
    assert column(rows(made, "status_distribution"), "status") == ["new"]
    assert rows(made, "call_count", filters={"payload_filters": {"k": 1}}) == [{"count": 0}]


def test_status_follows_the_call_to_another_lead() -> None:
    first = call("a", TIME, lead_id="L", status="done")
    records = [first, lead("L", status="new", updated_at="2021-01-01"), lead("M")]
    found = rows(reference(records), "status_distribution")
    assert [tuple(row.values())[:2] for row in found] == [("done", 1), (None, 1)]
    moved = reference([*records, part("a", lead_id="M")])
    found = rows(moved, "status_distribution")
    assert [tuple(row.values())[:2] for row in found] == [("done", 1), ("new", 1)]
    assert column(rows(moved, "conversion_funnel"), "status") == ["done", "new"]


def test_a_cleared_status_stays_in_the_funnel() -> None:
    records = [
        lead("L", status="new", updated_at="2021-01-01"),
        lead("L", status=None, updated_at="2021-01-02"),
    ]
    made = reference(records)
    assert rows(made, "status_distribution") == [{"status": None, "count": 1, "percentage": 100}]
    assert column(rows(made, "conversion_funnel"), "count") == [1]


def test_status_of_a_call_without_time_is_as_old_as_its_end() -> None:
    own = lead("L", status="later", updated_at="2021-02-01T00:00:30Z")
    shorter = call("a", TIME, lead_id="L", status="call", duration=20)
    assert rows(reference([own, shorter]), "status_distribution")[0]["status"] == "later"
    longer = part("a", duration=31)
    made = reference([own, shorter, longer])
    assert rows(made, "status_distribution")[0]["status"] == "call"


def test_attempts_are_places_unless_recorded() -> None:
    made = reference(
        [
            call("b", TIME, lead_id="L", outcome="no-answer"),
            call("a", TIME, lead_id="L", outcome="ok", attempt=7),
            call("c", "2021-02-02", lead_id="L"),
        ]
    )
    found = [tuple(row.values()) for row in rows(made, "retry_analysis")]
    assert found == [
        (2, 1, 33.33, 0, 0.0),
        (3, 1, 33.33, 0, 0.0),
        (7, 1, 33.33, 1, 100.0),
    ]


def test_a_lead_takes_what_it_lacks_from_its_earliest_call() -> None:
    early = call("a", TIME, lead_id="L", template_id=None, payload={"k": 1, "own": 1})
    late = call("b", "2021-02-02", lead_id="L", template_id="t", payload={"own": 2})
    made = reference([late, early])
    found = rows(made, "status_distribution", group_by=["template_id", "payload.own"])
    assert [tuple(row.values())[:2] for row in found] == [(None, "1")]
    filters = {"payload_filters": {"k": 1, "own": 2}}
    assert rows(made, "call_count", filters=filters) == [{"count": 1}]


def test_creation_is_the_earlier_of_first_call_and_first_record() -> None:
    updated = lead("L", updated_at="2021-01-31")
    records = [updated, lead("L", updated_at="2021-03-01"), call("a", TIME, lead_id="L")]
    january, february = {"date_to": "2021-01-31"}, {"date_from": "2021-02-01"}
    assert len(rows(reference(records), "status_distribution", filters=january)) == 1
    assert len(rows(reference(records[1:]), "status_distribution", filters=february)) == 1
    assert rows(reference(records[1:]), "status_distribution", filters=january) == []


def test_call_filters_on_leads_need_one_call_that_meets_them_all() -> None:
    made = reference(
        [
            call("a", TIME, lead_id="L", provider="P", duration=5),
            call("b", TIME, lead_id="L", provider="Q", duration=50),
        ]
    )
    both = {"provider": "P", "min_duration": 10}
    assert rows(made, "status_distribution", filters=both) == []
    assert len(rows(made, "status_distribution", filters=both | {"provider": [None, "Q"]})) == 1


def test_call_filters_on_leads_see_only_calls_in_scope() -> None:
    own = call("a", TIME, lead_id="L", provider="P")
    other = call("b", "2021-02-02", lead_id="L", provider="Q", reseller_id="r2")
    made = reference([own, other])
    for provider, count in (("P", 1), ("Q", 0)):
        body = {"query_type": "status_distribution", "filters": {"provider": provider}}
        assert made.ask(body, {"reseller_ids": ["r"]})["total"] == count


def test_success_outcomes_are_compared_in_one_spelling() -> None:
    settings = ReferenceSettings(success_outcomes=("Call back",))
    made = reference([call("a", TIME, outcome="CALL-BACK"), call("b", TIME)], settings)
    assert rows(made, "retry_analysis")[0]["success_rate"] == 50


def test_stages_of_a_template_need_the_filter_to_name_it_alone() -> None:
    settings = ReferenceSettings(lead_stages=("x",), template_lead_stages={"t": ("y", "z")})
    made = reference([lead("L", template_id="t", status="z")], settings)
    for alone in ("t", ["t"]):
        found = rows(made, "conversion_funnel", filters={"template_id": alone})
        assert [tuple(row.values())[1:3] for row in found] == [("y", 1), ("z", 1)]
    found = rows(made, "conversion_funnel", filters={"template_id": ["t", "u"]})
    assert [tuple(row.values())[1:] for row in found] == [("x", 0, None, None)]


def test_weekdays_of_a_group() -> None:
    made = reference(calls_at("2021-01-04T05:00Z", provider="P"))
    found = rows(made, "hourly_heatmap", group_by=["provider", "weekday"])
    assert len(found) == 168
    assert found[5] == {"provider": "P", "weekday": 1, "hour": 5, "count": 1}
    assert len(rows(reference([]), "hourly_heatmap", group_by=["weekday"])) == 168
    assert rows(reference([]), "hourly_heatmap", group_by=["provider", "weekday"]) == []


def test_scope_limits_calls_and_leads() -> None:
    made = reference([call("a", TIME), ("calls", {"call_id": "b"} | OTHER)])
    body = {"query_type": "call_count"}
    assert made.ask(body, None)["data"] == [{"count": 2}]
    assert made.ask(body, {"merchant_ids": ["m"]})["data"] == [{"count": 1}]
    assert made.ask(body, {"template_ids": ["t"]})["data"] == [{"count": 0}]
    leads = made.ask({"query_type": "status_distribution"}, {"reseller_ids": ["r"]})
    assert column(leads["data"], "count") == [2]


OTHER = IDS | {"merchant_id": "n", "started_at": TIME}
