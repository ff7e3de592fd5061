"""Notices that wait and name calls which are erased."""

from pathlib import Path

from callistics.alerts.sender import PAUSES, Sender, Ways
from callistics.ingest.job import Job
from callistics.model.alerts import AlertChanges
from support.alerting import (
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

NOW, LATER = "2026-03-02T11:20", "2026-03-02T13:20"


def test_a_call_that_was_erased_is_named_no_more(engine: str, tmp_path: Path) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        send_calls(server, *(call(one, "2026-03-02T10:30:00Z") for one in ("stays", "goes")))
        one = make(server, body(webhook.url, condition={"op": "above", "value": 1}), NOW)
        webhook.statuses = [503]
        look(server, NOW)
        assert server.request("DELETE", "/leads/lead of goes").json()["calls"] == 1
        kept = alerts_of(server).stored.waiting()
        assert [("stays" in each.body, "goes" in each.body) for each in kept] == [(True, False)]
        alerts_of(server).sender.round(at(NOW) + PAUSES[0])
        named = [[each["call_id"] for each in sent["data"]["calls"]] for sent in webhook.notices]
        assert [sorted(ids) for ids in named] == [["goes", "stays"], ["stays"]]
        assert shown(server, one)["deliveries"][0]["state"] == "delivered"


def test_a_notice_stored_after_an_erasure_does_not_name_the_call(
    engine: str, tmp_path: Path
) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        send_calls(server, call("gone", "2026-03-02T10:30:00Z"))
        make(server, body(webhook.url, condition={"op": "above", "value": 0}), NOW)
        webhook.statuses = [503]
        look(server, NOW)
        (before,) = alerts_of(server).stored.waiting()
        assert server.request("DELETE", "/calls/gone").is_success
        late = Job(alerts=AlertChanges(deliveries=[before]))
        server.application.services.writer.submit(late).result()
        (kept,) = alerts_of(server).stored.waiting()
        assert ("gone" in before.body, "gone" in kept.body) == (True, False)


def test_a_call_erased_in_a_round_is_named_by_none_that_waits_behind_another(
    engine: str, tmp_path: Path
) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        send_calls(server, call("gone", "2026-03-02T12:30:00Z"))
        wanted = body(webhook.url, condition={"op": "at_most", "value": 1}, renotify=3600)
        make(server, wanted, NOW)
        alerts, writer = alerts_of(server), server.application.services.writer
        for when in (NOW, LATER):
            server.set_clock(at(when))
            alerts.evaluator.round(at(when))
        before = alerts.stored.waiting()
        assert sorted("gone" in one.body for one in before) == [False, True]

        def save(changes: AlertChanges) -> None:
            assert server.request("DELETE", "/calls/gone").is_success
            writer.submit(Job(alerts=changes)).result()

        ways = Ways(None, private=True, count=lambda *_: None)
        webhook.statuses = [503]
        Sender(alerts.stored, ways, save, lambda one: one.target).round(at(LATER))
        kept = alerts.stored.waiting()
        assert sorted(one.attempts for one in kept) == [0, 1]
        assert not any("gone" in one.body for one in kept)
