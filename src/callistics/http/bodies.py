"""Bodies of requests that are one JSON document."""

from callistics.errors import Refused, UnsupportedMedia, malformed
from callistics.http.services import AnyRequest, read_body, services
from callistics.ingest.decompress import unpack
from callistics.model.media_types import is_json, media_type


async def json_body(request: AnyRequest, *, optional: bool = False) -> bytes:
    """The body of a request, unpacked, within `query_body_limit`.

    Raises `UnsupportedMedia` unless it is declared as JSON, or not at all, and as `read_body` and
    `unpack` do. One that is optional may be empty, whatever it is declared as.
    """
    limit = services(request).settings.query_body_limit
    if not optional:
        _check_type(request)
    body = await read_body(request, limit)
    if optional and not body:
        return body
    _check_type(request)
    return unpack(body, request.headers.get("content-encoding"), limit)


async def no_body(request: AnyRequest) -> None:
    """Raises `Refused` where a request has a body, which nothing would read; and as `read_body`."""
    if await read_body(request, services(request).settings.query_body_limit):
        raise Refused([malformed("", "takes no body")])


def _check_type(request: AnyRequest) -> None:
    if not is_json(media_type(request.headers.get("content-type"))):
        raise UnsupportedMedia("Content-Type must be application/json")
