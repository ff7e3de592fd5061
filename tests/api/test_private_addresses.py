"""Webhooks of alerts go to public addresses alone, unless others are allowed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.alerting import Notified, body, look, make, notified, shown
from support.server import Server, serving

NOW = "2026-03-02T11:20"


@pytest.fixture
def webhook() -> Iterator[Notified]:
    with notified() as found:
        yield found


def test_private_addresses_are_refused_unless_allowed(tmp_path: Path, webhook: Notified) -> None:
    with serving(tmp_path, alert_private_addresses=True) as server:
        one = make(server, body(webhook.url), NOW)
    with serving(tmp_path) as server:
        # What was allowed once may be changed, and is judged as it is sent.
        server.request("PATCH", f"/alerts/{one}", json={"name": "Another name"})
        assert overdue(server) == 0
        look(server, NOW)
        delivery = shown(server, one)["deliveries"][0]
        assert delivery["state"] == "waiting"
        assert "the setting alert_private_addresses allows them" in delivery["error"]
        assert overdue(server) == 1
        (tested,) = server.request("POST", f"/alerts/{one}/test").json()["notices"]
        assert (tested["sent"], tested["error"]) == (False, delivery["error"])
    assert webhook.came == []


def overdue(server: Server) -> float:
    name = "callistics_alert_notices_overdue "
    lines = server.request("GET", "/metrics").text.splitlines()
    (line,) = [one for one in lines if one.startswith(name)]
    return float(line.removeprefix(name))


def test_a_literal_private_address_is_refused_as_the_alert_is_made(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        for host in ("127.0.0.1", "[::1]", "10.0.0.9:8", "localhost"):
            answer = server.request("POST", "/alerts", json=body(f"http://{host}/"))
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["pointer"]) == (422, "/notify/0/webhook/url")
            assert "alert_private_addresses" in error["message"]
        for host in ("8.8.8.8", "ops.example"):
            answer = server.request("POST", "/alerts", json=body(f"http://{host}/"))
            assert answer.status_code == 201
