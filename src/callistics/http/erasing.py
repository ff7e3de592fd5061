"""`DELETE /calls/{call_id}` and `DELETE /leads/{lead_id}`."""

from litestar import delete
from litestar.params import FromPath

from callistics.http.answer import Answer, json_answer
from callistics.http.durable import durable
from callistics.http.parameters import PARAMETERS
from callistics.http.record_paths import record_id
from callistics.http.services import AnyRequest, services
from callistics.ingest.erase import Erased, Erasure
from callistics.ingest.job import Job
from callistics.model.instants import DAY
from callistics.model.keys import Permission
from callistics.records.field import RecordKind

_PARAMETERS = {PARAMETERS: ("merchant_id",)}


@delete("/calls/{call_id:str}", status_code=200, opt=_PARAMETERS)
async def erase_call(request: AnyRequest, call_id: FromPath[str]) -> Answer:
    """Erase a call within the scope of the request's key."""
    return await _erase(request, RecordKind.CALLS, call_id)


@delete("/leads/{lead_id:str}", status_code=200, opt=_PARAMETERS)
async def erase_lead(request: AnyRequest, lead_id: FromPath[str]) -> Answer:
    """Erase a lead within the scope of the request's key, with all its calls."""
    return await _erase(request, RecordKind.LEADS, lead_id)


async def _erase(request: AnyRequest, kind: RecordKind, part: str) -> Answer:
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
