"""The whole application in process, asked over HTTP without a socket."""

import asyncio
import threading
from collections.abc import Generator, Mapping
from concurrent.futures import Future
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from callistics.engines.base import ServedEngine
from callistics.server.app import Application, build
from callistics.settings import Settings
from support import engines
from support.prepared import put_file


class Server:
    """A running application. `request` takes what `httpx` takes and authenticates as an admin."""

    def __init__(self, settings: Settings, engine: ServedEngine | None = None) -> None:
        self.application: Application = build(settings)
        if engine is not None:
            self.application.open_engine = lambda *_, **__: engine
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))
        self._thread.start()
        while not self._started.wait(0.1):
            assert self._thread.is_alive(), "it did not start"

    @classmethod
    def on(
        cls,
        folder: Path,
        engine: ServedEngine | None = None,
        *,
        new: bool = False,
        **settings: Any,
    ) -> Self:
        """A server on a database in a folder, or on an engine that is open.

        `new` is whether it makes the database itself where there is none.
        """
        values: dict[str, Any] = {"log_level": "error", "wrong_key_limit": 0, **settings}
        if engines.current == "duckdb" and not new:
            put_file(folder)
        # An engine without a file of its own has the first admin key written where it is started.
        with chdir(folder):
            dsn = engines.dsn(engines.current, folder)
            return cls(Settings(engine=dsn, **values), engine)

    async def _run(self) -> None:
        async with self.application.asgi.lifespan():
            asgi: Any = self.application.asgi
            transport = httpx.ASGITransport(asgi, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                self._client = client
                self._started.set()
                await self._stop.wait()

    def request(
        self, method: str, path: str, *, key: str | None = "", **options: Any
    ) -> httpx.Response:
        """Send a request; `key` None sends no authorization, empty the admin's."""
        headers: dict[str, str] = dict(options.pop("headers", None) or {})
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.application.local_key}"
        return self.begin(method, path, headers=headers, **options).result()

    def begin(self, method: str, path: str, **options: Any) -> Future[httpx.Response]:
        """Send a request as it is; to cancel what is returned is to hang up."""
        work = self._client.request(method, path, **options)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def ask(self, query_type: str, *, key: str = "", **body: Any) -> httpx.Response:
        """Ask `POST /analytics`."""
        return self.request("POST", "/analytics", key=key, json={"query_type": query_type, **body})

    def rows(self, query_type: str, *, key: str = "", **body: Any) -> list[dict[str, Any]]:
        """The rows of an answer."""
        answer = self.ask(query_type, key=key, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def make_key(self, scope: Mapping[str, list[str]] | None = None, *permissions: str) -> str:
        """A new key."""
        wanted = {
            "name": "test",
            "permissions": list(permissions or ("query", "ingest")),
            "scope": scope,
        }
        answer = self.request("POST", "/keys", json=wanted)
        assert answer.status_code == 201, answer.text
        return answer.json()["key"]

    def set_clock(self, now: int) -> None:
        """Let queries come, and alerts be looked at, at an instant (µs)."""
        parts = self.application.services
        parts.clock = parts.alerts.clock = lambda: now

    def close(self) -> None:
        """Stop as a graceful stop does."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The body of an error answer, checked for its one shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    return body


@contextmanager
def serving(folder: Path, engine: ServedEngine | None = None, **settings: Any) -> Generator[Server]:
    """A server on a database in a folder, or on an engine that is open."""
    server = Server.on(folder, engine, **settings)
    try:
        yield server
    finally:
        server.close()
