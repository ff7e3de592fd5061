"""`POST /webhooks/{source}/{token}`: what platforms send."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, cast

from litestar import post
from litestar.params import FromPath

from callistics.errors import NotFound, Unauthorized, UnsupportedMedia
from callistics.http.answer import Answer
from callistics.http.durable import durable
from callistics.http.parameters import ANY, PARAMETERS
from callistics.http.request_notes import note_endpoint
from callistics.http.sender import sender
from callistics.http.services import AnyRequest, Services, public_url, read_body, services
from callistics.model.webhooks import KeptBody, StoredEndpoint
from callistics.texts import MAX_TEXT
from callistics.webhooks.admission import admit
from callistics.webhooks.bodies import is_taken, longest
from callistics.webhooks.platforms import platforms
from callistics.webhooks.request import Received

_NO_PARAMETERS = {PARAMETERS: ANY}
_LARGE = 1 << 16


@post(
    "/webhooks/{source:str}/{token:str}",
    status_code=200,
    request_max_body_size=None,
    opt=_NO_PARAMETERS,
)
async def webhook(request: AnyRequest, source: FromPath[str], token: FromPath[str]) -> Answer:
    """Keep what a platform sends; it is durable once answered, and mapped soon after."""
    parts = services(request)
    endpoint = _endpoint(parts, source, token)
    note_endpoint(request.scope, endpoint.id, endpoint.source)
    body = await _body(request, parts)
    # A body may take long: the endpoint may have been ended meanwhile, or a secret replaced.
    await _admit(request, parts, _endpoint(parts, source, token), body)
    kept = KeptBody(
        "whb_" + secrets.token_hex(12),
        endpoint.id,
        parts.clock(),
        request.headers.get("content-type", "")[:MAX_TEXT],
        body,
    )
    await durable(parts.webhooks.keep(kept))
    return Answer(b"", media_type="text/plain")


def _endpoint(parts: Services, source: str, token: str) -> StoredEndpoint:
    """The endpoint of an address. Raises `NotFound`."""
    found = parts.webhooks.endpoints.of_token(source, token)
    if found is None:
        raise NotFound("no such webhook endpoint")
    return found


async def _body(request: AnyRequest, parts: Services) -> bytes:
    """The body as it came. Raises `UnsupportedMedia`, and as `read_body` does."""
    _check_type(request)
    content_type = request.headers.get("content-type", "")
    return await read_body(request, longest(content_type, parts.settings.record_body_limit))


async def _admit(
    request: AnyRequest, parts: Services, endpoint: StoredEndpoint, body: bytes
) -> None:
    """Check who sent it. Raises `Unauthorized`."""
    details = cast("dict[str, Any]", request.scope)
    query = bytes(details["query_string"]).decode("latin-1")
    # As it was written: a proxy, or a framework, may have decoded what was signed.
    path = bytes(details.get("raw_path") or request.url.path.encode()).decode("latin-1")
    url = public_url(request) + path.partition("?")[0] + (f"?{query}" if query else "")
    headers = _headers(details["headers"])
    address = sender(request, parts.settings.trusted_proxies)
    received = Received(url, headers, body)
    check = partial(admit, received, address, endpoint, platforms()[endpoint.source])
    try:
        # Beside the loop where it would keep others waiting.
        await asyncio.to_thread(check) if len(body) > _LARGE else check()
    except Unauthorized:
        parts.metrics.webhooks.labels(endpoint.source, "refused").inc()
        raise


def _headers(sent: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Headers by their names; one that came several times is as the list that it means."""
    found: dict[str, str] = {}
    for name, value in (
        (one.decode("latin-1").lower(), two.decode("latin-1")) for one, two in sent
    ):
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _check_type(request: AnyRequest) -> None:
    if not is_taken(request.headers.get("content-type", "")):
        raise UnsupportedMedia("Content-Type must be JSON or a form")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMedia("webhooks are not taken packed: their bytes are what is signed")
