"""The HTTP application: routes, errors, and a line of log for each request."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

import structlog
from litestar import Litestar
from litestar.datastructures import State
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from callistics.http.analytics import analytics
from callistics.http.keys import keys, revoke_key
from callistics.http.operations import docs, docs_asset, live, metrics, openapi, ready
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
    openapi,
    docs,
    docs_asset,
]
_log = structlog.get_logger("callistics.http")


class _Observed(ASGIMiddleware):
    """Counts and logs every request; neither query strings nor bodies are looked at."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        started = time.perf_counter()
        status = 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, observed)
        finally:
            _note(scope, status, time.perf_counter() - started)


def _note(scope: Scope, status: int, seconds: float) -> None:
    # No route matched where there is no template; a WebSocket has no method.
    details = cast("Mapping[str, object]", scope)
    route = str(details.get("path_template") or "unknown")
    method = str(details.get("method", ""))
    parts = scope["litestar_app"].state.get("services")
    if isinstance(parts, Services):
        parts.metrics.requests.labels(method, route, str(status)).inc()
        if status >= 400:
            parts.metrics.errors.labels(str(status)).inc()
    _log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 3))


Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_http(lifespan: Lifespan) -> Litestar:
    """The ASGI application; `lifespan` puts `Services` into its state."""
    return Litestar(
        route_handlers=_ROUTES,
        lifespan=[lifespan],
        middleware=[_Observed()],
        exception_handlers=dict(HANDLERS),
        openapi_config=None,
        logging_config=None,
        state=State(),
        debug=False,
    )
