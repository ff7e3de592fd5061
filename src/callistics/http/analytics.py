"""`POST /analytics`."""

import time
from functools import partial

from litestar import Response, post

from callistics.analytics.cache import Kept
from callistics.analytics.envelope import envelope
from callistics.errors import UnsupportedMedia
from callistics.exports.formats import FORMULAS
from callistics.http.export import chosen_format, exported
from callistics.http.parameters import PARAMETERS
from callistics.http.services import AnyRequest, read_body, services
from callistics.ingest.decode import is_json, media_type
from callistics.ingest.decompress import unpack
from callistics.model.keys import Permission


@post("/analytics", status_code=200, request_max_body_size=None, opt={PARAMETERS: (FORMULAS,)})
async def analytics(request: AnyRequest) -> Response[bytes]:
    """Answer a query within the scope of the request's key: a page, or all rows in a format."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    check_json(request.headers.get("content-type"))
    format_ = chosen_format(request)
    body = await query_body(request)
    started, came = time.perf_counter(), parts.clock()
    if format_ is not None:
        prepare = partial(parts.exports.of_query, body, key.scope, came)
        return await exported(request, format_, came, prepare)
    # Read before the query runs: a commit meanwhile makes what is kept stale, never too new.
    version = parts.data_version()
    kept = parts.cache.find(body, key.scope, version, came)
    engine: float | None = None
    if kept is None:
        work = partial(parts.analytics.timed, body, key.scope, came)
        answer, engine = await parts.queries.run(work)
        sent = envelope(answer)
        kept = Kept(version, answer.query_type, sent, answer.range, answer.holds)
        parts.cache.keep(body, key.scope, kept)
    total = time.perf_counter() - started
    parts.metrics.queries.labels(kept.query_type).observe(total)
    parts.metrics.answers.labels("repeated" if engine is None else "computed").inc()
    return Response(
        kept.answer,
        media_type="application/json",
        headers={
            "Server-Timing": _timing(total, engine),
            "Callistics-Range": kept.range.text,
            "Callistics-Complete-Until": kept.range.complete_until(came),
        },
    )


def _timing(total: float, engine: float | None) -> str:
    """Where the time went, in ms; `repeated` is an answer that was kept."""
    source = "repeated" if engine is None else f"engine;dur={engine * 1000:.3f}"
    return f"total;dur={total * 1000:.3f}, {source}"


def check_json(content_type: str | None) -> None:
    """Raises `UnsupportedMedia` unless a body is declared as JSON, or not at all."""
    if not is_json(media_type(content_type)):
        raise UnsupportedMedia("Content-Type must be application/json")


async def query_body(request: AnyRequest) -> bytes:
    """The body of a request that asks, unpacked, within `query_body_limit`."""
    limit = services(request).settings.query_body_limit
    return unpack(await read_body(request, limit), request.headers.get("content-encoding"), limit)
