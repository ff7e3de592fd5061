"""What clients leave half done, or hold, keeps nobody else from being served."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from callistics.server.connections import allow_files
from support import engines
from support.live import ADMIN_KEY, Live, live
from support.server import problem, serving

HEAD = (
    "POST /calls HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    f"Authorization: Bearer {ADMIN_KEY}\r\nContent-Length: %d\r\n\r\n"
)
MEGABYTE = 1_048_576


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with low limits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "current", "duckdb")
        with live(
            tmp_path_factory.mktemp("small"),
            CALLISTICS_CONNECTION_LIMIT="16",
            CALLISTICS_BODY_TIMEOUT="1",
            CALLISTICS_REQUEST_MEMORY=str(MEGABYTE),
        ) as server:
            yield server


@pytest.fixture
def clients(small: Live) -> Iterator["Clients"]:
    with ExitStack() as stack:
        yield Clients(small, stack)


class Clients:
    def __init__(self, server: Live, stack: ExitStack) -> None:
        host, _, port = server.url.removeprefix("http://").partition(":")
        self._at, self._stack = (host, int(port)), stack

    def connect(self, sent: str = "") -> socket.socket:
        client = self._stack.enter_context(socket.create_connection(self._at, timeout=60))
        client.sendall(sent.encode())
        return client


def received(client: socket.socket) -> bytes:
    """All until the server closes the connection."""
    found = b""
    while piece := client.recv(65_536):
        found += piece
    return found


def test_idle_connections_keep_nobody_out(small: Live, clients: Clients) -> None:
    # More than the HTTP server takes at once.
    idle = [clients.connect() for _ in range(600)]
    assert httpx.get(f"{small.url}/health/ready").status_code == 200
    assert received(idle[0]) == b""
    files = list(Path(f"/proc/{small.process.pid}/fd").iterdir())
    assert len(files) < 400


def test_a_body_that_does_not_come_is_not_waited_for(clients: Clients) -> None:
    answer = received(clients.connect(HEAD % 1_000 + "["))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert b'"urn:callistics:problem:request-timeout"' in answer


def test_bodies_that_are_cut_off_give_back_what_they_held(small: Live, clients: Clients) -> None:
    half = clients.connect(HEAD % MEGABYTE + " " * (MEGABYTE // 2))
    while held(small) < MEGABYTE // 2:
        pass
    # It says how much would come, so that none of it has to.
    answer = received(clients.connect(HEAD % MEGABYTE))
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: " in answer.lower()
    half.close()
    while held(small):
        pass
    assert small.client.post("/calls", content=b" " * MEGABYTE).status_code == 400


def held(server: Live) -> float:
    lines = server.client.get("/metrics").text.splitlines()
    (line,) = [one for one in lines if one.startswith("callistics_request_memory_bytes ")]
    return float(line.split()[1])


@pytest.mark.parametrize(
    "headers", [{f"x-{n}": "a" for n in range(120)}, {"x": "a" * 100_000}], ids=["many", "long"]
)
def test_heads_are_bounded(small: Live, headers: dict[str, str]) -> None:
    assert httpx.get(f"{small.url}/health/live", headers=headers).status_code == 431


def test_an_answer_that_is_not_taken_is_counted_until_it_is(tmp_path: Path) -> None:
    with serving(tmp_path, request_memory=MEGABYTE) as server:
        memory = server.application.services.memory
        other: dict[str, Any] = {"state": {}}
        memory.hold(other, MEGABYTE)
        found = server.ask("call_count")
        assert found.headers["retry-after"]
        problem(found, 503)
        memory.release(other)
        assert server.ask("call_count").status_code == 200
        assert memory.held == 0


def test_a_key_sees_its_limit(tmp_path: Path) -> None:
    with serving(tmp_path, rate_limit=2) as server:
        key = server.make_key(None, "query")
        answers = [server.ask("call_count", key=key) for _ in range(3)]
        policies = {answer.headers["ratelimit-policy"] for answer in answers}
        assert policies == {'"requests";q=2;w=60'}
        assert [answer.headers["ratelimit"] for answer in answers[:2]] == [
            '"requests";r=1;t=30',
            '"requests";r=0;t=60',
        ]
        last = answers[2]
        assert last.status_code == 429
        assert last.headers["ratelimit"] == f'"requests";r=0;t={last.headers["retry-after"]}'
        many = {"queries": [{"query_type": "call_count"}] * 5}
        key = server.make_key(None, "query")
        asked = server.request("POST", "/analytics/batch", key=key, json=many)
        # The three beyond the limit are made up for: none is left, and never fewer.
        assert asked.headers["ratelimit"] == '"requests";r=0;t=150'
    with serving(tmp_path) as server:
        assert "ratelimit" not in server.ask("call_count").headers


def test_one_key_has_not_all_exports(tmp_path: Path) -> None:
    with serving(tmp_path, export_concurrency=2) as server:
        parts = server.application.services
        key = server.make_key(None, "query")
        listed = server.request("GET", "/keys").json()["keys"]
        own = next(one["id"] for one in listed if one["name"] == "test")
        asked: dict[str, Any] = {
            "json": {"query_type": "call_count"},
            "headers": {"Accept": "text/csv"},
        }
        parts.exports_under_way[own] += 1
        refused = server.request("POST", "/analytics", key=key, **asked)
        assert refused.headers["retry-after"]
        problem(refused, 503)
        assert server.request("POST", "/analytics", **asked).status_code == 200


def test_open_files_are_enough() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        allow_files(1_024)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(1_024, before[1])
        allow_files(10)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(1_024, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
