"""The product's own HTTP interface without a network: the ASGI application in this process."""

import asyncio
import logging
import sys
import threading
from collections.abc import (
    AsyncGenerator,
    Coroutine,
    Generator,
)
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import click
import httpx
import structlog

from callistics.errors import CallisticsError, EngineError
from callistics.server.exchange import Asgi, Body, Exchange, Message

T = TypeVar("T")

BASE_URL = "http://localhost"


class LocalTransport(httpx.BaseTransport):
    """Sends synchronous requests to an ASGI application whose lifespan runs until `close`.

    The application has an event loop in a thread of its own, so that requests may come from any
    thread. Raises `CallisticsError` where it does not start.
    """

    def __init__(self, asgi: Asgi) -> None:
        self._asgi = asgi
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="api", daemon=True)
        self._thread.start()
        self._lifespan = lifespan(asgi)
        try:
            self._wait_for(self._lifespan.__aenter__())
        except BaseException:
            self._end_loop()
            raise

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, from any thread; the body comes as it is read."""
        return self._wait_for(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        exchange = Exchange(self._asgi, request)
        status, headers = await exchange.head()
        return httpx.Response(status, headers=headers, stream=Body(exchange, self._wait_for))

    def close(self) -> None:
        """Stop the application; its engine is closed when this returns."""
        try:
            self._wait_for(self._lifespan.__aexit__(None, None, None))
        finally:
            self._end_loop()

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end_loop(self) -> None:
        self._wait_for(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@asynccontextmanager
async def lifespan(asgi: Asgi) -> AsyncGenerator[None]:
    """Run an application's startup, then on leaving its shutdown."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    task = asyncio.ensure_future(asgi(scope, inbox.get, outbox.put))
    await _step(inbox, outbox, task, "startup")
    try:
        yield
    finally:
        await _step(inbox, outbox, task, "shutdown")
        await task


async def _step(
    inbox: "asyncio.Queue[Message]",
    outbox: "asyncio.Queue[Message]",
    task: "asyncio.Future[None]",
    name: str,
) -> None:
    await inbox.put({"type": f"lifespan.{name}"})
    answer = asyncio.ensure_future(outbox.get())
    await asyncio.wait((answer, task), return_when=asyncio.FIRST_COMPLETED)
    if answer.done() and answer.result()["type"] == f"lifespan.{name}.complete":
        return
    answer.cancel()
    await asyncio.wait((task,))
    raise _cause(task.exception(), name)


def _cause(error: BaseException | None, name: str) -> CallisticsError:
    """The product's own error behind a failure, which frameworks may have wrapped in groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(error, CallisticsError):
        return error
    return EngineError(f"the {name} of the engine failed: {error}")


@contextmanager
def quiet_logs() -> Generator[None]:
    """No log lines among a command's own, but for unexpected errors with `callistics --debug`."""
    context = click.get_current_context(silent=True)
    debug = context is not None and bool(context.find_root().params.get("debug"))
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.ERROR if debug else logging.CRITICAL
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    try:
        yield
    finally:
        structlog.reset_defaults()
