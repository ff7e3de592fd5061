"""An engine whose commits begin when they may, or fail when they are told to."""

import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Semaphore
from typing import Any

from callistics.errors import Unavailable
from callistics.http.services import Services
from callistics.ingest.writer import Writer
from support import inside
from support.server import Server, serving

SECONDS = 60
CALL = {
    "call_id": "c1",
    "merchant_id": "m1",
    "reseller_id": "r1",
    "lead_id": "l1",
    "started_at": "2025-01-15T09:30:00Z",
}


class Gate:
    """Stands before the engine of a writer until it is opened.

    `begun` counts commits that have come to it; the next `failing` ones end with an error once all
    is written.
    """

    def __init__(self, writer: Writer) -> None:
        self._open = False
        self.begun, self._may = Semaphore(0), Semaphore(0)
        self.failing = 0
        self.error: Exception = Unavailable("told to fail")
        self._engine = inside.put_before_engine(writer, self)

    @contextmanager
    def writing(self) -> Generator[Any]:
        self.begun.release()
        if not self._open:
            assert self._may.acquire(timeout=SECONDS)
        with self._engine.writing() as session:
            yield session
            if self.failing:
                self.failing -= 1
                raise self.error

    def wait(self) -> None:
        """Until a commit has come to it."""
        assert self.begun.acquire(timeout=SECONDS)

    def let_one(self) -> None:
        """Let the commit through that waits, or the next one."""
        self._may.release()

    def open(self) -> None:
        """Let all through from now on."""
        self._open = True
        self._may.release()


@contextmanager
def gated(folder: Path, **settings: Any) -> Generator[tuple[Server, Services, Gate]]:
    """A server whose writer waits at a gate, which is opened at the latest at the end."""
    with serving(folder, **settings) as server:
        parts = server.application.asgi.state.services
        gate = Gate(parts.writer)
        try:
            yield server, parts, gate
        finally:
            gate.open()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end


def post(server: Server, pool: ThreadPoolExecutor, name: str, **options: Any) -> "Future[Any]":
    """Send a call of a name, without waiting for the answer."""
    body = {**CALL, "call_id": name}
    return pool.submit(server.request, "POST", "/calls", json=body, **options)
