"""What the endpoints work with, put together by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from litestar import Request

from callistics.access.keyring import Keyring, require
from callistics.access.limiter import RateLimiter
from callistics.analytics.cache import AnswerCache
from callistics.analytics.pending import Pending
from callistics.analytics.service import Analytics
from callistics.errors import TooLarge
from callistics.http.metrics import Metrics
from callistics.http.pool import Pool
from callistics.http.request_notes import note_key
from callistics.ingest.decode_process import DecodeProcess
from callistics.ingest.writer import Writer
from callistics.model.instants import now
from callistics.model.keys import Permission, StoredKey
from callistics.model.zones import Zone
from callistics.settings import Settings

AnyRequest = Request[Any, Any, Any]


@dataclass(slots=True)
class Services:
    """The parts of a running server."""

    settings: Settings
    analytics: Analytics
    pending: Pending
    writer: Writer
    keyring: Keyring
    limiter: RateLimiter
    zone: Zone
    queries: Pool
    cache: AnswerCache
    data_version: Callable[[], int | None]
    readers: Pool
    decode_process: DecodeProcess
    clock: Callable[[], int] = now
    metrics: Metrics = field(default_factory=Metrics)
    running: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    ready: bool = False

    def authorize(self, request: AnyRequest, permission: Permission) -> StoredKey:
        """The request's key. Raises `Unauthorized`, `Forbidden`, `RateLimited`."""
        key = self.keyring.authenticate(request.headers.get("authorization"), now())
        note_key(request.scope, key.id)
        require(key, permission)
        self.limiter.check(key.id)
        return key


def services(request: AnyRequest) -> Services:
    """The services of the application a request came to."""
    found = request.app.state.services
    assert isinstance(found, Services)
    return found


async def read_body(request: AnyRequest, limit: int) -> bytes:
    """The body as sent. Raises `TooLarge` as soon as it is longer than allowed."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"the body is larger than {limit:,} bytes")
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise TooLarge(f"the body is larger than {limit:,} bytes")
        pieces.append(piece)
    return b"".join(pieces)
