"""`POST /analytics/batch`."""

import time
from collections.abc import Sequence
from functools import partial

from litestar import post

from callistics.analytics.batch import Answered, Result
from callistics.analytics.parse_batch import parse_batch
from callistics.errors import RequestError
from callistics.http.accept import JSON, accepted
from callistics.http.answer import Answer
from callistics.http.answering import answered, held, read_beside
from callistics.http.bodies import json_body
from callistics.http.fair_queue import Asked
from callistics.http.metrics import Metrics
from callistics.http.problems import problem_body, unexpected_body
from callistics.http.request_notes import route_of
from callistics.http.services import AnyRequest, services
from callistics.model.keys import Permission


@post("/analytics/batch", status_code=200, request_max_body_size=None)
async def analytics_batch(request: AnyRequest) -> Answer:
    """Answer several queries of one state of the records, within the scope of the request's key."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    accepted(request, (JSON,))
    body = await json_body(request)
    started, came = time.perf_counter(), parts.clock()
    queries = await read_beside(request, key, body, partial(parse_batch, body))
    parts.limiter.check_further(key.id, len(queries) - 1)
    # Of as many queries by one key about as much is asked.
    asked = Asked(key.id, ("batch", len(queries).bit_length()))

    def work() -> tuple[Sequence[Result], bytes]:
        found = parts.batches.answer(queries, key.scope, came)
        return found, _body(found, route_of(request.scope))

    results, sent = await answered(request, asked, work)
    for result in results:
        _count(parts.metrics, result)
    total = time.perf_counter() - started
    return Answer(
        held(request, sent),
        headers={"Server-Timing": f"total;dur={total * 1000:.3f}"},
    )


def _count(metrics: Metrics, result: Result) -> None:
    if isinstance(result, Answered):
        metrics.queries.labels(result.kept.query_type).observe(result.seconds or 0)
        metrics.answers.labels("repeated" if result.seconds is None else "computed").inc()


def _body(results: Sequence[Result], route: str) -> bytes:
    answers = b",".join(_sent(result, route) for result in results)
    return b"".join((b'{"answers":[', answers, b"]}"))


def _sent(result: Result, route: str) -> bytes:
    """The envelope, or the problem that the query alone would have got."""
    if isinstance(result, Answered):
        return result.kept.answer
    if isinstance(result, RequestError):
        return problem_body(result.answer_type, result.detail, result.problems)
    return unexpected_body(result, route)
