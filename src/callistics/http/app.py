"""The HTTP application: routes, errors, and which pages of other origins may ask."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State

from callistics.http.alerts import alert, alerts, simulate, simulate_new, test_alert
from callistics.http.analytics import analytics
from callistics.http.audit import audit
from callistics.http.backups import backup_made, backup_part, backup_state, backups
from callistics.http.batch import analytics_batch
from callistics.http.dashboard import dashboard, embed, page_asset, panels
from callistics.http.discovery import payload_keys, types, values
from callistics.http.embed_tokens import embed_tokens
from callistics.http.health import docs, docs_asset, live, metrics, openapi, ready
from callistics.http.keys import keys, revoke_key, rotate_key
from callistics.http.parameters import check_request
from callistics.http.pending import pending
from callistics.http.problems import HANDLERS
from callistics.http.records import calls, leads
from callistics.http.request_log import observed
from callistics.http.search import search_calls
from callistics.http.single_records import single_call, single_lead
from callistics.http.webhook_endpoints import (
    dead_letters,
    replay_dead_letters,
    webhook_endpoint,
    webhook_endpoints,
)
from callistics.http.webhooks import webhook

_ROUTES: list[Any] = [
    analytics,
    analytics_batch,
    types,
    payload_keys,
    values,
    calls,
    leads,
    search_calls,
    single_call,
    single_lead,
    pending,
    keys,
    revoke_key,
    rotate_key,
    embed_tokens,
    audit,
    webhook,
    webhook_endpoints,
    webhook_endpoint,
    dead_letters,
    replay_dead_letters,
    alerts,
    simulate_new,
    alert,
    simulate,
    test_alert,
    backups,
    backup_state,
    backup_part,
    backup_made,
    live,
    ready,
    metrics,
    dashboard,
    embed,
    page_asset,
    panels,
    openapi,
    docs,
    docs_asset,
]
_EXPOSED = [
    "Callistics-Complete-Until",
    "Callistics-Key-Expires",
    "Callistics-Range",
    "Content-Disposition",
    "ETag",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Server-Timing",
]
_SENT = ["Authorization", "Content-Encoding", "Content-Type", "Idempotency-Key", "If-None-Match"]


Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_http(
    lifespan: Lifespan, cors_origins: Sequence[str] = (), *, encrypted: bool = False
) -> Litestar:
    """The ASGI application; `lifespan` puts `Services` into its state.

    Pages of `cors_origins` may ask from browsers, with a key of their own; cookies play no part.
    `encrypted` is whether it is served over TLS.
    """
    application = Litestar(
        route_handlers=_ROUTES,
        lifespan=[lifespan],
        before_request=check_request,
        exception_handlers=dict(HANDLERS),
        cors_config=_cors(cors_origins) if cors_origins else None,
        openapi_config=None,
        logging_config=None,
        state=State(),
        debug=False,
    )
    # Around the router itself: middleware is not run for what no route takes.
    application.asgi_handler = observed(application.asgi_handler, encrypted=encrypted)
    return application


def _cors(origins: Sequence[str]) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["DELETE", "GET", "HEAD", "PATCH", "POST"],
        allow_headers=_SENT,
        expose_headers=_EXPOSED,
    )
