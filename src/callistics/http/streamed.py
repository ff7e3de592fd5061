"""Answers that are sent piece by piece, as fast as the client takes them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from litestar.types import Message, Receive, Scope, Send

from callistics.http.answer import header_list
from callistics.http.disconnect import disconnected

# A client that takes nothing for so long (s) is gone, whatever its connection says.
_PATIENCE = 60.0
# More is held here rather than by the HTTP server, which does not say for how long it holds it.
_PIECE = 262_144


async def send_paced(send: Send, message: Message, check: Callable[[], None]) -> None:
    """Send a message; a large body in pieces, so that no more of it waits than the client takes.

    `check` raises where an answer is not to go on: it is called before each piece of one that is
    sent in several. Raises `TimeoutError` where the client takes nothing for too long.
    """
    body, more = message.get("body", b""), message.get("more_body")
    if len(body) <= _PIECE or more:
        if more:
            check()
        await send(message)
        return
    for start in range(0, len(body), _PIECE):
        check()
        piece, end = body[start : start + _PIECE], start + _PIECE
        async with asyncio.timeout(_PATIENCE):
            await send({"type": "http.response.body", "body": piece, "more_body": end < len(body)})


class Streamed:
    """An answer whose body is of unknown length.

    Where its pieces fail the connection ends without the end of the body, so that the client
    knows. Where the client is gone no further piece is made. `ended` is called in any case.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        headers: Mapping[str, str],
        ended: Callable[[], None],
    ) -> None:
        self._pieces, self._ended = pieces, ended
        self._headers = header_list(headers)

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Send it as it is made."""
        sending = asyncio.ensure_future(self._send_all(send))
        gone = asyncio.ensure_future(disconnected(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            sending.cancel()
            await asyncio.wait((sending, gone))
            self._ended()
        if not sending.cancelled():
            sending.result()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        async for piece in self._pieces:
            async with asyncio.timeout(_PATIENCE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
