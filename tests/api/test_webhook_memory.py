"""Large bodies of webhooks: no more of them are in memory together than may be."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest

from callistics.engines.duckdb.reopening import ReopeningEngine
from callistics.model.webhooks import KeptBody
from callistics.webhooks.mapper import Mapper
from callistics.webhooks.within import BYTES_AT_A_TIME
from support.gate import SECONDS, until
from support.server import Server, problem, serving
from support.webhook_server import Endpoint, settle, webhooks_of

LIMIT = 1 << 20
JSON = {"Content-Type": "application/json"}
LARGE = b" " * (LIMIT * 3 // 4)


@pytest.fixture
def may(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Bodies are kept while it is set."""
    found, real = Event(), ReopeningEngine.keep_bodies
    found.set()

    def keep(engine: ReopeningEngine, bodies: Sequence[KeptBody]) -> None:
        assert found.wait(SECONDS)
        real(engine, bodies)

    monkeypatch.setattr(ReopeningEngine, "keep_bodies", keep)
    return found


@pytest.fixture
def server(may: Event, tmp_path: Path) -> Any:
    with serving(tmp_path, request_memory=LIMIT) as found:
        yield found


def test_bodies_that_wait_to_be_kept_are_bounded_by_their_bytes(server: Server, may: Event) -> None:
    endpoint, parts = Endpoint(server, "bolna"), server.application.services
    may.clear()
    path = urlsplit(endpoint.url).path
    first = server.begin("POST", path, content=LARGE, headers=JSON)
    until(lambda: parts.memory.held == len(LARGE))
    refused = endpoint.post(LARGE, JSON)
    problem(refused, 503)
    assert refused.headers["retry-after"] == "1"
    assert not first.done()
    may.set()
    assert first.result().status_code == 200
    assert endpoint.post(LARGE, JSON).status_code == 200
    settle(server)
    assert webhooks_of(server).stored.number_dead(endpoint.made["id"]) == 2


def test_large_dead_letters_are_shown_replayed_and_deleted_a_few_at_a_time(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = Endpoint(server, "bolna")
    sizes = [BYTES_AT_A_TIME // 2, BYTES_AT_A_TIME // 2, BYTES_AT_A_TIME * 2]
    for number, size in enumerate(sizes):
        assert endpoint.post(b" " * (size - number), JSON).status_code == 200
    settle(server)
    letters = f"{endpoint.path}/dead-letters"
    shown = server.request("GET", letters).json()
    # The newest comes first, and has more than may be read together.
    assert [len(one["body"]) for one in shown["dead_letters"]] == [sizes[2] - 2]
    assert shown["total"] == 3
    rounds = watched(monkeypatch)
    assert server.request("POST", f"{letters}/replay").json()["replayed"] == 3
    assert rounds == [1, 2]
    assert server.request("DELETE", letters).json() == {"deleted": 3}
    assert server.request("GET", letters).json() == {"dead_letters": [], "total": 0}


def watched(patch: pytest.MonkeyPatch) -> list[int]:
    """How many bodies are mapped together, from now on."""
    rounds: list[int] = []
    real = Mapper.settle

    def settle_some(mapper: Mapper, bodies: Sequence[KeptBody], *more: Any) -> Any:
        rounds.append(len(bodies))
        return real(mapper, bodies, *more)

    patch.setattr(Mapper, "settle", settle_some)
    return rounds
