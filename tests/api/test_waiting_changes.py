"""Changes that wait for others, by keys that end meanwhile."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.alerting import body
from support.gate import SECONDS
from support.server import Server, problem, serving
from support.webhook_server import Endpoint

Change = Callable[[Server], tuple[str, str, Any]]


def of_an_alert(server: Server) -> str:
    return f"/alerts/{server.request('POST', '/alerts', json=body()).json()['id']}"


def rotates(server: Server) -> tuple[str, str, Any]:
    wanted = {"name": "other", "permissions": ["admin"]}
    key = server.request("POST", "/keys", json=wanted).json()["id"]
    return "POST", f"/keys/{key}/rotate", {"overlap": 60}


CHANGES: dict[str, Change] = {
    "a key is rotated": rotates,
    "an alert is made": lambda _: ("POST", "/alerts", body(name="stolen")),
    "an alert is changed": lambda server: ("PATCH", of_an_alert(server), {"name": "stolen"}),
    "an alert is deleted": lambda server: ("DELETE", of_an_alert(server), None),
    "an endpoint is changed": lambda server: (
        "PATCH",
        Endpoint(server, "bolna").path,
        {"payload_keep": ["stolen"]},
    ),
}


class Waits:
    """A lock that is given when it may be."""

    def __init__(self) -> None:
        self.asked, self.may = threading.Event(), threading.Event()

    async def __aenter__(self) -> None:
        self.asked.set()
        assert await asyncio.to_thread(self.may.wait, SECONDS)

    async def __aexit__(self, *_: object) -> None:
        """Give it back."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("support.engines.current", "duckdb")
        with serving(tmp_path_factory.mktemp("changes")) as found:
            yield found


def everything(server: Server) -> list[Any]:
    """All that may be changed, but for when it was last used."""
    found = [server.request("GET", path).json() for path in ("/alerts", "/webhook-endpoints")]
    keys = server.request("GET", "/keys").json()["keys"]
    return [*found, [{**one, "last_used_at": None, "revoked_at": None} for one in keys]]


@pytest.mark.parametrize("name", CHANGES)
def test_a_key_that_was_revoked_while_its_change_waited_changes_nothing(
    name: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, path, sent = CHANGES[name](server)
    wanted = {"name": "stolen", "permissions": ["admin"]}
    stolen, lock = server.request("POST", "/keys", json=wanted).json(), Waits()
    before = everything(server)
    monkeypatch.setattr(server.application.services, "changing", lock)
    headers = {"Authorization": f"Bearer {stolen['key']}"}
    waiting = server.begin(method, path, headers=headers, json=sent)
    assert lock.asked.wait(SECONDS)
    assert server.request("DELETE", f"/keys/{stolen['id']}").status_code == 204
    lock.may.set()
    problem(waiting.result(), 401)
    assert everything(server) == before
