"""Alerts that are grouped by a field of payloads keep no value that no record has any more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from callistics.alerts.evaluator import Evaluator, EvaluatorParts
from callistics.alerts.notices import Notices
from callistics.alerts.sender import PAUSES
from callistics.engines.base import Engine
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.ingest import kept_alerts
from callistics.ingest.job import Job, OutdatedError
from callistics.model.alerts import AlertChanges, AlertRow
from support import inside
from support.alerting import (
    TENANTS,
    Notified,
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
from support.server import Server

NOW, LATER, LAST = "2026-03-02T11:20", "2026-03-02T12:20", "2026-03-02T13:20"
GOES, STAYS = "+49-30-goes", "+49-30-stays"
QUERY = {"query_type": "call_count", "granularity": "hour", "group_by": ["payload.phone"]}
WATCHED: dict[str, Any] = {"query": QUERY, "condition": {"op": "above", "value": 0}}


def person(name: str, phone: str, when: str = "2026-03-02T10:30:00Z") -> dict[str, Any]:
    return call(name, when, payload={"phone": phone, "city": "Delhi"})


def groups(server: Server, alert: str) -> dict[str, list[Any]]:
    """The phones of an alert: those that it knows, and those of its changes."""
    found = shown(server, alert)
    return {
        "known": sorted(one["group"]["payload.phone"] for one in found["groups"]),
        "changes": sorted(one["group"]["payload.phone"] for one in found["history"]),
    }


def watched(server: Server, webhook: Notified, **more: Any) -> str:
    """An alert that fires for two phones, of which the notice waits."""
    send_calls(server, person("goes", GOES), person("stays", STAYS))
    alert = make(server, body(webhook.url, **{**WATCHED, **more}), NOW)
    webhook.statuses = [503]
    assert look(server, NOW, alert) == "firing"
    assert groups(server, alert) == {"known": [GOES, STAYS], "changes": [GOES, STAYS]}
    return alert


def stored(server: Server) -> str:
    """What is stored of alerts."""
    return str([inside.alert_rows(server, kind) for kind in AlertRow])


@pytest.mark.parametrize(("name", "goes", "stays"), [("goes", GOES, STAYS), ("stays", STAYS, GOES)])
def test_a_group_goes_with_the_last_who_had_its_value(
    engine: str, tmp_path: Path, name: str, goes: str, stays: str
) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        alert = watched(server, webhook)
        assert server.request("DELETE", f"/leads/lead of {name}").is_success
        assert groups(server, alert) == {"known": [stays], "changes": [stays]}
        (waits,) = alerts_of(server).stored.waiting()
        assert (stays in waits.body, goes in waits.body) == (True, False)
        send_calls(server, person("again", stays, "2026-03-02T11:30:00Z"))
        assert look(server, LATER, alert) == "firing"
        assert groups(server, alert) == {"known": [stays], "changes": [stays]}
        alerts_of(server).sender.round(at(LATER) + PAUSES[0])
        told = [
            [one["group"]["payload.phone"] for one in sent["data"]["changes"]]
            for sent in webhook.notices
        ]
        assert [sorted(phones) for phones in told] == [[GOES, STAYS], [stays]]
        assert quote(goes) not in str(webhook.notices[1])
        assert stays in webhook.notices[1]["data"]["firing"][0].values()
        assert goes not in stored(server)
        assert quote(goes) not in stored(server)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_group_goes_from_one_of_several_alerts_that_changed_at_once(
    engine: str, tmp_path: Path, place: int
) -> None:
    """Whichever is looked at first."""
    with alerting(tmp_path) as server:
        send_calls(server, person("goes", GOES), person("stays", STAYS))
        wanted: list[dict[str, Any]] = [{**WATCHED, "query": {**QUERY, "group_by": None}}] * 2
        wanted.insert(place, WATCHED)
        made = [make(server, body(**one), f"2026-03-02T11:1{n}") for n, one in enumerate(wanted)]
        look(server, NOW)
        assert server.request("DELETE", "/leads/lead of goes").is_success
        grouped = made.pop(place)
        assert groups(server, grouped) == {"known": [STAYS], "changes": [STAYS]}
        for other in made:
            assert [one["to"] for one in shown(server, other)["history"]] == ["firing"]
        assert GOES not in stored(server)


def test_a_group_stays_while_anybody_has_its_value(engine: str, tmp_path: Path) -> None:
    query = {**QUERY, "group_by": ["payload.city"]}
    with alerting(tmp_path) as server, notified() as webhook:
        send_calls(server, person("goes", GOES), person("stays", STAYS))
        alert = make(server, body(webhook.url, **{**WATCHED, "query": query}), NOW)
        look(server, NOW)
        before = shown(server, alert)
        assert server.request("DELETE", "/calls/goes").is_success
        assert shown(server, alert) == before
        assert before["groups"][0]["group"] == {"payload.city": "Delhi"}
        send_calls(server, person("again", STAYS, "2026-03-02T11:30:00Z"))
        assert look(server, LATER, alert) == "firing"
        assert len(webhook.notices) == 1
        assert server.request("DELETE", "/leads/lead of stays").is_success
        assert shown(server, alert)["groups"]
        assert server.request("DELETE", "/leads/lead of again").is_success
        assert (shown(server, alert)["groups"], shown(server, alert)["history"]) == ([], [])


def lead_alone(server: Server) -> None:
    lead = {"lead_id": "another", **TENANTS, "payload": {"phone": GOES}}
    assert server.request("POST", "/leads", json=lead).is_success


def call_of_another(server: Server) -> None:
    """Its lead has a phone of its own."""
    lead = {"lead_id": "another", **TENANTS, "payload": {"phone": STAYS}}
    assert server.request("POST", "/leads", json=lead).is_success
    send_calls(server, person("second", GOES, "2026-03-01T10:30:00Z") | {"lead_id": "another"})


def call_of_the_same(server: Server) -> None:
    """What it has of its lead changes by the erasure."""
    second = person("second", GOES, "2026-03-03T10:30:00Z")
    send_calls(server, second | {"lead_id": "lead of goes", "payload": {"phone": GOES}})


@pytest.mark.parametrize("having", [lead_alone, call_of_another, call_of_the_same])
def test_any_record_with_the_value_keeps_the_group(
    engine: str, tmp_path: Path, having: Callable[[Server], None]
) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        having(server)
        alert = watched(server, webhook)
        before = shown(server, alert)
        assert server.request("DELETE", "/calls/goes").is_success
        assert shown(server, alert) == before


def test_to_erase_what_counts_nowhere_changes_no_group(engine: str, tmp_path: Path) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        alert = watched(server, webhook)
        before = shown(server, alert)
        pending = {"call_id": "pending", "merchant_id": "m1", "payload": {"phone": "+49-30-none"}}
        assert server.request("POST", "/calls", json=pending).json()["pending"] == 1
        assert server.request("DELETE", "/calls/pending").is_success
        assert shown(server, alert) == before


class Counted:
    """A session, with how often its methods were called."""

    def __init__(self, session: Any) -> None:
        self._session, self.calls = session, 0

    def __getattr__(self, name: str) -> Any:
        def called(*arguments: Any) -> Any:
            self.calls += 1
            return getattr(self._session, name)(*arguments)

        return called


def test_records_are_looked_through_once_for_all_groups(engine: str, tmp_path: Path) -> None:
    # Together they are longer than what ClickHouse takes as one value.
    phones = [f"{number:05}" * 300 for number in range(50)]
    with alerting(tmp_path) as server, notified() as webhook:
        send_calls(server, *(person(f"c{place}", phone) for place, phone in enumerate(phones)))
        alert = make(server, body(webhook.url, **WATCHED), NOW)
        look(server, NOW)
        with inside.engine_of(server).writing() as session:
            counted: Any = Counted(session)
            assert not kept_alerts.without_erased(counted, set()).rows()
        assert counted.calls == 2
        assert server.request("DELETE", "/calls/c7").is_success
        assert groups(server, alert)["known"] == [*phones[:7], *phones[8:]]


def test_what_was_held_for_later_is_told_without_it(engine: str, tmp_path: Path) -> None:
    quiet = [{"from": "00:00", "to": "13:00"}]
    with alerting(tmp_path) as server, notified() as webhook:
        alert = watched(server, webhook, quiet_hours=quiet)
        webhook.statuses = []
        assert server.request("DELETE", "/leads/lead of goes").is_success
        look(server, LAST, alert)
        (notice,) = webhook.notices
        assert GOES not in str(notice)
        assert STAYS in str(notice)


def test_a_notice_of_nobody_else_is_not_sent(engine: str, tmp_path: Path) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        send_calls(server, person("goes", GOES))
        alert = make(server, body(webhook.url, **WATCHED), NOW)
        webhook.statuses = [503]
        look(server, NOW)
        assert server.request("DELETE", "/calls/goes").is_success
        alerts_of(server).sender.round(at(NOW) + PAUSES[0])
        assert len(webhook.came) == 1
        (notice,) = shown(server, alert)["deliveries"]
        assert (notice["state"], notice["error"]) == ("given_up", "what it told of was erased")


def test_what_was_read_before_an_erasure_is_not_stored(engine: str, tmp_path: Path) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        alert = watched(server, webhook)
        alerts = alerts_of(server)
        status = alerts.stored.status(alert)
        assert status is not None
        writer = server.application.services.writer
        late = AlertChanges(statuses={alert: status}, erasures=writer.erasures)
        assert server.request("DELETE", "/calls/goes").is_success
        with pytest.raises(OutdatedError):
            writer.submit(Job(alerts=late)).result()
        assert GOES not in stored(server)


def test_a_round_that_an_erasure_overtakes_is_done_again(engine: str, tmp_path: Path) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        send_calls(server, person("goes", GOES), person("stays", STAYS))
        alert = make(server, body(webhook.url, **WATCHED), NOW)
        alerts, services = alerts_of(server), server.application.services
        erased: list[int] = []

        def save(changes: AlertChanges) -> None:
            if not erased:
                erased.append(server.request("DELETE", "/calls/goes").status_code)
            services.writer.submit(Job(alerts=changes)).result()

        evaluator = Evaluator(
            EvaluatorParts(
                alerts.stored,
                services.analytics,
                Notices(services.searches, "http://calls.example"),
                alerts.sender,
                save,
                lambda: services.writer.erasures,
                alerts.paused,
            )
        )
        assert evaluator.round(at(NOW)) == at(NOW)
        assert shown(server, alert)["groups"] == []
        following = evaluator.round(at(NOW))
        assert following is not None
        assert following > at(NOW)
        assert groups(server, alert) == {"known": [STAYS], "changes": [STAYS]}
        (waits,) = alerts_of(server).stored.waiting()
        assert GOES not in waits.body


def test_nothing_is_left_after_maintenance(engine: str, tmp_path: Path) -> None:
    with alerting(tmp_path) as server, notified() as webhook:
        watched(server, webhook)
        found = inside.engine_of(server)
        assert bytes_of_alerts(found, tmp_path, GOES)
        assert server.request("DELETE", "/leads/lead of goes").is_success
        while found.maintain():
            pass
        assert not bytes_of_alerts(found, tmp_path, GOES)
        assert bytes_of_alerts(found, tmp_path, STAYS)


def bytes_of_alerts(engine: Engine, folder: Path, text: str) -> bool:
    """Whether a text is in the files of a database, or in any row, however old."""
    if isinstance(engine, ClickHouseEngine):
        client = inside.server_writer(engine)
        return text in str(client.query("SELECT content FROM alert_rows").result_rows)
    inside.execute(engine, "CHECKPOINT")
    files = [one.read_bytes() for one in folder.rglob("*") if one.is_file()]
    return any(text.encode() in data for data in files)
