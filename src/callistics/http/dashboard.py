"""The dashboard: its page, the page to embed, what they load, and what they show."""

from collections.abc import Sequence
from functools import cache

import msgspec
from litestar import get
from litestar.params import FromPath

from callistics.dashboard.assets import CHARTS, HOW_TO_MAKE_IT
from callistics.dashboard.document import DEFAULT_RANGE, document
from callistics.errors import NotFound
from callistics.http.answer import Answer
from callistics.http.parameters import ANY, PARAMETERS
from callistics.http.services import AnyRequest, services
from callistics.http.static import Asset, asset, assets, build_name, respond

# Without `unsafe-inline` and `unsafe-eval`: text that came with a record can never be run.
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)
_OPEN = {PARAMETERS: ANY}


@get("/", opt=_OPEN)
async def dashboard(request: AnyRequest) -> Answer:
    """The page; what its address asks for is read by its own script."""
    headers = _headers(("'none'",)) | {
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return respond(request, _page(request, "dashboard"), headers)


@get("/embed", opt=_OPEN)
async def embed(request: AnyRequest) -> Answer:
    """The same page for others to frame: the origins of the setting `embed_parents` may."""
    parents = services(request).settings.embed_parents or ()
    return respond(request, _page(request, "embed", parents), _headers(parents or ("'none'",)))


@get("/dashboard/panels.json")
async def panels(request: AnyRequest) -> Answer:
    """What the page shows: panels, themes, filters. It holds no data and needs no key."""
    return respond(request, _panels(), {"Cache-Control": "no-cache"})


@cache
def _panels() -> Asset:
    return Asset.of("panels.json", msgspec.json.encode(document()))


@get("/assets/{build:str}/{name:path}")
async def page_asset(request: AnyRequest, build: FromPath[str], name: FromPath[str]) -> Answer:
    """A script or style of the page; its address changes with its content."""
    found = asset(str(name).removeprefix("/"))
    if found is None:
        raise NotFound(HOW_TO_MAKE_IT if str(name).endswith(CHARTS.name) else "no such file")
    same = build == build_name()
    return respond(
        request,
        found,
        {"Cache-Control": "public, max-age=31536000, immutable" if same else "no-cache"},
    )


def _headers(parents: Sequence[str]) -> dict[str, str]:
    policy = "; ".join((*_POLICY, f"frame-ancestors {' '.join(parents)}"))
    return {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
    }


def _page(request: AnyRequest, mode: str, parents: Sequence[str] = ()) -> Asset:
    """The page in one of its two modes, with the addresses of all that it loads."""
    base = f"assets/{build_name()}"
    scripts = [name for name in assets() if name.endswith(".js")]
    loads = "".join(f'<link rel="modulepreload" href="{base}/{name}">\n' for name in scripts)
    text = assets()["index.html"].content.decode()
    for mark, value in (
        ("{{mode}}", mode),
        ("{{parents}}", " ".join(parents)),
        ("{{timezone}}", services(request).settings.timezone),
        ("{{range}}", DEFAULT_RANGE),
        ("{{base}}", base),
        ("{{modules}}", loads),
    ):
        text = text.replace(mark, value)
    return Asset.of("index.html", text.encode())
