"""`/webhook-endpoints`: making, listing, changing and ending them, and their dead letters."""

from concurrent.futures import Future
from functools import partial

from litestar import HttpMethod, post, route
from litestar.params import FromPath

from callistics.errors import NotFound, Problem
from callistics.http.answer import Answer, json_answer, json_of
from callistics.http.answering import answered_json
from callistics.http.bodies import json_body, no_body
from callistics.http.durable import durable
from callistics.http.fair_queue import Asked
from callistics.http.parameters import PARAMETERS
from callistics.http.services import AnyRequest, Services, public_url, services
from callistics.ingest.job import Result
from callistics.model.audit import Action, Detail, Note
from callistics.model.instants import utc_text, utc_text_or_none
from callistics.model.keys import Permission, StoredKey
from callistics.model.parameters import LIMIT, read_limit, refused
from callistics.model.webhooks import StoredEndpoint
from callistics.webhooks.endpoint_request import parse_endpoint_patch, parse_endpoint_request
from callistics.webhooks.endpoints import new_token
from callistics.webhooks.stored import LETTERS_SHOWN, MOST_LETTERS, DeadLetter

Shown = dict[str, object]
_PARAMETERS = {PARAMETERS: {HttpMethod.GET: (LIMIT,)}}


# One handler for each path: with one for each method, the answer to OPTIONS names only one.
@route(
    "/webhook-endpoints",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    request_max_body_size=None,
)
async def webhook_endpoints(request: AnyRequest) -> Answer:
    """The endpoints within the scope of the key that asks; by POST, a new one."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    if request.method == HttpMethod.POST:
        return await _create(request, parts, asking)

    def found() -> object:
        visible = parts.webhooks.endpoints.visible(asking.scope)
        return {"webhook_endpoints": [shown_endpoint(one) for one in visible]}

    return await json_of(found)


async def _create(request: AnyRequest, parts: Services, creator: StoredKey) -> Answer:
    """Make an endpoint; the answer shows its address this once."""
    body = await json_body(request)
    token, reseller = new_token(), parts.settings.default_reseller_id
    made = parse_endpoint_request(body, creator.scope, token, parts.clock(), reseller)
    await _save(parts, made, _note(parts, Action.WEBHOOK_ENDPOINT_CREATED, creator, made))
    url = f"{public_url(request)}/webhooks/{made.source}/{token}"
    shown = shown_endpoint(made)
    return json_answer({"id": shown.pop("id"), "url": url, **shown}, 201)


@route(
    "/webhook-endpoints/{endpoint_id:str}",
    http_method=[HttpMethod.PATCH, HttpMethod.DELETE],
    status_code=200,
    request_max_body_size=None,
)
async def webhook_endpoint(request: AnyRequest, endpoint_id: FromPath[str]) -> Answer:
    """Change an endpoint's secrets and what it keeps; by DELETE, end it."""
    parts, asking, found = _found(request, endpoint_id)
    if request.method == HttpMethod.DELETE:
        # Also where it was ended already: nobody knows whether that came to be stored.
        ended = parts.webhooks.endpoints.end(found, parts.clock())
        told = _note(parts, Action.WEBHOOK_ENDPOINT_ENDED, asking, ended)
        await durable(parts.webhooks.save(ended, told, urgent=True))
        return Answer(b"", 204)
    body = await json_body(request)
    async with parts.change(request):
        known = _going_on(parts, found)
        changed = parse_endpoint_patch(body, known, parts.settings.default_reseller_id)
        await _save(parts, changed, _note(parts, Action.WEBHOOK_ENDPOINT_CHANGED, asking, changed))
    # It may have been ended while this was being stored.
    return json_answer(shown_endpoint(parts.webhooks.endpoints.get(found.id) or changed))


def _going_on(parts: Services, found: StoredEndpoint) -> StoredEndpoint:
    """The endpoint as it is by now. Raises `NotFound` where it was ended."""
    known = parts.webhooks.endpoints.get(found.id)
    if known is None or known.ended_at is not None:
        raise NotFound("the webhook endpoint was ended")
    return known


@route(
    "/webhook-endpoints/{endpoint_id:str}/dead-letters",
    http_method=[HttpMethod.GET, HttpMethod.DELETE],
    status_code=200,
    opt=_PARAMETERS,
)
async def dead_letters(request: AnyRequest, endpoint_id: FromPath[str]) -> Answer:
    """The newest bodies that could not be mapped, with the reason; by DELETE, delete all."""
    parts, asking, found = _found(request, endpoint_id)
    if request.method == HttpMethod.DELETE:
        await no_body(request)

        def noted(deleted: int) -> Note:
            details: dict[str, Detail] = {"endpoint": found.id, "deleted": deleted}
            return parts.note(Action.DEAD_LETTERS_DELETED, asking, **details)

        drop = partial(parts.webhooks.drop, found, noted)
        return json_answer({"deleted": await parts.chores.run(drop, Asked(asking.id))})
    limit = _limit(request)

    def read() -> object:
        number = parts.webhooks.stored.number_dead(found.id)
        letters = parts.webhooks.dead_letters(found, limit)
        return {"dead_letters": [_shown_letter(one) for one in letters], "total": number}

    return await answered_json(request, Asked(asking.id, "dead-letters"), read)


@post("/webhook-endpoints/{endpoint_id:str}/dead-letters/replay", status_code=200)
async def replay_dead_letters(request: AnyRequest, endpoint_id: FromPath[str]) -> Answer:
    """Map every dead letter again, after a mapping or a setting changed."""
    parts, asking, found = _found(request, endpoint_id)
    await no_body(request)
    numbers = await parts.chores.run(partial(parts.webhooks.replay, found), Asked(asking.id))
    states = {str(state): number for state, number in numbers.items()}
    replayed = sum(numbers.values())
    told = {"endpoint": found.id, "replayed": replayed}
    await durable(parts.audit.add(parts.note(Action.DEAD_LETTERS_REPLAYED, asking, **told)))
    return json_answer({"replayed": replayed, **states})


def _found(request: AnyRequest, endpoint_id: str) -> tuple[Services, StoredKey, StoredEndpoint]:
    """The key that asks, and the endpoint within its scope. Raises `NotFound`."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    found = parts.webhooks.endpoints.find(endpoint_id, asking.scope)
    if found is None:
        raise NotFound("no such webhook endpoint")
    return parts, asking, found


def _note(parts: Services, action: Action, asking: StoredKey, endpoint: StoredEndpoint) -> Note:
    return parts.note(action, asking, endpoint=endpoint.id, source=endpoint.source)


async def _save(parts: Services, endpoint: StoredEndpoint, told: Note) -> None:
    """Store an endpoint, and take webhooks by it from then on."""

    def known(saved: "Future[Result]") -> None:
        if saved.exception() is None:
            as_known = parts.webhooks.endpoints.put(endpoint)
            if as_known != endpoint:
                # It was ended before this change was stored, which would undo that.
                parts.webhooks.save(as_known, urgent=True)

    done = parts.webhooks.save(endpoint, told)
    # As soon as it is stored, whether or not the client still listens.
    done.add_done_callback(known)
    await durable(done)


def _limit(request: AnyRequest) -> int:
    problems: list[Problem] = []
    limit = read_limit(request.query_params, LETTERS_SHOWN, MOST_LETTERS, problems)
    if problems:
        raise refused(problems)
    return limit


def shown_endpoint(endpoint: StoredEndpoint) -> Shown:
    """An endpoint as people may see it: of its secrets only how many there are."""
    names = ("merchant_id", "merchant_from", "reseller_id", "reseller_from", "template_from")
    return {
        "id": endpoint.id,
        "source": endpoint.source,
        **{name: getattr(endpoint, name) for name in names},
        "secrets": len(endpoint.secrets),
        "payload_keep": endpoint.payload_keep,
        "addresses": endpoint.addresses,
        "created_at": utc_text(endpoint.created_at),
        "ended_at": utc_text_or_none(endpoint.ended_at),
    }


def _shown_letter(letter: DeadLetter) -> Shown:
    return {
        "id": letter.body.id,
        "received_at": utc_text(letter.body.received_at),
        "reason": letter.dead.reason,
        "content_type": letter.body.content_type,
        "body": letter.body.body.decode(errors="replace"),
    }
