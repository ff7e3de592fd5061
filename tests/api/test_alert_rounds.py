"""Alerts as time goes by: each bucket is looked at once it is closed, and what changes is told."""

import base64
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from callistics.errors import TimedOut, Unavailable
from support import inside
from support.alerting import (
    Notified,
    alerting,
    alerts_of,
    at,
    body,
    call,
    look,
    make,
    send_calls,
    shown,
)
from support.server import Server

FIRED = ("alert.changed", "ok", "firing")
RECOVERED = ("alert.changed", "firing", "recovered")


def test_a_bucket_is_looked_at_once_it_is_closed(
    engine: str, tmp_path: Path, webhook: Notified
) -> None:
    with alerting(tmp_path) as server:
        send_calls(server, call("a", "2026-03-02T10:30:00Z"))
        one = make(server, body(webhook.url, delay=300), "2026-03-02T11:20")
        assert look(server, "2026-03-02T11:20", one) == "ok"
        # The hour is over, but webhooks of its calls may still come.
        assert look(server, "2026-03-02T12:04:59", one) == "ok"
        send_calls(server, call("late", "2026-03-02T11:59:00Z"))
        assert look(server, "2026-03-02T12:05:00", one) == "ok"
        assert look(server, "2026-03-02T13:04:59", one) == "ok"
        assert webhook.told == []
        assert look(server, "2026-03-02T13:05:00", one) == "firing"
        # What comes later than the delay changes nothing any more.
        send_calls(server, call("too late", "2026-03-02T12:30:00Z"))
        assert look(server, "2026-03-02T13:50", one) == "firing"
        assert webhook.told == [FIRED]
    with alerting(tmp_path) as server:
        # A restart neither repeats nor forgets.
        assert look(server, "2026-03-02T13:55", one) == "firing"
        assert webhook.told == [FIRED]
        send_calls(server, call("b", "2026-03-02T13:10:00Z"))
        assert look(server, "2026-03-02T14:05", one) == "recovered"
        assert webhook.told == [FIRED, RECOVERED]
        assert look(server, "2026-03-02T15:05", one) == "firing"
        history = shown(server, one)["history"]
        assert [(change["from"], change["to"]) for change in history] == [
            ("recovered", "firing"),
            ("firing", "recovered"),
            ("ok", "firing"),
        ]


def test_what_was_not_sent_before_the_end_is_sent_after_the_start(
    engine: str, tmp_path: Path, webhook: Notified
) -> None:
    with alerting(tmp_path) as server:
        make(server, body(webhook.url), "2026-03-02T11:20")
        alerts_of(server).evaluator.round(at("2026-03-02T11:20"))
    with alerting(tmp_path) as server:
        look(server, "2026-03-02T11:21")
        assert webhook.told == [FIRED]
    with alerting(tmp_path) as server:
        look(server, "2026-03-02T11:22")
        assert webhook.told == [FIRED]


def test_buckets_that_closed_meanwhile_are_looked_at_in_their_order(
    watching: Server, webhook: Notified
) -> None:
    one = make(watching, body(webhook.url), "2026-03-02T11:20")
    look(watching, "2026-03-02T11:20")
    send_calls(watching, call("a", "2026-03-02T12:30:00Z"))
    assert look(watching, "2026-03-02T14:30", one) == "firing"
    assert webhook.told == [FIRED, RECOVERED, ("alert.changed", "recovered", "firing")]


def test_notices_to_one_place_arrive_in_their_order(watching: Server, webhook: Notified) -> None:
    """Of one round too, and those behind one that does not arrive wait with it."""
    one = make(watching, body(webhook.url), "2026-03-02T00:20")
    look(watching, "2026-03-02T00:20")
    hours = [f"2026-03-02T{hour:02}:30:00Z" for hour in range(1, 20, 2)]
    send_calls(watching, *(call(begin, begin) for begin in hours))
    webhook.statuses = [204, 204, 503]
    look(watching, "2026-03-02T21:01", one)
    again = ("alert.changed", "recovered", "firing")
    flapping = [FIRED, *[RECOVERED, again] * len(hours)][: len(webhook.told)]
    assert webhook.told == flapping
    assert len(webhook.told) == 1 + 3
    look(watching, "2026-03-02T21:02", one)
    look(watching, "2026-03-02T21:02:05", one)
    assert webhook.told[4:] == [RECOVERED, again] * (len(hours) - 1)


def test_quiet_hours_over_midnight(watching: Server, webhook: Notified) -> None:
    wanted = body(
        webhook.url,
        quiet_hours=[{"from": "22:00", "to": "07:00"}],
        timezone="Europe/Berlin",
        renotify=3600,
    )
    send_calls(watching, call("a", "2026-03-02T19:30:00Z"), call("b", "2026-03-02T22:10:00Z"))
    one = make(watching, wanted, "2026-03-02T20:30")
    assert look(watching, "2026-03-02T20:30", one) == "ok"
    # 22:01 in Berlin, then 00:01 and 01:01.
    assert look(watching, "2026-03-02T21:01", one) == "firing"
    assert look(watching, "2026-03-02T23:01", one) == "recovered"
    assert look(watching, "2026-03-03T00:01", one) == "firing"
    assert look(watching, "2026-03-03T05:59:59", one) == "firing"
    assert webhook.came == []
    assert look(watching, "2026-03-03T06:00", one) == "firing"
    (notice,) = webhook.notices
    changes = notice["data"]["changes"]
    assert [(change["at"][11:16], change["to"]) for change in changes] == [
        ("21:01", "firing"),
        ("23:01", "recovered"),
        ("00:01", "firing"),
    ]
    # It is told once more an hour after that, not after it fired.
    look(watching, "2026-03-03T06:59:59")
    assert len(webhook.came) == 1
    look(watching, "2026-03-03T07:00")
    assert webhook.notices[-1]["type"] == "alert.repeated"


def test_it_is_told_again_while_it_fires(watching: Server, webhook: Notified) -> None:
    make(watching, body(webhook.url, renotify=900), "2026-03-02T11:20")
    for time in ("11:20", "11:34", "11:35", "11:45", "11:50"):
        look(watching, f"2026-03-02T{time}")
    kinds = [notice["type"] for notice in webhook.notices]
    assert kinds == ["alert.changed", "alert.repeated", "alert.repeated"]
    assert webhook.notices[-1]["data"]["changes"][0]["at"] == "2026-03-02T11:20:00Z"


def test_only_buckets_in_active_hours_are_looked_at(watching: Server, webhook: Notified) -> None:
    wanted = body(webhook.url, active_hours=[{"from": "09:00", "to": "18:00", "days": [1, 2]}])
    one = make(watching, wanted, "2026-03-02T08:30")
    assert look(watching, "2026-03-02T09:30", one) == "ok"
    assert look(watching, "2026-03-02T10:01", one) == "firing"
    send_calls(watching, call("a", "2026-03-02T17:30:00Z"))
    # The hours of the night have no calls, and are not looked at.
    assert look(watching, "2026-03-03T09:30", one) == "recovered"
    # Monday and Tuesday: of Wednesday nothing is.
    assert look(watching, "2026-03-03T18:30", one) == "firing"
    send_calls(watching, call("b", "2026-03-04T10:30:00Z"))
    assert look(watching, "2026-03-04T18:30", one) == "firing"


def test_an_error_of_the_query_is_told_once_it_lasts(
    watching: Server, webhook: Notified, monkeypatch: pytest.MonkeyPatch
) -> None:
    analytics = watching.application.services.analytics
    one = make(
        watching, body(webhook.url, condition={"op": "above", "value": 9}), "2026-03-02T11:20"
    )

    def fail(*_: Any) -> Any:
        raise TimedOut("the query took longer than 30 seconds")

    with monkeypatch.context() as patch:
        patch.setattr(analytics, "compute", fail)
        assert look(watching, "2026-03-02T11:20:00", one) == "ok"
        assert look(watching, "2026-03-02T11:20:29", one) == "ok"
        assert look(watching, "2026-03-02T11:20:30", one) == "ok"
        assert look(watching, "2026-03-02T11:21:30", one) == "error"
        assert look(watching, "2026-03-02T11:40:00", one) == "error"
        found = shown(watching, one)
        assert found["error"] == "the query took longer than 30 seconds"
        assert found["since"] == "2026-03-02T11:21:30Z"
    assert look(watching, "2026-03-02T11:55:00", one) == "ok"
    assert webhook.told == [("alert.changed", "ok", "error"), ("alert.changed", "error", "ok")]
    assert webhook.notices[0]["data"]["changes"][0]["error"] == found["error"]


def test_what_could_not_be_stored_is_evaluated_and_told_once(
    watching: Server, webhook: Notified, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make(watching, body(webhook.url), "2026-03-02T11:20")
    writer = watching.application.services.writer

    def fail(_: Any) -> Any:
        raise Unavailable("the engine does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "submit", fail)
        alerts_of(watching).evaluator.round(at("2026-03-02T11:20"))
    assert look(watching, "2026-03-02T11:21", one) == "ok"
    assert look(watching, "2026-03-02T11:25", one) == "firing"
    assert webhook.told == [FIRED]


def test_one_round_tells_when_the_next_is_due(watching: Server) -> None:
    make(watching, body(), "2026-03-02T11:20")
    evaluator = alerts_of(watching).evaluator
    assert evaluator.round(at("2026-03-02T11:20")) == at("2026-03-02T12:01")
    assert evaluator.round(at("2026-03-02T11:30")) == at("2026-03-02T12:01")


def test_after_a_long_stop_only_the_last_buckets_are_looked_at(watching: Server) -> None:
    one = make(watching, body(), "2026-03-02T11:20")
    look(watching, "2026-03-02T11:20")
    for _ in range(6):
        look(watching, "2027-01-01T00:30")
    found = shown(watching, one)
    assert found["last_buckets"]["to"] == "2027-01-01T00:00:00+00:00"
    assert len(found["history"]) == 1


def test_what_waits_goes_where_the_alert_notifies_by_now(
    watching: Server, webhook: Notified
) -> None:
    """A webhook that is named no more hears nothing; one with a new secret is sent that."""
    secrets = [f"whsec_{base64.b64encode(bytes([one]) * 24).decode()}" for one in (1, 2)]
    named = [{"webhook": {"url": f"{webhook.url}/{one}", "secret": secrets[0]}} for one in "ab"]
    one = make(watching, body(notify=named), "2026-03-02T00:20")
    webhook.statuses = [503, 503]
    look(watching, "2026-03-02T00:20")
    left = [{"webhook": {"url": f"{webhook.url}/b", "secret": secrets[1]}}]
    assert watching.request("PATCH", f"/alerts/{one}", json={"notify": left}).is_success
    look(watching, "2026-03-02T00:20:05")
    assert len(webhook.came) == 3
    headers, sent = webhook.came[2]
    inside.verify_without_clock(Webhook(secrets[1]), sent, headers)
    states = {
        each["to"]: (each["state"], each["error"]) for each in shown(watching, one)["deliveries"]
    }
    assert states == {
        f"{webhook.url}/a": ("given_up", "the alert does not notify it any more"),
        f"{webhook.url}/b": ("delivered", None),
    }
