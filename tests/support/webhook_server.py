"""Webhook endpoints of a server under test, and what is sent to them."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

import httpx

from callistics.webhooks.service import Webhooks
from support.server import Server
from support.webhook_assistants import CALLS as OF_ASSISTANTS
from support.webhook_carriers import CALLS as OF_CARRIERS
from support.webhook_events import Event, PlatformCall
from support.webhook_signing import SECRETS, SIGNERS, secret_to_give, signed

CALLS: Mapping[str, PlatformCall] = {**OF_ASSISTANTS, **OF_CARRIERS}
TENANTS = {"merchant_id": "m1", "reseller_id": "r1"}


class Endpoint:
    """An endpoint of a source, made with the first of the secrets where the platform signs."""

    def __init__(self, server: Server, source: str, key: str = "", **given: Any) -> None:
        self.server, self.source = server, source
        body: dict[str, Any] = {"source": source, **(given or TENANTS)}
        if source in SIGNERS:
            body.setdefault("secret", secret_to_give(source, SECRETS[0]))
        answer = server.request("POST", "/webhook-endpoints", key=key, json=body)
        assert answer.status_code == 201, answer.text
        self.made: dict[str, Any] = answer.json()
        self.url: str = self.made["url"]
        self.path = f"/webhook-endpoints/{self.made['id']}"

    def post(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send a body as it is."""
        path = urlsplit(self.url).path
        return self.server.request("POST", path, key=None, content=body, headers=headers)

    def begin(self, event: Event, **options: Any) -> "Future[httpx.Response]":
        """Sign an event, and send it without waiting for the answer."""
        body, content_type = event
        headers = signed(self.source, self.url, body, content_type, **options)
        path = urlsplit(self.url).path
        return self.server.begin("POST", path, content=body, headers=headers)

    def send(self, event: Event, **options: Any) -> httpx.Response:
        """Sign an event, and send it."""
        return self.begin(event, **options).result()

    def dead_letters(self) -> list[dict[str, Any]]:
        """The dead letters, once all that came is settled."""
        settle(self.server)
        answer = self.server.request("GET", f"{self.path}/dead-letters")
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["total"] >= len(found["dead_letters"])
        return found["dead_letters"]


def webhooks_of(server: Server) -> Webhooks:
    """The webhooks of a server."""
    return server.application.services.webhooks


def settle(server: Server) -> None:
    """Wait until all that came is settled."""
    assert webhooks_of(server).worker.wait()


def shown(server: Server) -> dict[str, dict[str, Any]]:
    """Every call as it is shown, by its id."""
    answer = server.request("POST", "/calls/search", json={"limit": 1000})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["next_cursor"] is None
    return {call["call_id"]: call for call in found["data"]}


def check(call: Mapping[str, Any], source: str) -> None:
    """The call that the events of a platform are about is shown with the right figures."""
    expected = CALLS[source].shown
    assert {name: call.get(name) for name in expected} == expected, source
