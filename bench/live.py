"""The server as users run it: a process of its own, its CPU time and its memory."""

import http.client
import json
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from bench import processes
from bench.builds import OWN, Build
from bench.store import Store

KEY = "an-admin-key-for-bench"
SERVE = ("callistics.cli", "serve")
WATCHED = ("bench.variants", "watched")
CANNED = ("bench.variants", "canned")


class Client:
    """One client: a connection that is kept alive, authorised as an admin."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3_600)
        self.timing: dict[str, float] = {}

    def send(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        """The body of the answer; anything but 200 is an error. Keeps its `Server-Timing`."""
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": kind}
        try:
            answer = self._answer(method, path, body, headers)
        except ConnectionError:
            # A server closes a connection that nothing came over for half a minute.
            self.close()
            answer = self._answer(method, path, body, headers)
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:1000]!r}")
        self.timing = _timing(answer.headers.get("Server-Timing", ""))
        return content

    def _answer(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def ask(self, body: bytes) -> bytes:
        """The answer of `POST /analytics`."""
        return self.send("POST", "/analytics", body)

    def rows(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of an answer."""
        found: dict[str, Any] = json.loads(self.ask(json.dumps(question).encode()))
        return found["data"]

    def store(self, lines: bytes) -> bytes:
        """The answer of `POST /calls` to NDJSON."""
        return self.send("POST", "/calls", lines, "application/x-ndjson")

    def close(self) -> None:
        self._connection.close()


def _timing(header: str) -> dict[str, float]:
    """Milliseconds by name; what has none is left out."""
    parts = (part.partition(";dur=") for part in header.split(", "))
    return {name: float(value) for name, _, value in parts if value}


class Live:
    """A running server; `WATCHED` ones also tell what the engine's buffers hold.

    `ready` is the seconds from the start of its process to the first `/health/ready` that is 200.
    """

    def __init__(
        self, store: Store, command: Sequence[str], settings: dict[str, str], build: Build
    ) -> None:
        self.port = _free_port()
        environment = {
            **environment_of(store, build),
            "CALLISTICS_PORT": str(self.port),
            "CALLISTICS_ADMIN_KEY": KEY,
            # What is measured is how an answer is computed, unless a part says otherwise.
            "CALLISTICS_ANSWER_CACHE": "0",
            # A slow answer is a result too.
            "CALLISTICS_QUERY_TIMEOUT": "600",
            **settings,
        }
        started = time.perf_counter()
        self._log = store.folder / "server.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [build.python, "-m", *command],
                env=environment,
                cwd=store.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.client = Client(self.port)
        self._wait()
        self.ready = time.perf_counter() - started

    def _wait(self) -> None:
        for _ in range(60_000):
            with suppress(OSError, RuntimeError):
                self.client.send("GET", "/health/ready")
                return
            self.client.close()
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        said = self._log.read_text(encoding="utf-8", errors="replace")[-2_000:]
        raise RuntimeError(f"the server does not get ready: {said}")

    def cpu(self) -> float:
        """Seconds of CPU, user and system, of all threads so far."""
        return processes.cpu(self.process.pid)

    def memory(self) -> processes.Memory:
        """What the kernel counts for the process."""
        return processes.memory(self.process.pid)

    def peak(self) -> int:
        """The most bytes that were ever resident."""
        return processes.peak(self.process.pid)

    def buffers(self) -> int:
        """The bytes that the engine's buffers hold, by `duckdb_memory()`; of a `WATCHED` server."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        found: dict[str, int] = json.loads(self.process.stdout.readline())
        return sum(found.values())

    def stop(self) -> None:
        """End it as an operator does."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def environment_of(store: Store, build: Build = OWN) -> dict[str, str]:
    """The variables for a process of the product that works on a database."""
    return {**build.variables, "CALLISTICS_ENGINE": store.dsn}


@contextmanager
def serving(
    store: Store, command: Sequence[str] = SERVE, *, build: Build = OWN, **settings: str
) -> Generator[Live]:
    """A server on the database, stopped at the end; settings by their variables."""
    store.folder.mkdir(parents=True, exist_ok=True)
    server = Live(store, command, settings, build)
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
