"""What is wrong with the body of an alert is named, all of it at once."""

from pathlib import Path
from typing import Any

import pytest

from support.alerting import URL, body
from support.server import Server, problem, serving

OVER_TIME = {"query_type": "calls_over_time", "granularity": "hour"}
WRONG: list[tuple[int, str, dict[str, Any]]] = [
    (400, "/name", {"name": None}),
    (422, "/name", {"name": " "}),
    (422, "/name", {"name": "two\nlines"}),
    (400, "/query", {"query": None}),
    (400, "/query", {"query": []}),
    (400, "/query/query_type", {"query": {"query_type": "call_cuont"}}),
    (400, "/query/filters", {"query": {"query_type": "call_count", "filters": []}}),
    (400, "/query/filters/x", {"query": {"query_type": "call_count", "filters": {"x": 1}}}),
    (422, "/query/timezone", {"query": {"query_type": "call_count", "timezone": "X"}}),
    (422, "/query/compare", {"query": {**OVER_TIME, "compare": "previous_period"}}),
    (422, "/query/page", {"query": {**OVER_TIME, "page": 1}}),
    (422, "/query/filters/date_from", {"query": {**OVER_TIME, "filters": {"date_from": "2025"}}}),
    (
        422,
        "/query/filters/date_range",
        {"query": {**OVER_TIME, "filters": {"date_range": "today"}}},
    ),
    (422, "/query/group_by", {"query": {"query_type": "call_count", "group_by": ["date"]}}),
    (400, "/field", {"field": None}),
    (422, "/field", {"field": "reach_rate"}),
    (422, "/field", {"field": "date", "query": OVER_TIME}),
    (400, "/condition", {"condition": None}),
    (400, "/condition", {"condition": {"op": "above", "change": "above", "value": 1}}),
    (400, "/condition/op", {"condition": {"op": "over", "value": 1}}),
    (400, "/condition/value", {"condition": {"op": "above", "value": "1"}}),
    (400, "/condition/value", {"condition": {"op": "above", "value": True}}),
    (422, "/condition/value", {"condition": {"op": "above", "value": 10**40}}),
    (400, "/condition/percent", {"condition": {"change": "above"}}),
    (422, "/condition/percent", {"condition": {"change": "below", "percent": -20}}),
    (400, "/condition/x", {"condition": {"op": "above", "value": 1, "x": 1}}),
    (
        422,
        "/condition/versus",
        {
            "query": {"query_type": "call_count", "granularity": "month"},
            "condition": {"change": "below", "percent": 20, "versus": "previous_week"},
        },
    ),
    (422, "/buckets", {"buckets": 0}),
    (422, "/buckets", {"buckets": 2, "query": OVER_TIME}),
    (422, "/delay", {"delay": -1}),
    (400, "/for", {"for": "1"}),
    (422, "/minimum", {"minimum": 2, "query": {"query_type": "concurrency"}, "field": "peak"}),
    (400, "/no_data", {"no_data": "fire"}),
    (422, "/timezone", {"timezone": "Mars"}),
    (400, "/quiet_hours", {"quiet_hours": {}}),
    (400, "/quiet_hours/0", {"quiet_hours": [1]}),
    (422, "/quiet_hours/0/from", {"quiet_hours": [{"from": "24:00", "to": "07:00"}]}),
    (422, "/quiet_hours/0/to", {"quiet_hours": [{"from": "07:00", "to": "07:00"}]}),
    (400, "/active_hours/0/at", {"active_hours": [{"from": "07:00", "to": "08:00", "at": 1}]}),
    (422, "/active_hours/0/days", {"active_hours": [{"from": "7:00", "to": "8", "days": [8]}]}),
    (422, "/renotify", {"renotify": 59}),
    (400, "/notify/0", {"notify": [{"webhook": {"url": URL}, "email": {"to": ["a@b.example"]}}]}),
    (422, "/notify/0/webhook/url", {"notify": [{"webhook": {"url": "ftp://ops.example"}}]}),
    (422, "/notify/0/webhook/url", {"notify": [{"webhook": {"url": "https://a:b@ops.example"}}]}),
    (422, "/notify/0/webhook/url", {"notify": [{"webhook": {"url": "https://ops.example/\n"}}]}),
    (422, "/notify/0/webhook/secret", {"notify": [{"webhook": {"url": URL, "secret": "short"}}]}),
    (422, "/notify", {"notify": [{"webhook": {"url": URL}}] * 2}),
    (422, "/notify/0/email", {"notify": [{"email": {"to": ["a@b.example"]}}]}),
    (422, "/notify/0/email/to/0", {"notify": [{"email": {"to": ["a@b.example\nBcc: x"]}}]}),
    (400, "/enabled", {"enabled": "no"}),
    (422, "/name", {"name": "two\x85lines"}),
    (400, "/threshold", {"threshold": 1}),
]


@pytest.mark.parametrize(("status", "pointer", "change"), WRONG)
def test_what_is_wrong_is_named(
    status: int, pointer: str, change: dict[str, Any], shared_server: Server
) -> None:
    answer = shared_server.request("POST", "/alerts", json=body(URL, **change))
    assert pointer in {one["pointer"] for one in problem(answer, status)["errors"]}


def test_the_possible_figures_are_named(shared_server: Server) -> None:
    wanted = body(query={"query_type": "success_rate"}, field="rate")
    (error,) = problem(shared_server.request("POST", "/alerts", json=wanted), 422)["errors"]
    assert error["message"].endswith("one of calls, reached, reach_rate, successes, success_rate")


def test_an_alert_that_mails_is_changed_where_no_mail_is_sent_any_more(tmp_path: Path) -> None:
    notify = [{"email": {"to": ["ops@calls.example"]}}]
    smtp: dict[str, Any] = {"smtp_url": "smtp://mail.example", "mail_from": "alerts@calls.example"}
    with serving(tmp_path, **smtp) as server:
        made = server.request("POST", "/alerts", json=body(notify=notify)).json()
    with serving(tmp_path) as server:
        path = f"/alerts/{made['id']}"
        changed = server.request("PATCH", path, json={"enabled": False}).json()
        assert (changed["enabled"], changed["notify"]) == (False, notify)
        others = [{"email": {"to": ["others@calls.example"]}}]
        answer = server.request("PATCH", path, json={"notify": others})
        assert problem(answer, 422)["errors"][0]["pointer"] == "/notify/0/email"
