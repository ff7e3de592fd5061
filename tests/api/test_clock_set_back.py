"""A clock that was far ahead once and is right again keeps nothing waiting for it."""

from pathlib import Path
from typing import Any

import pytest

from callistics.model.instants import DAY, HOUR, now, utc_text
from callistics.server import retention
from callistics.webhooks import service
from support.alerting import Notified, alerting, body, call, look, make, notified, send_calls
from support.server import serving
from support.webhook_server import webhooks_of


@pytest.fixture
def webhook() -> Any:
    with notified() as found:
        yield found


def test_an_alert_goes_on_from_now(engine: str, tmp_path: Path, webhook: Notified) -> None:
    with alerting(tmp_path) as server:
        hours = [f"2026-03-02T{hour}:30:00Z" for hour in range(10, 24)]
        send_calls(server, *(call(begin, begin) for begin in hours if "T13" not in begin))
        one = make(server, body(webhook.url, delay=60), "2026-03-02T11:20")
        assert look(server, "2026-03-02T11:20", one) == "ok"
        # An evening that has not come, where the hour from 13 on had no call.
        assert look(server, "2026-03-02T23:05", one) == "ok"
        told = list(webhook.told)
        assert look(server, "2026-03-02T12:20", one) == "ok"
        assert webhook.told == told
        assert look(server, "2026-03-02T14:00:59", one) == "ok"
        assert look(server, "2026-03-02T14:01", one) == "firing"
    with alerting(tmp_path) as server:
        assert look(server, "2026-03-02T15:05", one) == "recovered"


def test_it_is_told_again_while_it_fires(tmp_path: Path, webhook: Notified) -> None:
    with alerting(tmp_path) as server:
        one = make(server, body(webhook.url, renotify=900), "2026-03-02T11:20")
        assert look(server, "2026-03-05T11:20", one) == "firing"
        came = len(webhook.came)
        look(server, "2026-03-02T12:20", one)
        look(server, "2026-03-02T12:36", one)
        assert [notice["type"] for notice in webhook.notices[came:]] == ["alert.repeated"]


def test_what_is_too_old_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(moment: int) -> None:
        monkeypatch.setattr(retention, "now", lambda: moment)
        monkeypatch.setattr(service, "now", lambda: moment)

    ids = {"call_id": "old", "merchant_id": "m", "reseller_id": "r"}
    with serving(tmp_path, retention_days=1_000) as server:
        at(now() + 400 * DAY)
        while server.application.services.maintain():
            pass
        at(now())
        old = {**ids, "started_at": utc_text(now() - 1_001 * DAY)}
        assert server.request("POST", "/calls", json=old).status_code == 200
        assert webhooks_of(server).maintain()
        assert not webhooks_of(server).maintain()
        while server.application.services.maintain():
            pass
        assert server.request("GET", "/calls/old").status_code == 404
        at(now() + HOUR)
        assert webhooks_of(server).maintain()
