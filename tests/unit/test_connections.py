"""Which connections give way, on sockets of this process and made-up times."""

import asyncio
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from callistics.server.connections import Connections
from support.asynchronous import finished


class Clients:
    """Connections to a port, each with the other end that a server would have."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = self._listener.getsockname()[1]

    def connect(self) -> socket.socket:
        return self.both_ends()[0]

    def both_ends(self) -> tuple[socket.socket, socket.socket]:
        address = ("127.0.0.1", self.port)
        client = self._stack.enter_context(socket.create_connection(address, 10.0))
        return client, self._stack.enter_context(self._listener.accept()[0])


@pytest.fixture
def clients() -> Iterator[Clients]:
    with ExitStack() as stack:
        yield Clients(stack)


def is_closed(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False


def is_shut(server: socket.socket) -> bool:
    """Whether no more can be sent to a client."""
    try:
        fill(server)
    except BrokenPipeError:
        return True
    return False


def fill(server: socket.socket) -> None:
    """Send until no more of it fits, as a server does that has more."""
    server.setblocking(False)
    try:
        while True:
            server.send(bytes(65_536))
    except BlockingIOError:
        pass


def take(client: socket.socket, server: socket.socket) -> None:
    """Take of what waits until there is room for more."""
    while not select.select([], [server], [], 0)[1]:
        assert client.recv(65_536)


def asked(connections: Connections, client: socket.socket, now: list[float]) -> None:
    """Have a request come over a connection, whose answer takes until the clock says so."""
    finished(handled(connections, client, now))


async def handled(
    connections: Connections, client: socket.socket, now: list[float]
) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def inner(*_: Any) -> None:
        connections.sweep(now[0])

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "client": client.getsockname()}
    receive: Any = None
    await connections.counted(inner)(scope, receive, send)
    return sent


def test_beyond_the_limit_the_idlest_give_way(clients: Clients) -> None:
    connections = Connections(clients.port, 3, 1e9)
    first = [clients.connect() for _ in range(3)]
    connections.sweep(1.0)
    assert not any(map(is_closed, first))
    later = [clients.connect() for _ in range(2)]
    connections.sweep(2.0)
    assert sum(map(is_closed, first)) == 2
    assert not any(map(is_closed, later))


def test_one_with_a_request_under_way_stays(clients: Clients) -> None:
    connections = Connections(clients.port, 1, 1e9)
    busy = clients.connect()
    connections.sweep(1.0)
    idle = [clients.connect() for _ in range(3)]
    # It is swept in the midst of the request.
    asked(connections, busy, [2.0])
    assert not is_closed(busy)
    assert all(map(is_closed, idle))


def test_idle_ones_are_closed_in_the_end(clients: Clients) -> None:
    connections = Connections(clients.port, 100, 10.0)
    one = clients.connect()
    connections.sweep(0.0)
    connections.sweep(10.0)
    assert not is_closed(one)
    connections.sweep(13.0)
    assert is_closed(one)


def test_the_end_of_an_answer_that_a_client_takes_slowly_is_not_cut_off(clients: Clients) -> None:
    connections = Connections(clients.port, 100, 10.0)
    client, server = clients.both_ends()
    connections.sweep(0.0)
    fill(server)
    for number in range(1, 9):
        connections.sweep(10.0 * number)
        assert not is_shut(server)
        take(client, server)
    fill(server)
    connections.sweep(90.0)
    # From here on it takes nothing any more.
    connections.sweep(101.0)
    assert not is_shut(server)
    connections.sweep(103.0)
    assert is_shut(server)


def test_one_whose_answer_waits_gives_way_to_none(clients: Clients) -> None:
    connections = Connections(clients.port, 1, 1e9)
    _, server = clients.both_ends()
    fill(server)
    connections.sweep(1.0)
    idle = [clients.connect() for _ in range(2)]
    connections.sweep(2.0)
    assert not is_shut(server)
    assert all(map(is_closed, idle))


def test_those_to_another_port_are_left_alone(clients: Clients) -> None:
    one = clients.connect()
    Connections(clients.port + 1, 0, 0.0).sweep(1e9)
    assert not is_closed(one)


def test_more_requests_than_the_limit_at_once_are_refused(clients: Clients) -> None:
    connections = Connections(clients.port, 1, 1e9)
    client = clients.connect()

    async def two() -> list[dict[str, Any]]:
        going, go = asyncio.Event(), asyncio.Event()

        async def waits(*_: Any) -> None:
            going.set()
            await go.wait()

        scope: Any = {"type": "http", "client": client.getsockname()}
        nothing: Any = None
        first = asyncio.ensure_future(connections.counted(waits)(scope, nothing, nothing))
        await going.wait()
        refused = await handled(connections, client, [0.0])
        go.set()
        await first
        return [*refused, *await handled(connections, client, [0.0])]

    start, body = finished(two())
    assert start["status"] == 503
    assert {b"connection": b"close", b"retry-after": b"1"}.items() <= dict(start["headers"]).items()
    assert b"too many requests" in body["body"]
