"""Clients of one real server; each test has a merchant of its own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from callistics import Client
from callistics.testing import RunningServer, running_server
from support.flaky import Proxy, flaky

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(scope="session")
def running() -> Iterator[RunningServer]:
    """A server of this run, for all tests here."""
    with running_server() as server:
        yield server


@pytest.fixture
def client(running: RunningServer) -> Iterator[Client]:
    """A client that may do anything."""
    with running.client() as found:
        yield found


@pytest.fixture
def proxy(running: RunningServer) -> Iterator[Proxy]:
    """The same server behind what fails on order."""
    with flaky(running.url) as found:
        yield found


@pytest.fixture
def merchant(request: pytest.FixtureRequest) -> str:
    """A merchant that no other test has."""
    return f"mer {request.node.nodeid}"


@pytest.fixture
def records(merchant: str) -> Callable[[int], list[dict[str, Any]]]:
    """So many calls of the merchant."""

    def make(count: int) -> list[dict[str, Any]]:
        return [call(merchant, number) for number in range(count)]

    return make


def call(merchant: str, number: int) -> dict[str, Any]:
    """A call as a record of Python's own values."""
    return {
        "call_id": f"{merchant} {number}",
        "merchant_id": merchant,
        "reseller_id": "res",
        "started_at": datetime(2025, 1, 1, 10, tzinfo=UTC) + timedelta(hours=number),
        "duration": timedelta(seconds=number, milliseconds=5),
        "outcome": ("CONFIRMED", None, "BUSY")[number % 3],
        "cost": Decimal("0.0125") * number,
        "currency": "EUR",
        "payload": {"city": "Delhi", "age": Decimal("41.10")},
        "updated_at": datetime(2025, 2, 1, tzinfo=UTC),
    }


class Script:
    """Gives prepared answers in order, the last one for ever, for both kinds of clients."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
