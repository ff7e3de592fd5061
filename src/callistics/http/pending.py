"""`GET /pending`."""

from functools import partial

from litestar import get

from callistics.http.answer import Answer, json_answer
from callistics.http.answering import answered
from callistics.http.fair_queue import Asked
from callistics.http.services import AnyRequest, services
from callistics.model.keys import Permission


@get("/pending")
async def pending(request: AnyRequest) -> Answer:
    """The records within the key's scope that wait for required fields, by what they lack."""
    parts = services(request)
    key = parts.authorize(request, Permission.INGEST)
    find = partial(parts.pending.find, key.scope)
    found = await answered(request, Asked(key.id, "pending"), find)
    data = [
        {
            "kind": one.kind.value,
            "missing": one.missing,
            "count": one.count,
            "first": [{"merchant_id": merchant, "id": record} for merchant, record in one.first],
        }
        for one in found
    ]
    return json_answer({"data": data})
