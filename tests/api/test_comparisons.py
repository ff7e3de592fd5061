"""`compare`: what headers say of it, how long it is kept, and in a batch."""

from typing import Any

import pytest

from callistics.model.instants import parse_iso
from callistics.model.zones import zone
from callistics.queries import registry
from support.server import Server, problem
from support.tokens import made

STARTS = ("2025-01-05T12:00:00Z", "2025-02-05T12:00:00Z", "2025-02-20T12:00:00Z")
MONTH: dict[str, Any] = {"filters": {"date_range": "this_month"}, "compare": "previous_period"}


@pytest.fixture
def filled(server: Server) -> Server:
    for number, start in enumerate(STARTS):
        call = {"merchant_id": "m", "reseller_id": "r", "started_at": start, "cost": 1}
        assert server.request("POST", "/calls", json={"call_id": f"c{number}", **call}).is_success
    at(server, "2025-02-10T00:00:00Z")
    return server


def at(server: Server, now: str) -> None:
    server.set_clock(zone("UTC").begin_of(parse_iso(now)))


def asked(server: Server, query_type: str, **body: Any) -> tuple[list[Any], str, str, bool]:
    """The rows, what the headers say of the range, and whether the answer was kept."""
    answer = server.ask(query_type, **body)
    assert answer.status_code == 200, answer.text
    headers = answer.headers
    return (
        [tuple(row.values()) for row in answer.json()["data"]],
        headers["callistics-range"],
        headers["callistics-complete-until"],
        "repeated" in headers["server-timing"],
    )


def test_headers_name_the_whole_range(filled: Server) -> None:
    rows, range_, until, _ = asked(filled, "call_count", **MONTH)
    assert rows == [(1, 1)]
    assert range_ == "2025-02-01T00:00:00+00:00/2025-03-01T00:00:00+00:00"
    assert until == "2025-02-10T00:00:00+00:00"


def test_what_is_not_over_is_kept_for_no_other_moment(filled: Server, engine: str) -> None:
    keeps = engine == "duckdb"
    for _ in range(2):
        asked(filled, "call_count", **MONTH)
        asked(filled, "calls_over_time", **MONTH)
    assert asked(filled, "call_count", **MONTH)[3] == keeps
    at(filled, "2025-02-21T00:00:00Z")
    assert asked(filled, "call_count", **MONTH)[::3] == ([(2, 1)], False)
    # A time series is whole on both sides, whenever it is asked for.
    dates = {"filters": {"date_from": "2025-02-01", "date_to": "2025-02-28"}}
    series = {**dates, "compare": "previous_period", "granularity": "month"}
    assert asked(filled, "calls_over_time", **series)[0] == [("2025-02-01", 2, 1)]
    at(filled, "2025-02-02T00:00:00Z")
    assert asked(filled, "calls_over_time", **series)[::3] == ([("2025-02-01", 2, 1)], keeps)


def test_what_is_over_is_kept_while_it_is(filled: Server, engine: str) -> None:
    body = {
        "filters": {"date_from": "2025-02-01", "date_to": "2025-02-28"},
        "compare": "previous_period",
    }
    for now, rows, kept in (
        ("2025-03-01T00:00:00Z", [(2, 1)], False),
        ("2026-01-01T00:00:00Z", [(2, 1)], True),
        ("2025-02-10T00:00:00Z", [(1, 1)], False),
    ):
        at(filled, now)
        assert asked(filled, "call_count", **body)[::3] == (rows, kept and engine == "duckdb")


def test_each_answer_of_a_batch_is_the_bytes_of_the_query_alone(filled: Server) -> None:
    queries = [
        {"query_type": name, **({"measure": "cost"} if kind.takes_measure else {}), **more}
        for name, kind in registry().items()
        for more in (MONTH, {"filters": MONTH["filters"]}, {**MONTH, "compare": "previous_year"})
    ]
    alone = [filled.request("POST", "/analytics", json=query).text for query in queries]
    found = filled.request("POST", "/analytics/batch", json={"queries": queries})
    assert found.text == f'{{"answers":[{",".join(alone)}]}}'


@pytest.mark.parametrize("name", sorted(registry()))
def test_every_type_wants_both_ends(shared_server: Server, name: str) -> None:
    measured = {"measure": "ring"} if registry()[name].takes_measure else {}
    for filters in (None, {"date_from": "2025-01-01"}, {"date_range": None}):
        body: dict[str, Any] = {"compare": "previous_year", "filters": filters, **measured}
        (error,) = problem(shared_server.ask(name, **body), 422)["errors"]
        assert error["pointer"] == "/compare"
        assert "date_range" in error["message"]


def test_null_compares_nothing(shared_server: Server) -> None:
    assert shared_server.rows("call_count", compare=None) == [{"count": 0}]


def test_a_close_name_is_hinted_at(shared_server: Server) -> None:
    (error,) = problem(shared_server.ask("call_count", compare="previous_perod"), 400)["errors"]
    assert 'did you mean "previous_period"' in error["message"]


def test_the_other_side_is_within_the_scope_too(filled: Server) -> None:
    for number, start in enumerate(STARTS):
        call = {"merchant_id": "other", "reseller_id": "r", "started_at": start}
        filled.request("POST", "/calls", json={"call_id": f"c{number}", **call})
    key = filled.make_key({"merchant_ids": ["m"]}, "query")
    assert filled.rows("call_count", **MONTH) == [{"count": 2, "previous.count": 2}]
    assert filled.rows("call_count", key=key, **MONTH) == [{"count": 1, "previous.count": 1}]
    filters = {**MONTH["filters"], "merchant_id": "other"}
    assert filled.ask("call_count", key=key, **{**MONTH, "filters": filters}).status_code == 403


def test_locked_dates_hold_on_both_sides(server: Server) -> None:
    days = ("2024-12-20", "2024-12-21", "2025-01-05")
    calls = [
        {
            "call_id": day,
            "merchant_id": "m1",
            "reseller_id": "r1",
            "template_id": "t1",
            "started_at": f"{day}T10:00:00Z",
        }
        for day in days
    ]
    assert server.request("POST", "/calls", json=calls).status_code == 200
    january = {"date_from": "2025-01-01", "date_to": "2025-01-31"}
    asked: dict[str, Any] = {"compare": "previous_period", "filters": january}
    locked = made(server, locked={"filters": january})
    assert server.rows("call_count", **asked) == [{"count": 1, "previous.count": 2}]
    assert server.rows("call_count", key=locked, **asked) == [{"count": 1, "previous.count": 0}]
