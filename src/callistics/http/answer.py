"""Answers as ASGI applications: the framework's own would be put together twice for each."""

import asyncio
from collections.abc import Callable, Mapping

from litestar.types import Receive, Scope, Send

from callistics.model.json import encode

# Statuses whose answers have no body, and nothing that describes one (RFC 9110, 8.6).
_EMPTY = (204, 304)


class Answer:
    """A whole answer. A text is UTF-8, and said to be."""

    def __init__(
        self,
        body: bytes,
        status: int = 200,
        media_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._body, self._status = body, status
        self._headers = header_list(headers or {})
        if status not in _EMPTY:
            if media_type.startswith("text/") and "charset" not in media_type:
                media_type += "; charset=utf-8"
            length = b"%d" % len(body)
            self._headers += [(b"content-type", media_type.encode()), (b"content-length", length)]

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Send it."""
        status, headers = self._status, self._headers
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def json_answer(value: object, status: int = 200) -> Answer:
    """A value as JSON. It is short: encoding it keeps all others waiting."""
    return Answer(encode(value), status)


async def json_of(work: Callable[[], object]) -> Answer:
    """What some work gives as JSON, both made beside the event loop, where others wait."""
    return Answer(await asyncio.to_thread(lambda: encode(work())))


def header_list(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
