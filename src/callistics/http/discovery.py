"""`GET /analytics/types`, `GET /analytics/payload-keys`, `GET /analytics/values`."""

from functools import partial

from litestar import get

from callistics.analytics.discovery import FoundKeys
from callistics.analytics.parse_values import PARAMETERS as VALUES_PARAMETERS
from callistics.analytics.parse_values import parse_values
from callistics.http.answer import Answer
from callistics.http.answering import answered, answered_json, held
from callistics.http.fair_queue import Asked
from callistics.http.parameters import PARAMETERS
from callistics.http.services import AnyRequest, services
from callistics.model.keys import Permission

_ANY_CALL = {"query_type": "call_count"}


@get("/analytics/types")
async def types(request: AnyRequest) -> Answer:
    """What can be asked: the same bytes until the version or a setting changes."""
    parts = services(request)
    parts.authorize(request, Permission.QUERY)
    headers = {"ETag": parts.described.tag, "Cache-Control": "private, no-cache"}
    if parts.described.is_known(request.headers.getall("if-none-match", ())):
        return Answer(b"", 304, headers=headers)
    return Answer(parts.described.body, headers=headers)


@get("/analytics/payload-keys")
async def payload_keys(request: AnyRequest) -> Answer:
    """The keys of payloads within the scope of the request's key."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    work = partial(parts.discovery.payload_keys, key.scope, parts.clock())
    return await answered_json(request, Asked(key.id, "payload-keys"), lambda: _shown(work()))


def _shown(found: FoundKeys) -> object:
    data = [{"key": one.key, "types": one.types, "calls": one.calls} for one in found.keys]
    return {"data": data, "complete": found.complete}


@get("/analytics/values", opt={PARAMETERS: VALUES_PARAMETERS})
async def values(request: AnyRequest) -> Answer:
    """The values of a field within the scope of the request's key, most frequent first."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    asked = parse_values(request.query_params)
    at = parts.clock()
    within = parts.analytics.plan(_ANY_CALL, key.scope, at).selection.query
    # Read before they are looked for: a commit meanwhile makes what is kept stale, never too new.
    version = parts.data_version()
    body = parts.discovery.kept(asked, key.scope, version, at, within)
    if body is None:
        work = partial(parts.discovery.values_sent, asked, key.scope, version, within)
        body = await answered(request, Asked(key.id, ("values", asked.field.name)), work)
    return Answer(held(request, body))
