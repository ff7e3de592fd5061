"""`POST /keys`, `GET /keys`, `DELETE /keys/{id}`, `POST /keys/{id}/rotate`."""

import asyncio
from concurrent.futures import Future

from litestar import HttpMethod, delete, post, route
from litestar.params import FromPath

from callistics.access.keyring import NewKey, days_left, ended, make_key
from callistics.access.requests import parse_key_request
from callistics.access.rotation import last_successor, parse_overlap, rotation
from callistics.errors import NotFound
from callistics.http.answer import Answer, json_answer, json_of
from callistics.http.bodies import json_body
from callistics.http.durable import durable
from callistics.http.services import AnyRequest, Services, services
from callistics.ingest.job import Job, Result
from callistics.model.audit import Action, Detail
from callistics.model.instants import utc_text, utc_text_or_none
from callistics.model.keys import Permission, StoredKey

Shown = dict[str, object]


# One handler for both methods: with one each, the framework's answer to OPTIONS names only one.
@route("/keys", http_method=[HttpMethod.GET, HttpMethod.POST], request_max_body_size=None)
async def keys(request: AnyRequest) -> Answer:
    """The keys within the scope of the one that asks; by POST, a new one."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    if request.method == HttpMethod.POST:
        return await _create(request, parts, asking)
    moment = parts.clock()

    def found() -> object:
        return {"keys": [shown_key(one, moment) for one in parts.keyring.visible(asking.scope)]}

    return await json_of(found)


async def _create(request: AnyRequest, parts: Services, creator: StoredKey) -> Answer:
    """Make a key; the answer shows it this once."""
    body = await json_body(request)
    moment = parts.clock()
    wanted = parse_key_request(body, creator.scope, moment)
    made = make_key(wanted.name, wanted.permissions, wanted.scope, moment, wanted.expires_at)
    told = parts.note(Action.KEY_CREATED, creator, **told_of(made.stored))
    done = parts.writer.submit(Job(keys=(made.stored,), notes=(told,)))

    def admit(saved: "Future[Result]") -> None:
        if saved.exception() is None:
            parts.keyring.put(made.stored)

    # As soon as it is stored, whether or not the client still listens.
    done.add_done_callback(admit)
    await durable(done)
    shown = shown_key(made.stored, moment)
    return json_answer({"id": shown.pop("id"), "key": made.secret, **shown}, 201)


@delete("/keys/{key_id:str}", status_code=204)
async def revoke_key(request: AnyRequest, key_id: FromPath[str]) -> None:
    """Revoke a key: refused from now on, and for good once answered."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    found = parts.keyring.find(key_id, asking.scope)
    if found is None:
        raise NotFound("no such key")
    # Also where it is revoked already: nobody knows whether that came to be stored.
    revoked = parts.keyring.revoke(found, parts.clock())
    told = parts.note(Action.KEY_REVOKED, asking, key=revoked.id)
    await durable(parts.writer.submit(Job(keys=(revoked,), notes=(told,), urgent=True)))


@post("/keys/{key_id:str}/rotate", status_code=201, request_max_body_size=None)
async def rotate_key(request: AnyRequest, key_id: FromPath[str]) -> Answer:
    """Make a key that follows another, which holds for as long as both are to; shown this once."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    body = await json_body(request, optional=True)
    wanted = parse_overlap(body)
    # Alerts that the key carries are looked up, and go over to its successor.
    async with parts.change(request):
        found = await _followed(parts, asking, _going_on(parts, asking, key_id), wanted)
    shown = shown_key(found.stored, parts.clock())
    return json_answer({"id": shown.pop("id"), "key": found.secret, **shown}, 201)


def _going_on(parts: Services, asking: StoredKey, key_id: str) -> StoredKey:
    """A key that holds. Raises `NotFound`."""
    found = parts.keyring.find(key_id, asking.scope)
    if found is None:
        raise NotFound("no such key")
    if parts.keyring.has_ended(key_id, parts.clock()):
        raise NotFound("the key was revoked, or has ended: make a new one")
    return found


async def _followed(parts: Services, asking: StoredKey, old: StoredKey, overlap: int) -> NewKey:
    """The successor of a key, once both are stored as they are from now on."""
    successors = await asyncio.to_thread(parts.audit.successors)
    last = last_successor(old, successors, parts.keyring)
    found = rotation(old, last, overlap, parts.clock())
    made = found.made.stored
    ending = ended(old, found.old_ends)
    told = {"key": old.id, "successor": made.id, "expires_at": utc_text_or_none(ending.expires_at)}
    note = parts.note(Action.KEY_ROTATED, asking, **told)
    carried = await asyncio.to_thread(parts.alerts.handed_on, old.id, made.id)
    done = parts.writer.submit(Job(keys=(ending, made), alerts=carried, notes=(note,)))

    def admit(saved: "Future[Result]") -> None:
        if saved.exception() is None:
            parts.keyring.put(made)
            parts.keyring.end(old, found.old_ends)

    done.add_done_callback(admit)
    await durable(done)
    return found.made


def told_of(key: StoredKey) -> dict[str, Detail]:
    """What the audit log tells of a key that is made."""
    return {
        "key": key.id,
        "name": key.name,
        "permissions": sorted(key.permissions),
        "expires_at": utc_text_or_none(key.expires_at),
    }


def shown_key(key: StoredKey, moment: int) -> Shown:
    """A key as people may see it at an instant (µs)."""
    return {
        "id": key.id,
        "name": key.name,
        "permissions": sorted(key.permissions),
        "scope": key.scope.as_lists(),
        "created_at": utc_text(key.created_at),
        "expires_at": utc_text_or_none(key.expires_at),
        "days_left": days_left(key, moment),
        "revoked_at": utc_text_or_none(key.revoked_at),
        "last_used_at": utc_text_or_none(key.last_used_at),
    }
