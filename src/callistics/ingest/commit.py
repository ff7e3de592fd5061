"""The steps of one commit: records of several requests, from their batches to what is written."""

from collections.abc import Iterator, Sequence

from callistics.engines.base import KeptReceipt, Session
from callistics.errors import Refused, invalid
from callistics.ingest.job import Job, Outcome, Retry
from callistics.ingest.kept_receipts import from_text, to_text
from callistics.ingest.load import load
from callistics.ingest.merge import merge
from callistics.ingest.receipt import Receipt, Repeated
from callistics.ingest.separate import separate
from callistics.model.audit import Note
from callistics.model.audit_chain import chained


def process(session: Session, jobs: Sequence[Job]) -> list[Outcome]:
    """Write what the jobs bring, in the order in which they came; what becomes of each.

    No two of them may have the same `Retry.name`, see `without_repeats`.
    """
    for job in jobs:
        session.save_keys(job.keys)
        session.save_uses(job.uses)
        if job.token_secret is not None:
            session.save_token_secret(job.token_secret)
        if job.webhooks is not None:
            session.save_webhooks(job.webhooks)
    _append(session, [note for job in jobs for note in job.notes])
    outcomes = [_outcome_before(session, job) for job in jobs]
    fresh = [job for job, outcome in zip(jobs, outcomes, strict=True) if outcome is None]
    receipts = iter(_store(session, [job for job in fresh if job.batch is not None]))
    return [
        next(receipts) if outcome is None and job.batch is not None else outcome
        for job, outcome in zip(jobs, outcomes, strict=True)
    ]


def _append(session: Session, notes: Sequence[Note]) -> None:
    """Add notes to the audit log."""
    if notes:
        session.append_audit(list(chained(session.audit_head(), notes)))


def _store(session: Session, jobs: Sequence[Job]) -> Sequence[Receipt]:
    """The receipts of jobs with records."""
    found = [job.batch for job in jobs if job.batch is not None]
    if not found:
        return ()
    batches = separate(session, found)
    stored = load(session, batches)
    arrival = session.arrival(sum(batch.received for batch in batches))
    merged = merge(stored, batches, arrival)
    session.apply(merged.changes)
    for job, batch, receipt in zip(jobs, batches, merged.receipts, strict=True):
        # Where nothing was stored nothing could be stored twice, and what is corrected may come
        # under the same key.
        if job.retry is not None and not receipt.was_refused(skip=batch.skip):
            kept = KeptReceipt(job.retry.body_hash, to_text(receipt))
            session.keep_receipt(*job.retry.name, kept)
    return merged.receipts


def _outcome_before(session: Session, job: Job) -> Outcome:
    """What became of a request that is repeated, None if it is not."""
    if job.batch is None or job.retry is None:
        return None
    before = session.kept_receipt(*job.retry.name)
    return None if before is None else _repeated(before, job.retry)


def _repeated(before: KeptReceipt, retry: Retry) -> Outcome:
    if before.body_hash != retry.body_hash:
        message = "was sent before with another body"
        return Refused([invalid("", f"Idempotency-Key {retry.idempotency_key!r} {message}")])
    return Repeated(from_text(before.receipt))


def without_repeats(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """The jobs in parts, in none of which a name comes twice: the receipt of the first counts."""
    part: list[Job] = []
    names: set[tuple[str, str]] = set()
    for job in jobs:
        if job.retry is not None:
            if job.retry.name in names:
                yield part
                part, names = [], set()
            names.add(job.retry.name)
        part.append(job)
    if part:
        yield part
