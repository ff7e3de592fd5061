"""A server as users run it: a process of its own on a port of this machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import httpx

from callistics.client.options import verifying
from support import engines

ADMIN_KEY = "an-admin-key-for-tests"
COMMAND = (
    "import callistics.cli; from callistics.runtime import tune; tune();"
    "from callistics.server.serving import serve; from callistics.settings import load_settings;"
    "serve(load_settings())"
)


class Process(Protocol):
    """What is used of a process that was started."""

    @property
    def pid(self) -> int: ...
    @property
    def stdout(self) -> IO[bytes] | None: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """The variables that a process as of `Live` has."""
    return {
        **os.environ,
        "CALLISTICS_ENGINE": engines.dsn(engines.current, folder, own_process=True),
        "CALLISTICS_ADMIN_KEY": ADMIN_KEY,
        "CALLISTICS_LOG_LEVEL": "error",
        "CALLISTICS_WRONG_KEY_LIMIT": "0",
        "CALLISTICS_LOG_FORMAT": "text",
        **settings,
    }


def start(folder: Path, settings: Mapping[str, str], before: str, log: IO[bytes] | None) -> Process:
    """Begin a process as of `Live`, whether or not it ever serves."""
    command = [sys.executable, "-c", before + COMMAND]
    environment = environment_of(folder, settings)
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=log, cwd=folder
    )


Start = Callable[[Path, Mapping[str, str], str, IO[bytes] | None], Process]


class Live:
    """A running process; `client` is an HTTP client with the admin key.

    `before` are statements that it executes first, each with its line break. Its log lines go where
    those of this process go, or into `log`. `start` begins the process.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        before: str = "",
        log: IO[bytes] | None = None,
        start: Start = start,
    ) -> None:
        port = free_port()
        certificate = settings.get("CALLISTICS_TLS_CERT")
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{port}"
        self._verify = verifying(self.url, certificate)
        self.process = start(folder, {"CALLISTICS_PORT": str(port), **settings}, before, log)
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        self.client = httpx.Client(
            base_url=self.url, headers=headers, timeout=60, verify=self._verify
        )
        self._wait()

    def _wait(self) -> None:
        """The first line of output says that requests are taken."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert b"listens on" in line, line
        transport = httpx.HTTPTransport(retries=20, verify=self._verify)
        with httpx.Client(transport=transport, base_url=self.url) as client:
            assert client.get("/health/ready").status_code == 200

    def rows(self, query_type: str, **body: Any) -> list[dict[str, Any]]:
        """The rows of an answer."""
        answer = self.client.post("/analytics", json={"query_type": query_type, **body})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def kill(self) -> None:
        """End the process without any warning."""
        self.process.send_signal(signal.SIGKILL)
        self._ended()

    def stop(self) -> int:
        """End the process as an operator does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def _ended(self) -> int:
        code = self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.client.close()
        return code


@contextmanager
def live(folder: Path, *, before: str = "", **settings: str) -> Generator[Live]:
    """A process that is stopped at the end, however the test ends."""
    server = Live(folder, settings, before)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
