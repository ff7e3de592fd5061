"""`GET /pending`."""

from functools import partial

from litestar import get

from callistics.analytics.pending import Pending
from callistics.http.answer import Answer
from callistics.http.answering import answered_json
from callistics.http.fair_queue import Asked
from callistics.http.services import AnyRequest, services
from callistics.model.keys import Permission
from callistics.model.scope import Scope


@get("/pending")
async def pending(request: AnyRequest) -> Answer:
    """The records within the key's scope that wait for required fields, by what they lack."""
    parts = services(request)
    key = parts.authorize(request, Permission.INGEST)
    find = partial(_found, parts.pending, key.scope)
    return await answered_json(request, Asked(key.id, "pending"), find)


def _found(pending: Pending, scope: Scope) -> object:
    data = [
        {
            "kind": one.kind.value,
            "missing": one.missing,
            "count": one.count,
            "first": [{"merchant_id": merchant, "id": record} for merchant, record in one.first],
        }
        for one in pending.find(scope)
    ]
    return {"data": data}
