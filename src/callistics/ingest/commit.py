"""The steps of one commit: records of several requests, from their batches to what is written."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from callistics.engines.base import KeptReceipt, Session
from callistics.errors import Refused, invalid
from callistics.ingest.blocks import Blocks
from callistics.ingest.erase import Erased, erase, erasure_note, without_erased
from callistics.ingest.expiry import expire
from callistics.ingest.job import IdempotentRequest, Job, JobResult, OutdatedError
from callistics.ingest.kept_alerts import as_stored
from callistics.ingest.kept_receipts import from_text, to_text
from callistics.ingest.load import load
from callistics.ingest.merge import merge
from callistics.ingest.receipt import Receipt, Repeated
from callistics.ingest.separate import separate
from callistics.model.alerts import AlertChanges
from callistics.model.audit import SERVER, Action, Note, note
from callistics.model.audit_chain import chained


def process(session: Session, jobs: Sequence[Job], erasures: int = 0) -> list[JobResult]:
    """Write what the jobs bring, in the order in which they came; what becomes of each.

    They are one of the parts that `in_parts` makes, after so many `erasures`.
    """
    blocks = Blocks(session)
    for job in jobs:
        session.save_keys(job.keys)
        session.save_uses(job.uses)
        if job.token_secret is not None:
            session.save_token_secret(job.token_secret)
        if job.webhooks is not None:
            session.save_webhooks(without_erased(job.webhooks, blocks))
        if job.alerts is not None and not _is_outdated(job.alerts, erasures):
            session.save_alerts(as_stored(session, job.alerts))
    erased = iter(erase(session, [job.erasure for job in jobs if job.erasure is not None], blocks))
    results: list[JobResult] = [
        _result_before(session, job, erasures) if job.erasure is None else next(erased)
        for job in jobs
    ]
    if jobs[0].expiry is not None:
        results = [expire(session, jobs[0].expiry)]
    _append(session, [told for one in zip(jobs, results, strict=True) for told in _notes(*one)])
    fresh = [job for job, result in zip(jobs, results, strict=True) if result is None]
    receipts = iter(_store(session, [job for job in fresh if job.batch is not None], blocks))
    return [
        next(receipts) if result is None and job.batch is not None else result
        for job, result in zip(jobs, results, strict=True)
    ]


def _notes(job: Job, result: JobResult) -> Iterator[Note]:
    """What is to be noted of a job: an erasure by what it came to."""
    yield from job.notes
    if job.erasure is not None and isinstance(result, Erased):
        yield erasure_note(job.erasure, result)
    if job.expiry is not None and isinstance(result, Erased) and (result.calls or result.leads):
        numbers = {"calls": result.calls, "leads": result.leads}
        yield note(Action.RETENTION_APPLIED, SERVER, job.expiry.now, **numbers)


def _append(session: Session, notes: Sequence[Note]) -> None:
    """Add notes to the audit log."""
    if notes:
        session.append_audit(list(chained(session.audit_head(), notes)))


def _store(session: Session, jobs: Sequence[Job], blocks: Blocks) -> Sequence[Receipt]:
    """The receipts of jobs with records."""
    found = [job.batch for job in jobs if job.batch is not None]
    if not found:
        return ()
    batches = separate(session, found, blocks)
    stored = load(session, batches, blocks)
    arrival = session.arrival(sum(batch.received for batch in batches))
    merged = merge(stored, batches, arrival)
    session.apply(merged.changes)
    for job, batch, receipt in zip(jobs, batches, merged.receipts, strict=True):
        # Where nothing was stored nothing could be stored twice, and what is corrected may come
        # under the same key.
        if job.idempotency is not None and not receipt.was_refused(skip=batch.skip):
            kept = KeptReceipt(job.idempotency.body_hash, to_text(receipt))
            session.keep_receipt(*job.idempotency.name, kept)
    return merged.receipts


def _is_outdated(alerts: AlertChanges, erasures: int) -> bool:
    return alerts.erasures not in (None, erasures)


def _result_before(session: Session, job: Job, erasures: int) -> JobResult:
    """What became of a request that is repeated or comes too late, None if it is neither."""
    if job.alerts is not None and _is_outdated(job.alerts, erasures):
        return OutdatedError()
    if job.batch is None or job.idempotency is None:
        return None
    before = session.kept_receipt(*job.idempotency.name)
    return None if before is None else _repeated(before, job.idempotency)


def _repeated(before: KeptReceipt, request: IdempotentRequest) -> JobResult:
    if before.body_hash != request.body_hash:
        message = (
            f"Idempotency-Key {request.idempotency_key!r} was sent before with another request:"
            " its path, on_error, timezone and body must be the same"
        )
        return Refused([invalid("", message)], message)
    return Repeated(from_text(before.receipt))


def in_parts(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """The jobs in parts, each of which is committed by itself.

    Those that erase are apart from those that bring records, and what expires is alone. In none
    does an `IdempotentRequest.name` come twice: the receipt of the first counts.
    """
    for kind, some in groupby(jobs, _kind):
        if kind == "expiry":
            yield from ([job] for job in some)
        elif kind == "erasure":
            yield list(some)
        else:
            yield from _without_repeats(some)


def _kind(job: Job) -> str:
    if job.expiry is not None:
        return "expiry"
    return "records" if job.erasure is None else "erasure"


def _without_repeats(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    part: list[Job] = []
    names: set[tuple[str, str]] = set()
    for job in jobs:
        if job.idempotency is not None:
            if job.idempotency.name in names:
                yield part
                part, names = [], set()
            names.add(job.idempotency.name)
        part.append(job)
    if part:
        yield part
