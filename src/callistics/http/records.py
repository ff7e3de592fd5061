"""`POST /calls` and `POST /leads`."""

import asyncio
import hashlib
import re
import time

import msgspec
from litestar import Response, post

from callistics.errors import Conflict, Problem, Refused, malformed
from callistics.http.parameters import PARAMETERS
from callistics.http.problems import MEDIA_TYPE, note_problem_body, problem_body, problem_item
from callistics.http.services import AnyRequest, Services, now, read_body, services
from callistics.ingest.reader import Limits, Terms
from callistics.ingest.unpacking import unpack
from callistics.ingest.writer import Job, Retry
from callistics.ingest.writes import Write
from callistics.model.keys import Permission, StoredKey
from callistics.model.record_values import Reading
from callistics.model.records import RecordKind
from callistics.model.writes import Receipt

IDEMPOTENCY_KEY = re.compile("[!-~]{1,255}")
_PARAMETERS = {PARAMETERS: ("on_error",)}
# What is read sooner than another thread comes to it: bytes, and how many commas and line breaks,
# as each record and each field that is wrong takes time of its own.
_SMALL, _PARTS = 4_096, 64


@post("/calls", status_code=200, request_max_body_size=None, opt=_PARAMETERS)
async def calls(request: AnyRequest) -> Response[bytes]:
    """Store calls; durable and visible once answered."""
    return await _ingest(request, RecordKind.CALLS)


@post("/leads", status_code=200, request_max_body_size=None, opt=_PARAMETERS)
async def leads(request: AnyRequest) -> Response[bytes]:
    """Store leads; durable and visible once answered."""
    return await _ingest(request, RecordKind.LEADS)


async def _ingest(request: AnyRequest, kind: RecordKind) -> Response[bytes]:
    parts = services(request)
    key = parts.authorize(request, Permission.INGEST)
    skip = _skip(request)
    name = _idempotency_key(request)
    raw = await read_body(request, parts.settings.record_body_limit)
    started = time.perf_counter()
    store = _store if name is None else _store_once
    status, body = await store(parts, request, kind, key, skip, raw, name)
    parts.metrics.ingests.labels(kind).observe(time.perf_counter() - started)
    if status == 200:
        return Response(body, media_type="application/json")
    note_problem_body(request, status, body)
    return Response(body, status_code=status, media_type=MEDIA_TYPE)


async def _store_once(
    parts: Services,
    request: AnyRequest,
    kind: RecordKind,
    key: StoredKey,
    skip: bool,
    raw: bytes,
    name: str | None,
) -> tuple[int, bytes]:
    running = (key.id, name or "")
    if running in parts.running:
        raise Conflict("a request with this Idempotency-Key is still running")
    parts.running.add(running)
    try:
        return await _store(parts, request, kind, key, skip, raw, name)
    finally:
        parts.running.discard(running)


async def _store(
    parts: Services,
    request: AnyRequest,
    kind: RecordKind,
    key: StoredKey,
    skip: bool,
    raw: bytes,
    name: str | None,
) -> tuple[int, bytes]:
    limits = Limits(parts.settings.record_body_limit, parts.settings.record_limit)
    terms = Terms(kind, Reading(parts.zone, now()), key.scope, skip)

    def read() -> tuple[Write, Retry | None]:
        plain = unpack(raw, request.headers.get("content-encoding"), limits.body)
        write = parts.beside.read_write(plain, request.headers.get("content-type"), limits, terms)
        return write, None if name is None else Retry(key.id, name, _digest(kind, skip, plain))

    packed = "content-encoding" in request.headers
    write, retry = read() if _is_small(raw) and not packed else await parts.readers.run(read)

    def answer(receipt: Receipt) -> tuple[int, bytes]:
        return _answer(parts, kind, receipt, skip=skip)

    done = parts.writer.submit(Job(write, answer, retry))
    # Shielded: a client that goes away does not take back what is being committed.
    return await asyncio.shield(asyncio.wrap_future(done))


def _is_small(raw: bytes) -> bool:
    return len(raw) <= _SMALL and raw.count(b",") + raw.count(b"\n") <= _PARTS


def _digest(kind: RecordKind, skip: bool, plain: bytes) -> str:
    """What makes a retry the same request, however its body is packed."""
    return hashlib.sha256(f"{kind} {skip} ".encode() + plain).hexdigest()


def _answer(
    parts: Services, kind: RecordKind, receipt: Receipt, *, skip: bool
) -> tuple[int, bytes]:
    count = parts.metrics.records.labels
    if receipt.rejected and not skip:
        count(kind, "rejected").inc(receipt.received)
        problems = [problem for bad in receipt.rejected for problem in bad.problems]
        return _refusal(receipt, problems)
    for result in ("stored", "unchanged", "pending"):
        count(kind, result).inc(getattr(receipt, result))
    count(kind, "rejected").inc(len(receipt.rejected))
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
    )


def _refusal(receipt: Receipt, problems: list[Problem]) -> tuple[int, bytes]:
    bad, all_ = len(receipt.rejected), receipt.received
    detail = f"nothing was stored: {bad:,} of {all_:,} records are wrong"
    error = Refused(problems, detail)
    return error.answer_status, problem_body(error.answer_type, error.detail, error.problems)


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
