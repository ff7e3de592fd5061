"""The HTTP application: routes, errors, and a line of log for each request."""

import time
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

import structlog
from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from callistics.http.analytics import analytics
from callistics.http.health import docs, docs_asset, live, metrics, openapi, ready, root
from callistics.http.keys import keys, revoke_key
from callistics.http.parameters import check_request
from callistics.http.problems import HANDLERS
from callistics.http.records import calls, leads
from callistics.http.services import Services

_ROUTES: list[Any] = [
    analytics,
    calls,
    leads,
    keys,
    revoke_key,
    live,
    ready,
    metrics,
    root,
    openapi,
    docs,
    docs_asset,
]
_NOWHERE = "/-"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_log = structlog.get_logger("callistics.http")


def _observed(inner: ASGIApp) -> ASGIApp:
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

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), _NOSNIFF]
            elif message["type"] == "http.response.body" and method == "HEAD":
                message["body"] = b""
            await send(message)

        try:
            await inner(scope, receive, observed)
        finally:
            _note(scope, method, status, time.perf_counter() - started)

    return handle


def _is_exact(path: str) -> bool:
    """Whether no part of a path is empty: the router takes `//keys/` for `/keys`."""
    return path == "/" or all(path.removeprefix("/").split("/"))


def _note(scope: Scope, method: str, status: int, seconds: float) -> None:
    # No route matched where there is no template.
    details = cast("Mapping[str, object]", scope)
    route = str(details.get("path_template") or "unknown")
    # Anybody can make methods up, and each would be a label of its own for ever.
    method = method if method in _METHODS else "unknown"
    parts = scope["litestar_app"].state.get("services")
    if isinstance(parts, Services):
        parts.metrics.requests.labels(method, route, str(status)).inc()
        if status >= 400:
            parts.metrics.errors.labels(str(status)).inc()
    _log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 3))


Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_http(lifespan: Lifespan) -> Litestar:
    """The ASGI application; `lifespan` puts `Services` into its state."""
    application = Litestar(
        route_handlers=_ROUTES,
        lifespan=[lifespan],
        before_request=check_request,
        exception_handlers=dict(HANDLERS),
        openapi_config=None,
        logging_config=None,
        state=State(),
        debug=False,
    )
    # Around the router itself: middleware is not run for what no route takes.
    application.asgi_handler = _observed(application.asgi_handler)
    return application
