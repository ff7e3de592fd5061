"""What takes long for an administrator keeps nobody else waiting, and is not begun without end."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest

from callistics.alerts.service import Alerts
from callistics.server.app import CHORES, CHORES_WAITING
from callistics.webhooks.service import Webhooks
from support.alerting import body
from support.gate import until
from support.server import Server, problem, serving
from support.webhook_server import Endpoint

LONG = 60
# More than all threads of the process that others share.
MANY = 50


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as found:
        yield found


def paths(server: Server) -> list[tuple[str, str]]:
    endpoint = Endpoint(server, "bolna").path
    alert = server.request("POST", "/alerts", json=body()).json()["id"]
    return [
        ("POST", f"{endpoint}/dead-letters/replay"),
        ("DELETE", f"{endpoint}/dead-letters"),
        ("POST", f"/alerts/{alert}/test"),
    ]


def test_those_that_wait_keep_no_others_waiting(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go = paths(server), threading.Event()

    def wait(*_: Any) -> Any:
        assert go.wait(LONG)
        return {}

    monkeypatch.setattr(Webhooks, "replay", wait)
    monkeypatch.setattr(Webhooks, "drop", lambda *_: wait() or 0)
    monkeypatch.setattr(Alerts, "test", lambda *_: wait() or [])
    headers = {"Authorization": f"Bearer {server.application.local_key}"}
    begun: list[Future[httpx.Response]] = []
    try:
        for number in range(MANY):
            method, path = asked[number % len(asked)]
            begun.append(server.begin(method, path, headers=headers))
        until(lambda: sum(one.done() for one in begun) == MANY - CHORES - CHORES_WAITING)
        for path in ("/keys", "/metrics", "/alerts"):
            later = server.begin("GET", path, headers=headers)
            assert later.result(LONG / 2).status_code == 200
    finally:
        go.set()
    statuses = [one.result().status_code for one in begun]
    assert statuses.count(200) == CHORES + CHORES_WAITING
    refused = next(one.result() for one in begun if one.result().status_code != 200)
    problem(refused, 503)
    assert refused.headers["retry-after"] == "1"


def test_a_replay_ends_with_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()
    with serving(tmp_path) as server:
        webhooks = server.application.services.webhooks
        endpoint = Endpoint(server, "bolna")
        endpoint.post(b"no JSON", {"Content-Type": "application/json"})
        assert webhooks.worker.wait()
        real = webhooks.stored.dead_letters

        def endless(*given: Any) -> Any:
            begun.set()
            return real(given[0], (1 << 62, "~"), *given[2:])

        monkeypatch.setattr(webhooks.stored, "dead_letters", endless)
        headers = {"Authorization": f"Bearer {server.application.local_key}"}
        server.begin("POST", f"{endpoint.path}/dead-letters/replay", headers=headers)
        assert begun.wait(LONG)


def test_what_concerns_all_takes_no_body_that_names_some(server: Server) -> None:
    for method, path in (*paths(server), ("DELETE", "/embed-tokens")):
        answer = server.request(method, path, json={"ids": ["one"]})
        assert "takes no body" in problem(answer, 400)["errors"][0]["message"]
        assert server.request(method, path).is_success
