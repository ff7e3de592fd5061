"""`POST /calls/search`, and the answers to `GET /calls/{call_id}` and `GET /leads/{lead_id}`."""

import time
from functools import partial

from litestar import post
from litestar.types import ASGIApp
from msgspec import Raw

from callistics.analytics.plan import length_of
from callistics.exports.calls import of_search
from callistics.exports.formats import FORMULAS
from callistics.http.answer import Answer
from callistics.http.answering import answered, answered_json, held, read_beside
from callistics.http.bodies import json_body
from callistics.http.export import chosen_format, exported
from callistics.http.fair_queue import Asked
from callistics.http.parameters import PARAMETERS
from callistics.http.query_zone import query_zone
from callistics.http.record_paths import record_id
from callistics.http.services import AnyRequest, Services, services
from callistics.interruption import watched
from callistics.looking.parse import Asked as AskedFor
from callistics.looking.records import LeadFound
from callistics.looking.shape import shown
from callistics.model.json import encode
from callistics.model.keys import Permission, StoredKey
from callistics.model.time_range import instant_text
from callistics.model.zones import Zone
from callistics.records.field import RecordKind


@post("/calls/search", status_code=200, request_max_body_size=None, opt={PARAMETERS: (FORMULAS,)})
async def search_calls(request: AnyRequest) -> ASGIApp:
    """The calls that match, a page or all in a format, within the scope of the request's key."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    format_ = chosen_format(request)
    body = await json_body(request)
    started, came = time.perf_counter(), parts.clock()
    read = partial(parts.searches.parse, body, key.scope, came, paged=format_ is None)
    asked = await read_beside(request, key, body, read)
    if format_ is not None:
        return await exported(
            request, key, format_, came, partial(of_search, parts.searches, asked)
        )
    span = asked.search.query.range
    whose = Asked(key.id, ("search", length_of(span)))
    sent = await answered(request, whose, partial(_page, parts, asked))
    return Answer(
        held(request, sent),
        headers={
            "Server-Timing": f"total;dur={(time.perf_counter() - started) * 1000:.3f}",
            "Callistics-Range": span.text,
            "Callistics-Complete-Until": span.complete_until(came),
        },
    )


def _page(parts: Services, asked: AskedFor) -> bytes:
    page = parts.searches.page(asked)
    where = asked.search.query.zone
    data = [shown(RecordKind.CALLS, one, where) for one in page.calls]
    cursor = None if page.last is None else asked.cursor(page.last)
    return encode({"data": data, "next_cursor": cursor})


async def show_call(request: AnyRequest, part: str) -> Answer:
    """A call within the scope of the request's key, also one that no figure counts."""
    parts, key, merchant, where = _asked(request)

    def look() -> object:
        found = parts.records.call(record_id(part), merchant, key.scope)
        return shown(RecordKind.CALLS, found, where)

    return await answered_json(request, Asked(key.id, "call"), look)


async def show_lead(request: AnyRequest, part: str) -> Answer:
    """A lead within the scope of the request's key, with its calls and its status history."""
    parts, key, merchant, where = _asked(request)

    def look() -> object:
        return _shown_lead(parts.records.lead(record_id(part), merchant, key.scope), where)

    return await answered_json(request, Asked(key.id, "lead"), look)


def _shown_lead(found: LeadFound, where: Zone) -> object:
    """A lead with all its calls, each encoded by itself: as one it could not be interrupted."""
    return {
        **shown(RecordKind.LEADS, found.lead, where),
        "calls": [Raw(encode(shown(RecordKind.CALLS, one, where))) for one in watched(found.calls)],
        "history": [
            {"status": status, "since": instant_text(where, at)}
            for status, at in watched(found.history)
        ],
    }


def _asked(request: AnyRequest) -> tuple[Services, StoredKey, str | None, Zone]:
    """Who asks, of which merchant if one is named, and the zone of times."""
    parts = services(request)
    key = parts.authorize(request, Permission.QUERY)
    return (
        parts,
        key,
        request.query_params.get("merchant_id"),
        query_zone(request, parts.zone),
    )
