"""Making alerts, seeing them within a scope, changing and deleting them, what they would do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callistics.model.alerts import AlertRow
from support import engines, inside
from support.alerting import (
    URL,
    alerting,
    alerts_of,
    at,
    body,
    call,
    look,
    make,
    notified,
    send_calls,
    shown,
)
from support.server import Server, problem, serving

NOW = "2026-03-02T11:20"
SECRET = "whsec_" + "c2VjcmV0" * 5


@pytest.fixture(scope="module")
def one_server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with alerting(tmp_path_factory.mktemp("alerts")) as found:
        yield found


@pytest.fixture
def server(one_server: Server) -> Iterator[Server]:
    """A server on each engine, without alerts and calls."""
    one_server.set_clock(at(NOW))
    yield one_server
    for one in one_server.request("GET", "/alerts").json()["alerts"]:
        assert one_server.request("DELETE", f"/alerts/{one['id']}").status_code == 204
    engines.empty(inside.engine_of(one_server))


def test_it_is_shown_as_it_was_made_but_for_its_secret(server: Server) -> None:
    wanted = {
        **body(URL),
        "condition": {"change": "below", "percent": 12.5, "versus": "previous_period"},
        "quiet_hours": [{"from": "22:00", "to": "07:00", "days": [1, 2, 3, 4, 5]}],
        "active_hours": [{"from": "00:00", "to": "24:00", "days": [6, 7]}],
        "timezone": "Asia/Kolkata",
        "buckets": 3,
        "delay": 5,
        "for": 2,
        "minimum": 7,
        "no_data": "keep",
        "renotify": 3600,
        "enabled": False,
    }
    made = server.request("POST", "/alerts", json=wanted).json()
    secret = made["notify"][0]["webhook"].pop("secret")
    assert secret.startswith("whsec_")
    found = shown(server, made["id"])
    assert {name: found[name] for name in wanted} == wanted
    assert secret not in server.request("GET", "/alerts").text
    assert (found["paused"], found["state"]) == ("it is not enabled", "ok")
    assert look(server, "2026-03-02T13:00", made["id"]) == "ok"
    assert shown(server, made["id"])["last_evaluated_at"] is None


def test_secrets_stay_with_their_webhooks(server: Server) -> None:
    notify = [{"webhook": {"url": URL, "secret": SECRET}}]
    made = server.request("POST", "/alerts", json=body(notify=notify)).json()
    path = f"/alerts/{made['id']}"
    assert made["notify"][0]["webhook"]["secret"] == SECRET
    other = f"{URL}/other"
    change = {"notify": [{"webhook": {"url": URL}}, {"webhook": {"url": other}}]}
    first, second = server.request("PATCH", path, json=change).json()["notify"]
    assert first == {"webhook": {"url": URL}}
    assert second["webhook"]["secret"] != SECRET
    stored = alerts_of(server).stored.alerts()[0]
    secrets = [one.secret for one in stored.notify]
    assert secrets == [SECRET, second["webhook"]["secret"]]
    assert server.request("DELETE", path).status_code == 204
    kept = inside.alert_rows(server, AlertRow.DEFINITION)
    assert SECRET not in str(kept[made["id"]])


def test_what_is_changed_is_checked_as_a_whole(server: Server) -> None:
    one = make(server, body(), NOW)
    path = f"/alerts/{one}"
    problem(server.request("PATCH", path, json={}), 400)
    answer = server.request("PATCH", path, json={"query": {"query_type": "call_duration"}})
    assert answer.status_code == 200
    answer = server.request("PATCH", path, json={"query": {"query_type": "success_rate"}})
    assert problem(answer, 422)["errors"][0]["pointer"] == "/field"
    changed = server.request("PATCH", path, json={"name": "new", "delay": None}).json()
    assert (changed["name"], changed["delay"]) == ("new", 60)


def test_what_is_watched_anew_has_no_state_from_before(server: Server) -> None:
    one = make(server, body(), NOW)
    path = f"/alerts/{one}"
    assert look(server, NOW, one) == "firing"
    server.request("PATCH", path, json={"name": "another", "renotify": 60})
    assert shown(server, one)["state"] == "firing"
    server.request("PATCH", path, json={"condition": {"op": "above", "value": 5}})
    assert shown(server, one)["state"] == "ok"
    assert look(server, NOW, one) == "ok"


def test_a_scoped_administrator_sees_only_its_own(server: Server) -> None:
    ours = server.make_key({"merchant_ids": ["m1"]}, "admin")
    theirs = server.make_key({"merchant_ids": ["m2"]}, "admin")
    send_calls(server, call("a", "2026-03-02T10:10:00Z", merchant_id="m2"))
    one, other = make(server, body(), NOW, ours), make(server, body(), NOW, theirs)
    whole = make(server, body(), NOW)
    for key, ids in ((ours, [one]), (theirs, [other]), ("", [one, other, whole])):
        listed = server.request("GET", "/alerts", key=key).json()["alerts"]
        assert {item["id"] for item in listed} == set(ids)
    asked = {"from": "2026-03-02"}
    for method, path, sent in (
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("POST", "/simulate", asked),
        ("POST", "/test", None),
        ("DELETE", "", None),
    ):
        for alert_id in (one, whole, "alr_none"):
            url = f"/alerts/{alert_id}{path}"
            problem(server.request(method, url, key=theirs, json=sent), 404)
    named = body(query={"query_type": "call_count", "filters": {"merchant_id": "m2"}})
    refused = problem(server.request("POST", "/alerts", key=ours, json=named), 403)
    assert refused["errors"][0]["pointer"] == "/query/filters/merchant_id"
    answer = server.request("POST", "/alerts/simulate", key=ours, json={**named, **asked})
    problem(answer, 403)
    # Of the same calls each sees its own: one fires, the other does not.
    look(server, NOW)
    assert (shown(server, one)["state"], shown(server, other)["state"]) == ("firing", "ok")
    for key, found in ((ours, 0), (theirs, 1), ("", 1)):
        simulated = server.request(
            "POST", "/alerts/simulate", key=key, json={**body(), **asked}
        ).json()
        assert sum(item["value"] for item in simulated["figures"]) == found
    # An administrator of everything changes it within the scope that it was made with.
    changed = server.request("PATCH", f"/alerts/{one}", json={"name": "ours"}).json()
    assert changed["scope"] == {"merchant_ids": ["m1"]}


def test_the_audit_log_says_who_made_it(server: Server) -> None:
    one = make(server, body(), NOW)
    path = f"/alerts/{one}"
    assert server.request("PATCH", path, json={"name": "x"}).status_code == 200
    assert server.request("DELETE", path).status_code == 204
    found = server.request("GET", "/audit", params={"limit": "3"}).json()["data"]
    assert [entry["action"] for entry in found[::-1]] == [
        "alert.created",
        "alert.changed",
        "alert.deleted",
    ]
    assert {entry["details"]["alert"] for entry in found} == {one}


def test_it_takes_an_administrator(server: Server) -> None:
    key = server.make_key(None, "query", "ingest")
    for method, path in (("GET", "/alerts"), ("POST", "/alerts"), ("POST", "/alerts/simulate")):
        problem(server.request(method, path, key=key, json=body()), 403)


def test_with_its_key_an_alert_ends_until_another_takes_it_over(server: Server) -> None:
    key = server.make_key({"merchant_ids": ["m1"]}, "admin")
    listed = server.request("GET", "/keys", key=key).json()["keys"]
    with notified() as webhook:
        one = make(server, body(webhook.url), NOW, key)
        assert look(server, NOW, one) == "firing"
        assert len(webhook.came) == 1
        send_calls(server, call("a", "2026-03-02T11:30:00Z"))
        alerts_of(server).evaluator.round(at("2026-03-02T12:02"))
        for known in listed:
            assert server.request("DELETE", f"/keys/{known['id']}").status_code == 204
        # What was on its way is not told any more, and nothing is looked at.
        assert look(server, "2026-03-02T13:02", one) == "recovered"
        assert len(webhook.came) == 1
        found = shown(server, one)
        assert "was revoked" in found["paused"]
        assert found["deliveries"][0]["state"] == "given_up"
        assert server.request("PATCH", f"/alerts/{one}", json={"name": "x"}).status_code == 200
        assert look(server, "2026-03-02T14:02", one) == "firing"
        assert len(webhook.came) == 2


def test_the_successor_of_its_key_carries_an_alert(server: Server) -> None:
    made = {"name": "operations", "permissions": ["admin"]}
    key = server.request("POST", "/keys", json=made).json()
    one = make(server, body(), NOW, key["key"])
    answer = server.request("POST", f"/keys/{key['id']}/rotate", json={"overlap": 0})
    assert shown(server, one)["paused"] is None
    assert look(server, NOW, one) == "firing"
    assert server.request("DELETE", f"/keys/{answer.json()['id']}").status_code == 204
    assert "was revoked" in shown(server, one)["paused"]


def test_a_simulation_is_what_happens(server: Server) -> None:
    hours = (7, 8, 10, 11, 13)
    send_calls(server, *(call(f"c{hour}", f"2026-03-01T{hour:02}:10:00Z") for hour in hours))
    wanted = body(quiet_hours=[{"from": "12:00", "to": "13:30"}])
    asked = {"from": "2026-03-01T07:00", "to": "2026-03-01T14:59:59"}
    before = server.request("POST", "/alerts/simulate", json={**wanted, **asked}).json()
    one = make(server, wanted, "2026-03-01T08:30")
    for hour in range(8, 16):
        look(server, f"2026-03-01T{hour:02}:01")
    history = shown(server, one)["history"][::-1]
    simulated = server.request("POST", f"/alerts/{one}/simulate", json=asked).json()
    assert simulated == before
    told = [change.pop("told_at") for change in simulated["changes"]]
    assert simulated["changes"] == history
    assert [(one["to"], one["at"][11:16]) for one in history] == [
        ("firing", "10:01"),
        ("recovered", "11:01"),
        ("ok", "12:01"),
        ("firing", "13:01"),
        ("recovered", "14:01"),
        ("firing", "15:01"),
    ]
    told_at = [None if at is None else at[11:16] for at in told]
    assert told_at == ["10:01", "11:01", None, "13:30", "14:01", "15:01"]
    figures = [(one["buckets"]["from"][11:13], one["value"]) for one in simulated["figures"]]
    assert figures == [(f"{hour:02}", int(hour in hours)) for hour in range(7, 15)]


def test_a_simulation_goes_no_further_than_closed_buckets(server: Server) -> None:
    found = server.request("POST", "/alerts/simulate", json={**body(), "from": "2026-03-02T09:30"})
    ends = [one["buckets"]["to"][11:16] for one in found.json()["figures"]]
    assert ends == ["11:00"]


@pytest.mark.parametrize(
    ("status", "pointer", "span"),
    [
        (400, "/from", {}),
        (400, "/from", {"from": 1}),
        (422, "/from", {"from": "yesterday"}),
        (422, "/from", {"from": "2026-03-02", "to": "2026-03-01"}),
        (422, "/from", {"from": "2027-03-02"}),
        (422, "/from", {"from": "2025-03-02"}),
        (422, "/from", {"from": "0001-01-01"}),
        (400, "/until", {"from": "2026-03-01", "until": "2026-03-02"}),
    ],
)
def test_what_cannot_be_simulated(
    status: int, pointer: str, span: dict[str, Any], server: Server
) -> None:
    answer = server.request("POST", "/alerts/simulate", json={**body(), **span})
    assert problem(answer, status)["errors"][0]["pointer"] == pointer
    one = make(server, body(), NOW)
    answer = server.request("POST", f"/alerts/{one}/simulate", json=span)
    assert problem(answer, status)["errors"][0]["pointer"] == pointer


def test_a_range_that_is_too_long_to_be_simulated_says_how_long_it_may_be(tmp_path: Path) -> None:
    # However long a slow machine takes for the longest one.
    with serving(tmp_path, query_timeout=600) as server:
        given = {**body(), "from": "2025-03-01T00:00:00Z"}
        answer = server.request("POST", "/alerts/simulate", json=given)
        (error,) = problem(answer, 422)["errors"]
        # A thousand hours later.
        assert "end at 2025-04-11T16:00:00" in error["message"]
        span = {"to": "2025-04-11T16:00:00Z"}
        answer = server.request("POST", "/alerts/simulate", json={**given, **span})
        assert answer.status_code == 200


def test_notices_are_counted_without_naming_anybody(server: Server) -> None:
    with notified() as webhook:
        one = make(server, body(webhook.url), NOW)
        assert look(server, NOW, one) == "firing"
    text = server.request("GET", "/metrics").text
    assert "callistics_alerts_firing 1.0" in text
    assert 'callistics_alert_notices_total{channel="webhook",result="sent"}' in text
    assert one not in text


def test_an_alert_that_is_stopped_is_not_counted_as_firing(server: Server) -> None:
    one = make(server, body(), NOW)
    assert look(server, NOW, one) == "firing"
    assert server.request("PATCH", f"/alerts/{one}", json={"enabled": False}).status_code == 200
    look(server, NOW)
    assert "callistics_alerts_firing 0.0" in server.request("GET", "/metrics").text
