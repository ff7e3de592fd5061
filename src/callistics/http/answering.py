"""Work that a request waits for: within its time, in its turn, and as long as somebody waits."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from callistics.http.answer import Answer
from callistics.http.disconnect import disconnected
from callistics.http.fair_queue import QUICK, Asked
from callistics.http.pool import Pool
from callistics.http.services import AnyRequest, services
from callistics.interruption import Interruption
from callistics.model.json import encode
from callistics.model.keys import StoredKey

T = TypeVar("T")
# Larger bodies are read beside the loop, where others wait.
_SMALL = 16_384
# Most answers are there before it pays to look whether somebody waits for them.
_SOON = 0.02
# What is interrupted says so by itself, unless what it is at takes longer.
_GRACE = 0.1


async def answered(request: AnyRequest, asked: Asked, work: Callable[[], T]) -> T:
    """The result of a query's work. Raises `TimedOut` past `query_timeout`, whatever took it.

    Where the client leaves, its statement and what is done with the rows end. Raises `Unauthorized`
    where the request's key ended while it was being worked for.
    """
    parts = services(request)
    return await worked(request, parts.queries, asked, work)


async def answered_json(
    request: AnyRequest, asked: Asked, work: Callable[[], object], **headers: str
) -> Answer:
    """As `answered`, as JSON: that is made by the same thread, as it grows with what is found."""
    sent = await answered(request, asked, lambda: encode(work()))
    return Answer(held(request, sent), headers=headers)


async def read_beside(request: AnyRequest, key: StoredKey, body: bytes, read: Callable[[], T]) -> T:
    """What is read of a query's body, beside the event loop where it is large."""
    if len(body) <= _SMALL:
        return read()
    return await answered(request, Asked(key.id, "read", QUICK), read)


def held(request: AnyRequest, sent: bytes) -> bytes:
    """An answer that is held until the client has taken it. Raises `Unavailable`."""
    services(request).memory.hold(cast("Mapping[str, Any]", request.scope), len(sent))
    return sent


async def worked(request: AnyRequest, pool: Pool, asked: Asked, work: Callable[[], T]) -> T:
    """As `answered`, by the threads of a pool."""
    by = Interruption(services(request).settings.query_timeout)
    awaited = pool.begin(work, asked, by)
    watch: list[asyncio.Task[None]] = []

    def begin(waited_for: "asyncio.Future[T]") -> None:
        watch.append(asyncio.ensure_future(_watch(request, by, waited_for)))

    timer = asyncio.get_running_loop().call_later(_SOON, begin, awaited)
    try:
        found = await awaited
        if watch:
            services(request).check_still_known(request)
        return found
    finally:
        timer.cancel()
        for task in watch:
            task.cancel()
        # An error that it has would keep it, and what this request holds, by its traceback.
        del awaited


async def _watch(request: AnyRequest, by: Interruption, awaited: "asyncio.Future[T]") -> None:
    """End the work once nobody waits for it, or its time is up and was not renewed."""
    gone = asyncio.ensure_future(disconnected(request.receive))
    try:
        while left := by.left:
            await asyncio.wait((gone,), timeout=left)
            if gone.done():
                by.end()
                break
            if not by.left:
                await asyncio.sleep(_GRACE)
        _fail(by, awaited)
    finally:
        gone.cancel()


def _fail(by: Interruption, awaited: "asyncio.Future[T]") -> None:
    if not awaited.done():
        awaited.set_exception(by.error)
