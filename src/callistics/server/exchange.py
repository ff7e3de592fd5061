"""One request to an ASGI application and its answer, without a network."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import suppress
from typing import Any

import httpx

Message = MutableMapping[str, Any]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Head = tuple[int, list[tuple[bytes, bytes]]]


class Exchange:
    """Runs the application for one request; no piece of the answer is made before it is taken."""

    def __init__(self, asgi: Asgi, request: httpx.Request) -> None:
        self._asgi, self._request = asgi, request
        self._asked = False
        self._whole = False
        self._head: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(1)
        self._gone = asyncio.Event()
        self._task = asyncio.ensure_future(self._run())

    async def head(self) -> Head:
        """The status and headers of the answer."""
        return await self._head

    async def piece(self) -> bytes | None:
        """The next piece of the body, None after the last. Raises `httpx.RemoteProtocolError`."""
        taken = asyncio.ensure_future(self._pieces.get())
        await asyncio.wait((taken, self._task), return_when=asyncio.FIRST_COMPLETED)
        if taken.done():
            return taken.result()
        taken.cancel()
        if not self._pieces.empty():
            return self._pieces.get_nowait()
        if not self._whole:
            raise httpx.RemoteProtocolError("the answer was cut")
        return None

    async def close(self) -> None:
        """Take no more; the application is told, and ended where it goes on."""
        self._gone.set()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        try:
            await self._asgi(_scope(self._request), self._receive, self._send)
        except Exception:  # noqa: BLE001 - the application has told of it
            if not self._head.done():
                self._head.set_result((500, []))
                self._whole = True

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._request.read(), "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head.set_result((message["status"], list(message.get("headers", ()))))
            return
        if message.get("body"):
            await self._pieces.put(message["body"])
        self._whole = not message.get("more_body", False)


def _scope(request: httpx.Request) -> Message:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.split(b"?")[0],
        "query_string": url.query,
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 0),
        "root_path": "",
    }


class Body(httpx.SyncByteStream):
    """The body of an answer, for who reads it in another thread than that of the event loop."""

    def __init__(self, exchange: Exchange, wait_for: Callable[[Any], Any]) -> None:
        self._exchange, self._wait_for = exchange, wait_for

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._wait_for(self._exchange.piece())) is not None:
            yield piece

    def close(self) -> None:
        """Take no more."""
        self._wait_for(self._exchange.close())
