"""A proxy before a real server that fails on order, as networks and other proxies do."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from callistics.client.options import verifying
from support.faults import Fault, Order, Orders

_HELD = 60
_OWN_HEADERS = {"connection", "content-length", "date", "server", "transfer-encoding"}


class Handler(BaseHTTPRequestHandler):
    """One connection of a client. An order matches `METHOD path`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Proxy"  # pyright: ignore[reportIncompatibleVariableOverride]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name is given
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((f"{self.command} {self.path}", dict(self.headers.items())))
        order = self.server.orders.next(f"{self.command} {self.path}".encode())
        self._obey(order or Order(Fault.NONE), body)

    def _obey(self, order: Order, body: bytes) -> None:
        if order.kind is Fault.CUT_BODY:
            self._cut()
        elif order.kind is Fault.UNAVAILABLE:
            self._answer(order.code, {"Retry-After": "0"}, b"not me\n")
        elif order.kind is Fault.STALL:
            self.server.orders.released.wait(_HELD)
            self._cut()
        else:
            found = self._forwarded(body)
            self._send(order.kind, found)

    def _forwarded(self, body: bytes) -> httpx.Response:
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {"host", "connection", "content-length", "accept-encoding"}
        }
        url = self.server.target + self.path
        return self.server.onward.request(self.command, url, content=body, headers=headers)

    def _send(self, kind: Fault, found: httpx.Response) -> None:
        if kind is Fault.CUT_EXECUTED:
            self._cut()
            return
        headers = {
            name: value for name, value in found.headers.items() if name.lower() not in _OWN_HEADERS
        }
        self._answer(found.status_code, headers, found.content, half=kind is Fault.CUT_ANSWER)

    def _answer(
        self, status: int, headers: dict[str, str], data: bytes, *, half: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if half else data)
        if half:
            self.wfile.flush()
            self._cut()

    def _cut(self) -> None:
        """Hang up."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Proxy(ThreadingHTTPServer):
    """Passes requests on to `target`, unless something else is ordered."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = target
        self.onward = httpx.Client(trust_env=False, timeout=60, verify=verifying(target))
        self.orders = Orders()
        self.seen: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def order(self, kind: Fault, matching: str = "", **more: Any) -> None:
        """Let the next request that matches go wrong."""
        self.orders.change({"kind": kind.value, "matching": matching, **more})

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no error here."""


@contextmanager
def flaky(target: str) -> Generator[Proxy]:
    """A proxy that runs until the end."""
    with Proxy(target) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.orders.change({"release": True})
            proxy.shutdown()
            thread.join()
            proxy.onward.close()
