"""Bodies of queries: what is refused, and the shape of every answer."""

import json
from typing import Any

import pytest

from support.server import Server, problem

COUNT = {"query_type": "call_count"}


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {}, 400),
        (b"nonsense", {}, 400),
        (b"[]", {}, 400),
        (b'{"query_type": "call_count", "page": NaN}', {}, 400),
        (b'{"query_type": "call_count", "page": 1, "page": 2}', {}, 400),
        (b'{"query_type": "call_count", "filters": {"outcome": "\\ud800"}}', {}, 400),
        (b'{"query_type": "call_count", "page": ' + b"9" * 5000 + b"}", {}, 400),
        (b"[" * 200_000, {}, 400),
        (b" " * 1_048_577, {}, 413),
        (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_a_body_that_is_no_query_is_refused(
    shared_server: Server, content: bytes, headers: dict[str, str], status: int
) -> None:
    kinds = {"Content-Type": "application/json", **headers}
    problem(shared_server.request("POST", "/analytics", content=content, headers=kinds), status)


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"compare": "previous_month"}, 400, "/compare"),
    ({"compare": ["previous_period"]}, 400, "/compare"),
    ({"compare": "previous_period"}, 422, "/compare"),
    ({"compare": "previous_year", "filters": {"date_from": "2025-01-01"}}, 422, "/compare"),
    ({"compare": "previous_year", "filters": {"date_to": "2025-01-01"}}, 422, "/compare"),
    ({"query_type": None}, 400, "/query_type"),
    ({"query_type": "calls_overtime"}, 400, "/query_type"),
    ({"filters": []}, 400, "/filters"),
    ({"filters": {"min_duration": 10.5}}, 400, "/filters/min_duration"),
    ({"filters": {"min_duration": True}}, 400, "/filters/min_duration"),
    ({"filters": {"min_duration": -1}}, 422, "/filters/min_duration"),
    ({"filters": {"min_duration": 9, "max_duration": 8}}, 422, "/filters/min_duration"),
    ({"filters": {"sentiment_min": 1.1}}, 422, "/filters/sentiment_min"),
    ({"filters": {"sentiment_min": "0.5"}}, 400, "/filters/sentiment_min"),
    ({"filters": {"merchant_id": 5}}, 400, "/filters/merchant_id"),
    ({"filters": {"merchant_id": []}}, 422, "/filters/merchant_id"),
    ({"filters": {"merchant_id": ["a", 5]}}, 400, "/filters/merchant_id"),
    ({"filters": {"date_from": "2025-02-30"}}, 422, "/filters/date_from"),
    ({"filters": {"date_from": 20250101}}, 400, "/filters/date_from"),
    (
        {"filters": {"date_from": "2025-01-02", "date_to": "2025-01-01"}},
        422,
        "/filters/date_from",
    ),
    (
        {"filters": {"payload_filters": {"a": {"like": "x"}}}},
        400,
        "/filters/payload_filters/a/like",
    ),
    ({"filters": {"payload_filters": {"a": {}}}}, 400, "/filters/payload_filters/a"),
    ({"filters": {"payload_filters": {"a": []}}}, 422, "/filters/payload_filters/a"),
    ({"filters": {"payload_filters": {"a": {"gt": "x"}}}}, 422, "/filters/payload_filters/a/gt"),
    ({"filters": {"payload_filters": {"a": {"gt": True}}}}, 400, "/filters/payload_filters/a/gt"),
    (
        {"filters": {"payload_filters": {"a" * 129: 1}}},
        400,
        "/filters/payload_filters/" + "a" * 128,
    ),
    (
        {"filters": {"payload_filters": {str(n): 1 for n in range(21)}}},
        400,
        "/filters/payload_filters",
    ),
    ({"timezone": 5}, 400, "/timezone"),
    ({"timezone": "europe/lisbon"}, 422, "/timezone"),
    ({"page": 0}, 422, "/page"),
    ({"page": "1"}, 400, "/page"),
    ({"page_size": 10_001}, 422, "/page_size"),
    ({"group_by": "outcome"}, 400, "/group_by"),
    ({"group_by": ["lead_id"]}, 400, "/group_by/0"),
    ({"group_by": ["outcome", "outcome"]}, 400, "/group_by/1"),
    ({"group_by": ["payload."]}, 400, "/group_by/0"),
    ({"query_type": "status_distribution", "group_by": ["outcome"]}, 400, "/group_by/0"),
    ({"query_type": "status_distribution", "group_by": ["status"]}, 400, "/group_by/0"),
    ({"query_type": "conversion_funnel", "group_by": ["status"]}, 400, "/group_by/0"),
    ({"query_type": "top_outcomes", "group_by": ["outcome"]}, 400, "/group_by/0"),
    (
        {
            "query_type": "calls_over_time",
            "granularity": "minute",
            "filters": {"date_from": "2025-01-01", "date_to": "2025-01-31"},
        },
        422,
        "/granularity",
    ),
]


@pytest.mark.parametrize(("body", "status", "pointer"), BAD)
def test_a_bad_query_names_the_field(
    shared_server: Server, body: dict[str, Any], status: int, pointer: str
) -> None:
    found = problem(shared_server.request("POST", "/analytics", json={**COUNT, **body}), status)
    assert [error["pointer"] for error in found["errors"]] == [pointer]


def test_the_gravest_kind_decides_the_status(shared_server: Server) -> None:
    key = shared_server.make_key({"merchant_ids": ["m1"]}, "query")
    outside = {"merchant_id": "m2", "min_duration": -1}
    problem(shared_server.ask("call_count", key=key, filters=outside), 403)
    problem(shared_server.ask("call_count", key=key, filters={**outside, "nonsense": 1}), 400)


def test_bounds_between_which_no_cost_lies_are_not_crossed(shared_server: Server) -> None:
    cost = {"currency": "USD", "min_cost": 1e-7, "max_cost": 5e-7}
    assert shared_server.rows("call_count", filters=cost) == [{"count": 0}]
    crossed = shared_server.ask("call_count", filters=cost | {"min_cost": 6e-7})
    (found,) = problem(crossed, 422)["errors"]
    assert found["pointer"] == "/filters/min_cost"


def test_null_is_the_same_as_leaving_out(shared_server: Server) -> None:
    nothing = dict.fromkeys(("filters", "granularity", "timezone", "group_by", "page"))
    assert shared_server.ask("call_count", **nothing).status_code == 200
    filters = {"merchant_id": None, "min_duration": None, "payload_filters": None}
    assert shared_server.ask("call_count", filters=filters).status_code == 200


def test_granularity_is_taken_where_it_has_no_effect(shared_server: Server) -> None:
    assert shared_server.ask("call_count", granularity="minute").status_code == 200


def test_a_page_past_the_end_is_empty_with_the_true_total(shared_server: Server) -> None:
    answer = shared_server.ask("hourly_heatmap", page=10**9, page_size=10).json()
    assert (answer["data"], answer["total"], answer["page"]) == ([], 24, 10**9)


def test_the_envelope_has_five_keys_and_its_order(shared_server: Server) -> None:
    answer = shared_server.ask("call_count", page_size=4_321)
    keys = ["query_type", "data", "total", "page", "page_size"]
    assert list(json.loads(answer.content)) == keys
    assert "engine;dur=" in answer.headers["server-timing"]
