"""`callistics health`: what a container's health check runs."""

# pyright: reportIncompatibleMethodOverride=false

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from support.live import free_port

from .conftest import Run

READY = b'{"status": "ready", "timezone_rules": "2026a"}'


@contextmanager
def answering(status: int, body: bytes = READY) -> Generator[str]:
    """A server that is ready, or not."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_server_that_is_ready_is_healthy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200) as url:
        assert run("health", "--url", f"{url}/").output == "ready\n"
        # As in a container: the server listens everywhere, the port is the setting's.
        monkeypatch.setenv("CALLISTICS_HOST", "0.0.0.0")  # noqa: S104
        monkeypatch.setenv("CALLISTICS_PORT", url.rpartition(":")[2])
        assert run("health").output == "ready\n"


def test_a_server_that_is_not_ready_is_not(run: Run) -> None:
    with answering(503) as url:
        assert "is not ready: status 503" in run("health", "--url", url, code=1).output


def test_a_server_of_something_else_is_not(run: Run) -> None:
    with answering(200, b"<html>Welcome</html>") as url:
        assert "no answer of Callistics" in run("health", "--url", url, code=1).output


def test_where_nobody_answers_nothing_is_healthy(run: Run) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert f"{url} does not answer" in run("health", "--url", url, code=1).output
