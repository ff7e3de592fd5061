"""`POST /analytics`."""

import time
from functools import partial

from litestar import post
from litestar.types import ASGIApp

from callistics.analytics.cache import CachedAnswer
from callistics.analytics.envelope import envelope
from callistics.analytics.plan import Plan
from callistics.exports.formats import FORMULAS
from callistics.http.answer import Answer
from callistics.http.answering import answered, held, read_beside
from callistics.http.bodies import json_body
from callistics.http.export import chosen_format, exported
from callistics.http.fair_queue import Asked
from callistics.http.parameters import PARAMETERS
from callistics.http.services import AnyRequest, Services, services
from callistics.model.keys import Permission, StoredKey

ROLLED = 0.01
"""About how long it takes (s) to answer from a roll-up, where nobody knows better."""


@post("/analytics", status_code=200, request_max_body_size=None, opt={PARAMETERS: (FORMULAS,)})
async def analytics(request: AnyRequest) -> ASGIApp:
    """Answer a query within the scope of the request's key: a page, or all rows in a format."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    format_ = chosen_format(request)
    body = await json_body(request)
    started, came = time.perf_counter(), parts.clock()
    if format_ is not None:
        prepare = partial(parts.exports.of_query, body, key.scope, came)
        return await exported(request, key, format_, came, prepare)
    # Read before the query runs: a commit meanwhile makes what is kept stale, never too new.
    version = parts.data_version()
    kept = parts.cache.find(body, key.scope, version, came)
    engine: float | None = None
    if kept is None:
        read = partial(parts.analytics.planned, body, key.scope, came)
        plan = await read_beside(request, key, body, read)
        work = partial(_computed, parts, plan, version)
        kept, engine = await answered(request, asked_of(parts, key, plan), work)
        parts.cache.keep(body, key.scope, kept)
    total = time.perf_counter() - started
    parts.metrics.queries.labels(kept.query_type).observe(total)
    parts.metrics.answers.labels("repeated" if engine is None else "computed").inc()
    return Answer(
        held(request, kept.answer),
        headers={
            "Server-Timing": _timing(total, engine),
            "Callistics-Range": kept.range.text,
            "Callistics-Complete-Until": kept.range.complete_until(came),
        },
    )


def _computed(parts: Services, plan: Plan, version: int | None) -> tuple[CachedAnswer, float]:
    """The answer as it is sent, and the seconds that the engine took of it."""
    answer, engine = parts.analytics.timed_plan(plan)
    sent = envelope(answer)
    return CachedAnswer(version, answer.query_type, sent, answer.range, answer.holds), engine


def asked_of(parts: Services, key: StoredKey, plan: Plan) -> Asked:
    """Who asks what, as far as it says how long it takes."""
    found = parts.analytics.reads(plan)
    return Asked(key.id, found, ROLLED if found.from_rollup else None)


def _timing(total: float, engine: float | None) -> str:
    """Where the time went, in ms; `repeated` is an answer that was kept."""
    source = "repeated" if engine is None else f"engine;dur={engine * 1000:.3f}"
    return f"total;dur={total * 1000:.3f}, {source}"
