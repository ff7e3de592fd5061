"""Health, metrics, and the API's own description."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

from litestar import get
from litestar.params import FromPath

from callistics.errors import CallisticsError, Forbidden, NotFound, StorageFailed, Unavailable
from callistics.http.answer import Answer, json_answer
from callistics.http.metrics import CONTENT_TYPE
from callistics.http.openapi import document
from callistics.http.services import AnyRequest, Services, services
from callistics.model.keys import Permission
from callistics.model.scope import EVERYTHING
from callistics.timezones import rules_version

_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "docs.js": "text/javascript",
}
# Without `eval`; the page's own script sets styles and has images within its style sheet.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_OWN = Path(__file__).parent / "static"


@get("/health/live")
async def live() -> Answer:
    """The process runs."""
    return Answer(b'{"status":"live"}')


@get("/health/ready")
async def ready(request: AnyRequest) -> Answer:
    """Queries and records are taken; with the release of the time zone rules."""
    error = not_ready(services(request))
    if error is not None:
        raise error
    return json_answer({"status": "ready", "timezone_rules": rules_version()})


def not_ready(parts: Services) -> CallisticsError | None:
    """Why queries or records are not taken; None while they are."""
    if not parts.ready:
        return Unavailable("starting or stopping")
    problem = parts.storage().problem
    return None if problem is None else StorageFailed(problem)


@get("/metrics")
async def metrics(request: AnyRequest) -> Answer:
    """The server's figures for Prometheus: those of all tenants together."""
    parts = services(request)
    key = parts.authorize(request, Permission.ADMIN)
    if key.scope != EVERYTHING:
        raise Forbidden("the figures are of the whole server: they need an admin key without scope")
    # Some figures are looked up in the engine.
    text = await asyncio.to_thread(parts.metrics.expose)
    return Answer(text, media_type=CONTENT_TYPE)


@get("/openapi.json")
async def openapi() -> Answer:
    """The OpenAPI 3.1 document."""
    return Answer(document())


@get("/docs")
async def docs() -> Answer:
    """An interactive page of the API."""
    headers = {"Content-Security-Policy": _POLICY}
    return Answer((_OWN / "docs.html").read_bytes(), media_type="text/html", headers=headers)


@get("/docs/{name:str}")
async def docs_asset(name: FromPath[str]) -> Answer:
    """The page's script and style, served from here so that it works without internet."""
    if name not in _ASSETS:
        raise NotFound("no such file")
    folder = _OWN if name == "docs.js" else _swagger_folder()
    headers = {"Cache-Control": "public, max-age=86400"}
    return Answer((folder / name).read_bytes(), media_type=_ASSETS[name], headers=headers)


def _swagger_folder() -> Path:
    spec = find_spec("swagger_ui")
    locations = spec.submodule_search_locations if spec else None
    if not locations:
        raise NotFound("the page's files are not installed")
    return Path(locations[0]) / "static"
