"""A line of log and counters for each request, and the headers that every answer has."""

import time
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, cast

import structlog
from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from callistics.errors import RequestError
from callistics.http.metrics import Metrics
from callistics.http.record_paths import routed
from callistics.http.request_notes import key_end, note_problem, noted, route_of
from callistics.http.services import Services
from callistics.http.slow_queries import tell_slow
from callistics.http.streamed import send_paced
from callistics.model.instants import utc_text
from callistics.tracing import RequestSpan, is_traced, request_span, timing

Header = tuple[bytes, bytes]
_NOWHERE = "/-"
_EVERY = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    # What is no page loads nothing and is shown in none; pages have a policy of their own.
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_ONLY_ENCRYPTED = {b"strict-transport-security": b"max-age=31536000"}
_ALLOW, _KEY_END = b"allow", b"callistics-key-expires"
# Anybody can make others up, and each would be a label for ever.
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_UNTRACED = ("/health/", "/metrics")
_log = structlog.get_logger("callistics.http")


def observed(inner: ASGIApp, *, encrypted: bool = False) -> ASGIApp:
    """Count and log every request, also those that no route takes, and answer HEAD as GET.

    Only the path as it is written leads to a route. Neither query strings nor bodies are looked at.
    Browsers are told to stay with https where the connection is `encrypted`.
    """
    every = _EVERY | (_ONLY_ENCRYPTED if encrypted else {})

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 500
        parts = _services(scope)
        # A WebSocket has no method.
        details = cast("MutableMapping[str, Any]", scope)
        method = str(details.get("method", ""))
        if method == "HEAD":
            details["method"] = "GET"
        path = routed(method, str(details["path"]))
        details["path"] = path if _is_exact(path) else _NOWHERE

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                found = _complete(message.get("headers", ()), every, details)
                message["headers"] = [*found, *_limits(parts, details, found)]
            elif message["type"] == "http.response.body" and method == "HEAD":
                message["body"] = b""
            await send_paced(send, message, partial(_check_key, parts, details))

        with _counted(parts), _traced(details) as trace, timing() as spent:
            try:
                await inner(scope, receive, watched)
            finally:
                asked = method if method in _METHODS else "unknown"
                # First what others may wait for.
                if parts is not None:
                    parts.memory.release(details)
                    _count(parts.metrics, details, asked, status)
                _note(details, asked, status, time.perf_counter() - started, trace)
                if parts is not None:
                    tell_slow(parts, details, status, spent)

    return handle


def _traced(details: Mapping[str, Any]) -> AbstractContextManager[RequestSpan | None]:
    """The span of a request; who asks again and again how the server does is not traced."""
    if not is_traced() or str(details["path"]).startswith(_UNTRACED):
        return nullcontext()
    sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in details["headers"]}
    return request_span(sent)


def _counted(parts: Services | None) -> AbstractContextManager[object]:
    """Counts a request among those under way."""
    return nullcontext() if parts is None else parts.metrics.under_way.track_inprogress()


def _check_key(parts: Services | None, scope: MutableMapping[str, Any]) -> None:
    """Raises `RequestError` where the request's key ended while its answer is being sent."""
    if parts is None:
        return
    try:
        parts.check_still_known(Request(cast("Any", scope)))
    except RequestError as error:
        # The answer has begun: that it ends here is all that the client can be told.
        note_problem(scope, "cut", error.detail)
        raise


def _services(scope: Scope) -> Services | None:
    parts = scope["litestar_app"].state.get("services")
    return parts if isinstance(parts, Services) else None


def _complete(
    sent: Iterable[tuple[bytes, bytes]], every: Mapping[bytes, bytes], scope: Mapping[str, Any]
) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that it lacks."""
    found = [(name, _allowed(value) if name == _ALLOW else value) for name, value in sent]
    names = {name.lower() for name, _ in found}
    found += [(name, value) for name, value in every.items() if name not in names]
    ends = key_end(scope)
    if ends is not None:
        found.append((_KEY_END, utc_text(ends).encode()))
    return found


def _allowed(methods: bytes) -> bytes:
    """The methods of a path in their order, with HEAD where there is GET."""
    found = set(methods.replace(b" ", b"").split(b","))
    return b", ".join(sorted(found | {b"HEAD"} if b"GET" in found else found))


def _limits(
    parts: Services | None, scope: Mapping[str, Any], headers: Sequence[Header]
) -> Sequence[Header]:
    """What the request's key may still ask, as headers (draft-ietf-httpapi-ratelimit-headers)."""
    key = noted(scope).get("key")
    shown = None if parts is None or key is None else parts.limiter.shown(str(key))
    if shown is None:
        return ()
    most, left, seconds = shown
    retry = dict(headers).get(b"retry-after", b"%d" % seconds)
    return (
        (b"ratelimit-policy", b'"requests";q=%d;w=60' % most),
        (b"ratelimit", b'"requests";r=%d;t=%s' % (left, retry)),
    )


def _is_exact(path: str) -> bool:
    """Whether no part of a path is empty: the router takes `//keys/` for `/keys`."""
    return path == "/" or all(path.removeprefix("/").split("/"))


def _count(metrics: Metrics, scope: Mapping[str, Any], method: str, status: int) -> None:
    metrics.requests.labels(method, route_of(scope), str(status)).inc()
    if status >= 400:
        metrics.errors.labels(str(status)).inc()


def _note(
    scope: Mapping[str, Any], method: str, status: int, seconds: float, trace: RequestSpan | None
) -> None:
    route, more = route_of(scope), noted(scope)
    if trace is not None:
        trace.answered(method, route, status)
        more = {**more, "trace": trace.trace_id}
    ms = round(seconds * 1000, 3)
    _log.info("request", method=method, route=route, status=status, ms=ms, **more)
