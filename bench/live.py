"""The server as users run it: a process of its own, its CPU time and its memory."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import callistics

KEY = "an-admin-key-for-bench"
_TICKS = os.sysconf("SC_CLK_TCK")
_PATHS = (Path(callistics.__file__).parents[1], Path(__file__).parents[1])
SERVE = ("callistics.cli", "serve")
WATCHED = ("bench.variants", "watched")
CANNED = ("bench.variants", "canned")


class Client:
    """One client: a connection that is kept alive, authorised as an admin."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.timing = ""

    def send(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        """The body of the answer; anything but 200 is an error. Keeps its `Server-Timing`."""
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": kind}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:1000]!r}")
        self.timing = answer.headers.get("Server-Timing", "")
        return content

    def ask(self, body: bytes) -> bytes:
        """The answer of `POST /analytics`."""
        return self.send("POST", "/analytics", body)

    def store(self, lines: bytes) -> bytes:
        """The answer of `POST /calls` to NDJSON."""
        return self.send("POST", "/calls", lines, "application/x-ndjson")

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of a process: resident, of these mapped from files, and the most ever resident."""

    resident: int
    files: int
    peak: int


class Live:
    """A running server; `WATCHED` ones also tell what the engine's buffers hold."""

    def __init__(self, folder: Path, command: Sequence[str], settings: dict[str, str]) -> None:
        self.port = _free_port()
        kept = {name: text for name, text in os.environ.items() if "CALLISTICS_" not in name}
        environment = {
            **kept,
            "PYTHONPATH": os.pathsep.join(map(str, _PATHS)),
            "CALLISTICS_ENGINE": f"duckdb://{database(folder)}",
            "CALLISTICS_PORT": str(self.port),
            "CALLISTICS_ADMIN_KEY": KEY,
            # What is measured is how an answer is computed, unless a part says otherwise.
            "CALLISTICS_ANSWER_CACHE": "0",
            **settings,
        }
        with (folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=environment,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.client = Client(self.port)
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            with suppress(OSError, RuntimeError):
                self.client.send("GET", "/health/ready")
                return
            self.client.close()
            if self.process.poll() is not None:
                raise RuntimeError("the server ended; see server.log in the folder of the run")
            time.sleep(0.1)
        raise RuntimeError("the server does not get ready")

    def cpu(self) -> float:
        """Seconds of CPU, user and system, of all threads so far."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> Memory:
        """What the kernel counts for the process."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        pairs = (line.partition(":")[::2] for line in text.splitlines())
        kilobytes = {name: int(value.split()[0]) for name, value in pairs if value.endswith("kB")}
        files = kilobytes["RssFile"] + kilobytes["RssShmem"]
        return Memory(kilobytes["VmRSS"] << 10, files << 10, kilobytes["VmHWM"] << 10)

    def buffers(self) -> dict[str, Any]:
        """What `duckdb_memory()` says, in bytes by purpose; of a `WATCHED` server."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def stop(self) -> None:
        """End it as an operator does."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def database(folder: Path) -> Path:
    """The database of the server that runs in a folder."""
    return folder / "bench.db"


@contextmanager
def serving(folder: Path, command: Sequence[str] = SERVE, **settings: str) -> Iterator[Live]:
    """A server on the folder's database, stopped at the end; settings by their variables."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Live(folder, command, settings)
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
