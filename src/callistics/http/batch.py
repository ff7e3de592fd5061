"""`POST /analytics/batch`."""

import time
from functools import partial

from litestar import Response, post

from callistics.analytics.batch import Answered, Result
from callistics.analytics.parse_batch import parse_batch
from callistics.errors import NotAcceptable, RequestError
from callistics.http.analytics import check_json, query_body
from callistics.http.metrics import Metrics
from callistics.http.problems import problem_body, unexpected_body
from callistics.http.services import AnyRequest, services
from callistics.model.keys import Permission

_JSON = ("application/json", "application/*", "*/*")


@post("/analytics/batch", status_code=200, request_max_body_size=None)
async def analytics_batch(request: AnyRequest) -> Response[bytes]:
    """Answer several queries of one state of the records, within the scope of the request's key."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    check_json(request.headers.get("content-type"))
    _check_accepted(request.headers.getall("accept", ()))
    body = await query_body(request)
    started, came = time.perf_counter(), parts.clock()
    queries = parse_batch(body)
    parts.limiter.check_further(key.id, len(queries) - 1)
    results = await parts.queries.run(partial(parts.batches.answer, queries, key.scope, came))
    for result in results:
        _count(parts.metrics, result)
    answers = b",".join(_sent(result, request.url.path) for result in results)
    total = time.perf_counter() - started
    return Response(
        b'{"answers":[' + answers + b"]}",
        media_type="application/json",
        headers={"Server-Timing": f"total;dur={total * 1000:.3f}"},
    )


def _check_accepted(values: list[str] | tuple[()]) -> None:
    """Raises `NotAcceptable` where the client takes no JSON."""
    ranges = [part for part in ",".join(values).split(",") if part.strip()]
    if ranges and not any(_takes_json(part) for part in ranges):
        raise NotAcceptable("answers of a batch are application/json")


def _takes_json(part: str) -> bool:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [one.removeprefix("q=") for one in parameters if one.startswith("q=")]
    return media in _JSON and not any(not weight.strip("0.") for weight in weights)


def _count(metrics: Metrics, result: Result) -> None:
    if isinstance(result, Answered):
        metrics.queries.labels(result.kept.query_type).observe(result.seconds or 0)
        metrics.answers.labels("repeated" if result.seconds is None else "computed").inc()


def _sent(result: Result, path: str) -> bytes:
    """The envelope, or the problem that the query alone would have got."""
    if isinstance(result, Answered):
        return result.kept.answer
    if isinstance(result, RequestError):
        return problem_body(result.answer_type, result.detail, result.problems)
    return unexpected_body(result, path)
