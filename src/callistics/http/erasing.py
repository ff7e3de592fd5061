"""The answers to `DELETE /calls/{call_id}` and `DELETE /leads/{lead_id}`."""

from callistics.http.answer import Answer, json_answer
from callistics.http.durable import durable
from callistics.http.record_paths import record_id
from callistics.http.services import AnyRequest, services
from callistics.ingest.erase import Erased, Erasure
from callistics.ingest.job import Job
from callistics.model.instants import DAY
from callistics.model.keys import Permission
from callistics.records.field import RecordKind


async def erase(request: AnyRequest, kind: RecordKind, part: str) -> Answer:
    """Erase a call, or a lead with all its calls, within the scope of the request's key."""
    parts = services(request)
    key = parts.authorize(request, Permission.ERASE)
    merchant = request.query_params.get("merchant_id")
    blocked_for = parts.settings.erase_block_days * DAY
    erasure = Erasure(
        kind,
        record_id(part),
        merchant,
        key.scope,
        blocked_for,
        parts.who(key),
        parts.clock(),
    )
    done = parts.writer.submit(Job(erasure=erasure))
    erased = await durable(done)
    assert isinstance(erased, Erased)
    body = {"calls": erased.calls, "leads": erased.leads}
    return json_answer(body)
