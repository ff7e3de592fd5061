"""Alerts of a server under test at made-up times, and who is told of them."""

import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from callistics.alerts.service import Alerts
from callistics.model.instants import micros
from support.server import Server, serving

URL = "https://ops.example/hook"
"""A webhook to which nothing is sent."""
TENANTS = {"merchant_id": "m1", "reseller_id": "r1", "template_id": "t1"}


def at(text: str) -> int:
    """An instant (µs) of a text without offset, in UTC."""
    return micros(datetime.fromisoformat(text))


def call(call_id: str, started_at: str, outcome: str = "CONFIRMED", **more: Any) -> dict[str, Any]:
    """A call."""
    common = {"call_id": call_id, "lead_id": f"lead of {call_id}", "started_at": started_at}
    return {**common, **TENANTS, "outcome": outcome, "duration": 60, **more}


class Notified:
    """A webhook on this machine. It answers each POST with the next of `statuses`, then 204."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.came: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.came.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.statuses.pop(0) if outer.statuses else 204)
                self.send_header("location", f"{outer.url}/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def notices(self) -> list[dict[str, Any]]:
        """The bodies that came."""
        return [json.loads(body) for _, body in self.came]

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """(kind of notice, state before, state after) of each change that was told, in order."""
        return [
            (one["type"], change["from"], change["to"])
            for one in self.notices
            for change in one["data"]["changes"]
        ]

    def close(self) -> None:
        """Take no more."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@contextmanager
def notified() -> Generator[Notified]:
    """A webhook that is closed at the end."""
    found = Notified()
    try:
        yield found
    finally:
        found.close()


@contextmanager
def alerting(folder: Path, **settings: Any) -> Generator[Server]:
    """A server whose notices may go to this machine."""
    with serving(folder, alert_private_addresses=True, **settings) as found:
        yield found


def alerts_of(server: Server) -> Alerts:
    """The alerts of a server."""
    return server.application.services.alerts


def body(url: str | None = None, **changes: Any) -> dict[str, Any]:
    """The body of an alert on the calls of an hour."""
    notify = [] if url is None else [{"webhook": {"url": url}}]
    return {
        "name": "few calls",
        "query": {"query_type": "call_count", "granularity": "hour"},
        "field": "count",
        "condition": {"op": "below", "value": 1},
        "notify": notify,
        **changes,
    }


def make(server: Server, wanted: Mapping[str, Any], when: str, key: str = "") -> str:
    """Make an alert at a time; its id."""
    server.set_clock(at(when))
    answer = server.request("POST", "/alerts", key=key, json=dict(wanted))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def look(server: Server, when: str, alert_id: str = "") -> str | None:
    """Evaluate what is due at a time, and send what is; the state of an alert."""
    server.set_clock(at(when))
    alerts_of(server).evaluator.round(at(when))
    alerts_of(server).sender.round(at(when))
    return shown(server, alert_id)["state"] if alert_id else None


def shown(server: Server, alert_id: str) -> dict[str, Any]:
    """An alert as it is shown."""
    answer = server.request("GET", f"/alerts/{alert_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def send_calls(server: Server, *calls: Mapping[str, Any]) -> None:
    """Store calls."""
    answer = server.request("POST", "/calls", json=list(calls))
    assert answer.status_code == 200, answer.text
