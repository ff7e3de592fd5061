"""A line of log and counters for each request."""

import time
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, cast

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from callistics.http.request_notes import noted, route_of
from callistics.http.services import Services
from callistics.http.streamed import send_paced

Header = tuple[bytes, bytes]
_NOWHERE = "/-"
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = structlog.get_logger("callistics.http")


def observed(inner: ASGIApp) -> ASGIApp:
    """Count and log every request, also those that no route takes, and answer HEAD as GET.

    Only the path as it is written leads to a route. Neither query strings nor bodies are looked at.
    """

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 500
        # A WebSocket has no method.
        details = cast("MutableMapping[str, object]", scope)
        method = str(details.get("method", ""))
        if method == "HEAD":
            details["method"] = "GET"
        if not _is_exact(str(details["path"])):
            details["path"] = _NOWHERE

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), _NOSNIFF]
                message["headers"] = [*headers, *_limits(scope, headers)]
            elif message["type"] == "http.response.body" and method == "HEAD":
                message["body"] = b""
            await send_paced(send, message)

        try:
            await inner(scope, receive, watched)
        finally:
            _release(scope)
            _note(scope, method, status, time.perf_counter() - started)

    return handle


def _limits(scope: Scope, headers: Sequence[Header]) -> Sequence[Header]:
    """What the request's key may still ask, as headers (draft-ietf-httpapi-ratelimit-headers)."""
    parts, key = _services(scope), noted(cast("Mapping[str, Any]", scope)).get("key")
    shown = None if parts is None or key is None else parts.limiter.shown(str(key))
    if shown is None:
        return ()
    most, left, seconds = shown
    retry = dict(headers).get(b"retry-after", b"%d" % seconds)
    return (
        (b"ratelimit-policy", b'"requests";q=%d;w=60' % most),
        (b"ratelimit", b'"requests";r=%d;t=%s' % (left, retry)),
    )


def _services(scope: Scope) -> Services | None:
    parts = scope["litestar_app"].state.get("services")
    return parts if isinstance(parts, Services) else None


def _release(scope: Scope) -> None:
    parts = _services(scope)
    if parts is not None:
        parts.memory.release(cast("Mapping[str, Any]", scope))


def _is_exact(path: str) -> bool:
    """Whether no part of a path is empty: the router takes `//keys/` for `/keys`."""
    return path == "/" or all(path.removeprefix("/").split("/"))


def _note(scope: Scope, method: str, status: int, seconds: float) -> None:
    details = cast("Mapping[str, Any]", scope)
    route = route_of(details)
    # Anybody can make methods up, and each would be a label of its own for ever.
    method = method if method in _METHODS else "unknown"
    parts = _services(scope)
    if parts is not None:
        parts.metrics.requests.labels(method, route, str(status)).inc()
        if status >= 400:
            parts.metrics.errors.labels(str(status)).inc()
    ms = round(seconds * 1000, 3)
    _log.info("request", method=method, route=route, status=status, ms=ms, **noted(details))
