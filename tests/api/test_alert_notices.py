"""Notices: what they say, that they are signed, sent again until they arrive, and given up."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

from callistics.alerts.sender import PAUSES
from callistics.model.instants import SECOND
from support import engines, inside
from support.alerting import (
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
from support.gate import until
from support.live import free_port
from support.server import Server

NOW = "2026-03-02T11:20"


class Mails:
    """Takes mail, or answers `refusal`."""

    def __init__(self) -> None:
        self.came: list[Envelope] = []
        self.refusal: str | None = None

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        if self.refusal is None:
            self.came.append(envelope)
        return self.refusal or "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        """The mails that came."""
        contents = [cast("bytes", one.content) for one in self.came]
        return [message_from_bytes(one, policy=policy.default) for one in contents]


@pytest.fixture(scope="module")
def mails() -> Iterator[tuple[Mails, int]]:
    found, port = Mails(), free_port()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, port
    controller.stop()


@pytest.fixture(scope="module")
def one_server(
    mails: tuple[Mails, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder, smtp = tmp_path_factory.mktemp("notices"), f"smtp://127.0.0.1:{mails[1]}"
    settings = {"smtp_url": smtp, "mail_from": "alerts@calls.example"}
    with alerting(folder, public_url="https://calls.example/below", **settings) as found:
        yield found


@pytest.fixture
def server(one_server: Server) -> Iterator[Server]:
    yield one_server
    for one in one_server.request("GET", "/alerts").json()["alerts"]:
        assert one_server.request("DELETE", f"/alerts/{one['id']}").status_code == 204
    engines.empty(inside.engine_of(one_server))


@pytest.fixture
def webhook() -> Iterator[Notified]:
    with notified() as found:
        yield found


def secret_of(server: Server) -> str:
    return alerts_of(server).stored.alerts()[0].notify[0].secret


def listed(server: Server, alert_id: str) -> dict[str, Any]:
    """An alert as it is listed."""
    alerts = server.request("GET", "/alerts").json()["alerts"]
    return next(one for one in alerts if one["id"] == alert_id)


def test_a_notice_says_what_why_and_where(server: Server, webhook: Notified) -> None:
    secret = {"ssn": "123-45-6789"}
    calls = [
        call(f"c{n:02}", f"2026-03-02T09:{30 + n}:00Z", payload=secret, provider="TWILIO")
        for n in range(25)
    ]
    send_calls(server, *calls, call("x", "2026-03-02T09:40:00Z"))
    wanted = body(
        webhook.url,
        query={
            "query_type": "call_count",
            "granularity": "hour",
            "timezone": "Asia/Kolkata",
            "group_by": ["provider"],
            "filters": {"merchant_id": "m1", "payload_filters": {"ssn": {"exists": True}}},
        },
        condition={"op": "at_least", "value": 20},
    )
    one = make(server, wanted, NOW)
    look(server, NOW)
    (notice,) = webhook.notices
    assert (notice["type"], notice["timestamp"]) == ("alert.changed", "2026-03-02T11:20:00Z")
    data = notice["data"]
    assert data["alert"] == {"id": one, "name": "few calls"}
    assert (data["test"], data["state"], data["field"]) == (False, "firing", "count")
    assert data["condition"] == {"op": "at_least", "value": 20}
    (change,) = data["changes"]
    link = change.pop("link")
    assert change == {
        "at": "2026-03-02T11:20:00Z",
        "group": {"provider": "TWILIO"},
        "from": "ok",
        "to": "firing",
        "value": 25,
        "previous": None,
        "count": 25,
        "buckets": {"from": "2026-03-02T15:00:00+05:30", "to": "2026-03-02T16:00:00+05:30"},
        "error": None,
    }
    assert link == data["link"]
    assert link.startswith("https://calls.example/below/?merchant_id=m1&")
    for part in ("provider=TWILIO", "date_from=2026-03-02T", "timezone=Asia%2FKolkata", "ssn"):
        assert part in link
    assert len(data["calls"]) == 20
    assert {tuple(one) for one in data["calls"]} == {("merchant_id", "call_id", "started_at")}
    assert "123-45-6789" not in str(webhook.came)
    assert secret_of(server) not in str(webhook.came)


def test_the_signature_is_that_of_standard_webhooks(server: Server, webhook: Notified) -> None:
    make(server, body(webhook.url), NOW)
    look(server, NOW)
    ((headers, sent),) = webhook.came
    assert headers["webhook-timestamp"] == str(at(NOW) // SECOND)
    signer = Webhook(secret_of(server))
    inside.verify_without_clock(signer, sent, headers)
    for name in ("webhook-id", "webhook-timestamp"):
        with pytest.raises(WebhookVerificationError):
            inside.verify_without_clock(signer, sent, {**headers, name: "1"})
    with pytest.raises(WebhookVerificationError):
        inside.verify_without_clock(signer, sent + b" ", headers)


def test_it_is_sent_again_with_the_same_id_until_it_arrives(
    server: Server, webhook: Notified
) -> None:
    one = make(server, body(webhook.url, renotify=None), NOW)
    webhook.statuses = [500, 302, 429]
    sender = alerts_of(server).sender
    look(server, NOW)
    delivery = shown(server, one)["deliveries"][0]
    assert (delivery["state"], delivery["attempts"]) == ("waiting", 1)
    assert (delivery["error"], delivery["next_attempt_at"]) == (
        "it answered 500",
        "2026-03-02T11:20:05Z",
    )
    assert shown(server, one)["notices_overdue"] == listed(server, one)["notices_overdue"] == 1
    for pause, number in ((4, 1), (5, 2), (5 + 299, 2), (5 + 300, 3), (5 + 300 + 1800, 4)):
        sender.round(at(NOW) + pause * SECOND)
        assert len(webhook.came) == number
    assert len({headers["webhook-id"] for headers, _ in webhook.came}) == 1
    assert len({sent for _, sent in webhook.came}) == 1
    delivery = shown(server, one)["deliveries"][0]
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 4)
    assert shown(server, one)["notices_overdue"] == listed(server, one)["notices_overdue"] == 0
    assert sender.round(at(NOW) + 10**6 * SECOND) is None


def test_it_is_given_up_after_a_while(server: Server, webhook: Notified) -> None:
    one = make(server, body(webhook.url), NOW)
    webhook.statuses = [500] * (len(PAUSES) + 1)
    sender, now = alerts_of(server).sender, at(NOW)
    look(server, NOW)
    for pause in PAUSES:
        now += pause
        sender.round(now)
    delivery = shown(server, one)["deliveries"][0]
    assert (delivery["state"], delivery["attempts"]) == ("given_up", len(PAUSES) + 1)
    assert delivery["next_attempt_at"] is None
    assert sender.round(now + 10**12) is None
    assert len(webhook.came) == len(PAUSES) + 1


def test_who_is_gone_is_left_alone(server: Server, webhook: Notified) -> None:
    one = make(server, body(webhook.url), NOW)
    webhook.statuses = [410]
    look(server, NOW)
    assert shown(server, one)["deliveries"][0]["state"] == "given_up"


def test_a_test_says_that_it_is_one(
    server: Server, webhook: Notified, mails: tuple[Mails, int]
) -> None:
    mails[0].came.clear()
    wanted = body(webhook.url)
    wanted["notify"].append({"email": {"to": ["ops@calls.example"]}})
    one = make(server, wanted, NOW)
    answer = server.request("POST", f"/alerts/{one}/test")
    assert answer.json()["notices"] == [
        {"to": webhook.url, "sent": True, "error": None},
        {"to": "ops@calls.example", "sent": True, "error": None},
    ]
    (notice,) = webhook.notices
    assert (notice["type"], notice["data"]["test"]) == ("alert.test", True)
    (mail,) = mails[0].messages
    assert mail["Subject"] == "[test] few calls: ok"
    assert "This is a test" in mail.get_content()
    assert shown(server, one)["deliveries"] == []


def test_a_mail_says_what_a_webhook_does(server: Server, mails: tuple[Mails, int]) -> None:
    mails[0].came.clear()
    send_calls(server, call("a", "2026-03-02T10:10:00Z"))
    to = ["one@calls.example", "two@calls.example"]
    wanted = body(condition={"op": "above", "value": 0.5}, notify=[{"email": {"to": to}}])
    make(server, wanted, NOW)
    look(server, NOW)
    (mail,), (envelope,) = mails[0].messages, mails[0].came
    assert list(envelope.rcpt_tos) == to
    assert envelope.mail_from == "alerts@calls.example"
    assert mail["Subject"] == "few calls: firing"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    for part in (
        "ok to firing, count 1, 2026-03-02T10:00:00+00:00 to 2026-03-02T11:00:00+00:00",
        "Condition: count above 0.5",
        "Dashboard: https://calls.example/below/?",
        "2026-03-02T10:10:00+00:00  a  (m1)",
    ):
        assert part in text, text


def test_a_text_of_a_record_is_no_line_of_a_mail(server: Server, mails: tuple[Mails, int]) -> None:
    found, _ = mails
    query = {"query_type": "call_count", "granularity": "hour", "group_by": ["provider"]}
    fires = {"op": "at_least", "value": 1}
    to = [{"email": {"to": ["ops@calls.example"]}}]
    send_calls(server, call("a\nDashboard: b", "2026-03-02T10:30:00Z", provider="T\u2028W"))
    make(server, body(query=query, condition=fires, notify=to), NOW)
    look(server, NOW)
    lines = found.messages[-1].get_content().splitlines()
    assert sum(line.startswith("Dashboard: ") for line in lines) == 1
    assert any("provider T W: " in line for line in lines)


def test_a_mail_that_was_refused_is_sent_again(server: Server, mails: tuple[Mails, int]) -> None:
    mails[0].came.clear()
    mails[0].refusal = "451 later"
    one = make(server, body(notify=[{"email": {"to": ["ops@calls.example"]}}]), NOW)
    look(server, NOW)
    assert shown(server, one)["deliveries"][0]["error"] == "the mail server: SMTPDataError"
    mails[0].refusal = None
    alerts_of(server).sender.round(at(NOW) + PAUSES[0])
    assert len(mails[0].came) == 1
    assert shown(server, one)["deliveries"][0]["state"] == "delivered"


def test_in_the_background_alerts_are_looked_at_and_told(tmp_path: Path, webhook: Notified) -> None:
    with alerting(tmp_path) as server:
        server.set_clock(at(NOW))
        alerts_of(server).start(evaluates=True)
        make(server, body(webhook.url), NOW)
        until(lambda: len(webhook.came) == 1)
    assert webhook.told == [("alert.changed", "ok", "firing")]


def test_what_happened_long_ago_is_forgotten(server: Server, webhook: Notified) -> None:
    one = make(server, body(webhook.url), NOW)
    look(server, NOW)
    found = shown(server, one)
    assert (len(found["history"]), len(found["deliveries"])) == (1, 1)
    inside.purge_alerts(server)
    found = shown(server, one)
    assert (found["history"], found["deliveries"], found["state"]) == ([], [], "firing")
