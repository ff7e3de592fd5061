"""`POST /calls` and `POST /leads`."""

import asyncio
import hashlib
import re
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any, cast

import msgspec
from litestar import post

from callistics.errors import Conflict, Problem, ProblemKind, Refused, malformed
from callistics.http.answer import Answer
from callistics.http.durable import durable
from callistics.http.fair_queue import Asked
from callistics.http.metrics import RECORD_RESULTS, Metrics
from callistics.http.parameters import PARAMETERS
from callistics.http.problems import MEDIA_TYPE, note_problem_body, problem_body, problem_item
from callistics.http.query_zone import query_zone
from callistics.http.services import AnyRequest, Services, read_body, services
from callistics.ingest.decode import Limits, Terms
from callistics.ingest.decompress import unpack
from callistics.ingest.job import IdempotentRequest, Job, Result
from callistics.ingest.receipt import MOST_NAMED, Receipt, Repeated
from callistics.model.keys import Permission, StoredKey
from callistics.records.field import RecordKind
from callistics.texts import counted

IDEMPOTENCY_KEY = re.compile("[!-~]{1,255}")
_PARAMETERS = {PARAMETERS: ("on_error", "timezone")}
# What is read sooner than another thread comes to it: bytes, and how many commas and line breaks,
# as each record and each field that is wrong takes time of its own.
_SMALL, _PARTS = 4_096, 64


@post("/calls", status_code=200, request_max_body_size=None, opt=_PARAMETERS)
async def calls(request: AnyRequest) -> Answer:
    """Store calls; durable and visible once answered."""
    return await _ingest(request, RecordKind.CALLS)


@post("/leads", status_code=200, request_max_body_size=None, opt=_PARAMETERS)
async def leads(request: AnyRequest) -> Answer:
    """Store leads; durable and visible once answered."""
    return await _ingest(request, RecordKind.LEADS)


async def _ingest(request: AnyRequest, kind: RecordKind) -> Answer:
    parts = services(request)
    key = parts.authorize(request, Permission.INGEST)
    skip, where, name = _skip(request), query_zone(request, parts.zone), _idempotency_key(request)
    raw = await read_body(request, parts.settings.record_body_limit)
    terms = parts.terms(kind, key, where, skip=skip, named=MOST_NAMED)
    started = time.perf_counter()
    store = _store if name is None else _store_once
    status, body = await store(parts, request, key, terms, raw, name)
    parts.metrics.ingests.labels(kind).observe(time.perf_counter() - started)
    if status == 200:
        return Answer(body)
    note_problem_body(request, status, body)
    return Answer(body, status, MEDIA_TYPE)


async def _store_once(
    parts: Services,
    request: AnyRequest,
    key: StoredKey,
    terms: Terms,
    raw: bytes,
    name: str | None,
) -> tuple[int, bytes]:
    running = (key.id, name or "")
    if running in parts.running:
        raise Conflict("a request with this Idempotency-Key is still running")
    parts.running.add(running)
    try:
        return await _store(parts, request, key, terms, raw, name)
    finally:
        parts.running.discard(running)


async def _store(
    parts: Services,
    request: AnyRequest,
    key: StoredKey,
    terms: Terms,
    raw: bytes,
    name: str | None,
) -> tuple[int, bytes]:
    limits = Limits(parts.settings.record_body_limit, parts.settings.record_limit)
    # Each time they are asked for the framework looks them up.
    headers = request.headers
    packed = headers.get("content-encoding")

    def read() -> Job:
        plain = unpack(raw, packed, limits.body)
        if packed is not None:
            parts.memory.hold(cast("Mapping[str, Any]", request.scope), len(plain))
        media = headers.get("content-type")
        batch = parts.decode_process.decode_batch(plain, media, limits, terms)
        if name is None:
            return Job(batch)
        return Job(batch, IdempotentRequest(key.id, name, _digest(parts, terms, plain)))

    if _is_small(raw) and packed is None:
        job = read()
    else:
        job = await parts.readers.run(read, Asked(key.id))
        # Where many bodies wait to be read the key may have ended meanwhile.
        parts.check_still_known(request)
    done = partial(_count, parts.metrics, terms.kind, terms.skip)
    parts.writer.submit(job).add_done_callback(done)
    result = await durable(job.done)
    receipt = result.before if isinstance(result, Repeated) else result
    assert isinstance(receipt, Receipt)
    encode = partial(encoded, receipt, skip=terms.skip)
    # Many errors take a while to be told, and others wait here.
    return encode() if len(receipt.rejected) <= _PARTS else await asyncio.to_thread(encode)


def _is_small(raw: bytes) -> bool:
    return len(raw) <= _SMALL and raw.count(b",") + raw.count(b"\n") <= _PARTS


def _digest(parts: Services, terms: Terms, plain: bytes) -> str:
    """What makes a retry the same request, however its body is packed."""
    where = terms.reading.zone
    named = "" if where is parts.zone else f"{where.name} "
    return hashlib.sha256(f"{terms.kind} {terms.skip} {named}".encode() + plain).hexdigest()


def _count(metrics: Metrics, kind: RecordKind, skip: bool, done: "Future[Result]") -> None:
    """Count the records of a request, once it is durable what became of them."""
    receipt = None if done.exception() else done.result()
    if not isinstance(receipt, Receipt):
        return
    if receipt.rejected and not skip:
        counts = {"rejected": receipt.received}
    else:
        became = (receipt.stored, receipt.unchanged, receipt.pending, receipt.bad)
        counts = dict(zip(RECORD_RESULTS, became, strict=True))
    for result, number in counts.items():
        if number:
            metrics.records.labels(kind, result).inc(number)


def encoded(receipt: Receipt, *, skip: bool) -> tuple[int, bytes]:
    """Status and body of the answer."""
    if receipt.rejected and not skip:
        problems = [problem for bad in receipt.rejected for problem in bad.problems]
        return _refusal(receipt, problems)
    return 200, msgspec.json.encode(
        {
            "received": receipt.received,
            "stored": receipt.stored,
            "unchanged": receipt.unchanged,
            "pending": receipt.pending,
            "rejected": [
                {"index": bad.index, "errors": [problem_item(one) for one in bad.problems]}
                for bad in receipt.rejected
            ],
        }
        | ({"rejected_count": receipt.bad} if receipt.unnamed else {})
        | _missing(receipt)
    )


def _missing(receipt: Receipt) -> dict[str, object]:
    """What the first of the pending records lack; nothing where none is pending."""
    if not receipt.waiting:
        return {}
    return {
        "missing": [
            {"index": one.index, "id": one.identity[1], "fields": one.fields}
            for one in receipt.waiting
        ]
    }


def _refusal(receipt: Receipt, problems: list[Problem]) -> tuple[int, bytes]:
    bad, all_ = receipt.bad, receipt.received
    if all_ > 1:
        problems = list(map(_among_others, problems))
    detail = f"nothing was stored: {bad:,} of {counted(all_, 'record')}"
    detail += " is wrong" if bad == 1 else " are wrong"
    if receipt.unnamed:
        detail += f"; {len(receipt.rejected):,} of them are named"
    error = Refused(problems, detail)
    return error.answer_status, problem_body(error.answer_type, error.detail, error.problems)


def _among_others(problem: Problem) -> Problem:
    """That a record names what was erased makes only a request for it alone as good as gone."""
    if problem.kind is ProblemKind.GONE:
        return replace(problem, kind=ProblemKind.INVALID)
    return problem


def _skip(request: AnyRequest) -> bool:
    value = request.query_params.get("on_error")
    if value not in (None, "fail", "skip"):
        message = 'the query parameter on_error must be "fail" or "skip"'
        raise Refused([malformed("", message, value)], message)
    return value == "skip"


def _idempotency_key(request: AnyRequest) -> str | None:
    value = request.headers.get("idempotency-key")
    if value is not None and not IDEMPOTENCY_KEY.fullmatch(value):
        message = "Idempotency-Key must be 1 to 255 visible ASCII characters"
        raise Refused([malformed("", message, value)], message)
    return value
