"""`/alerts`: making, listing, changing and deleting them, what they would have done, tests."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from litestar import HttpMethod, post, route
from litestar.params import FromPath

from callistics.alerts.figures import query_of
from callistics.alerts.parse import FIELDS, new_alert, parse_alert
from callistics.alerts.shown import (
    body_of,
    shown_alert,
    shown_change,
    shown_delivery,
    shown_group,
    shown_groups,
    shown_window,
)
from callistics.alerts.simulate import SPAN_FIELDS, Simulation, parse_span, zone_of_query
from callistics.errors import NotFound, Refused, malformed
from callistics.http.answer import Answer, json_answer, json_of
from callistics.http.answering import answered_json
from callistics.http.bodies import json_body, no_body
from callistics.http.durable import durable
from callistics.http.fair_queue import Asked
from callistics.http.services import AnyRequest, Services, services
from callistics.model.alerts import AlertStatus, NotifyTarget, StoredAlert, Window
from callistics.model.audit import Action
from callistics.model.bodies import Object, read_object, unknown_fields
from callistics.model.instants import utc_text_or_none
from callistics.model.keys import Permission, StoredKey
from callistics.model.zones import zone


# One handler for each path: with one for each method, the answer to OPTIONS names only one.
@route("/alerts", http_method=[HttpMethod.GET, HttpMethod.POST], request_max_body_size=None)
async def alerts(request: AnyRequest) -> Answer:
    """The alerts within the scope of the key that asks; by POST, a new one."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    if request.method == HttpMethod.POST:
        return await _create(request, parts, asking)
    return await json_of(partial(_listed, parts, asking))


def _listed(parts: Services, asking: StoredKey) -> object:
    found, statuses = parts.alerts.visible(asking.scope), parts.alerts.stored.statuses()
    overdue = parts.alerts.overdue()
    return {"alerts": [_shown(parts, one, statuses.get(one.id), overdue) for one in found]}


async def _create(request: AnyRequest, parts: Services, asking: StoredKey) -> Answer:
    """Make an alert; the answer shows secrets this once."""
    given, terms = await _body(request), parts.alerts.terms()
    made = parse_alert(given, new_alert(asking.scope, asking.id, terms.now), terms)
    note = parts.note(Action.ALERT_CREATED, asking, alert=made.id)
    async with parts.change(request):
        await asyncio.to_thread(parts.alerts.check_number)
        await durable(parts.alerts.save(made, note))
    return json_answer(_shown(parts, made, None, {}, known=()), 201)


@route(
    "/alerts/{alert_id:str}",
    http_method=[HttpMethod.GET, HttpMethod.PATCH, HttpMethod.DELETE],
    status_code=200,
    request_max_body_size=None,
)
async def alert(request: AnyRequest, alert_id: FromPath[str]) -> Answer:
    """An alert with where it stands and what happened; by PATCH it is changed, by DELETE gone."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    if request.method == HttpMethod.GET:
        found = await _found(parts, asking, alert_id)
        return await json_of(partial(_whole, parts, found))
    if request.method == HttpMethod.DELETE:
        async with parts.change(request):
            await _delete(parts, asking, await _found(parts, asking, alert_id))
        return Answer(b"", 204)
    given = await _body(request)
    if not given:
        message = f"nothing is changed: give some of {', '.join(FIELDS)}"
        raise Refused([malformed("", message)])
    async with parts.change(request):
        found = await _found(parts, asking, alert_id)
        changed = await _change(parts, asking, found, given)
    status = await asyncio.to_thread(parts.alerts.stored.status, changed.id)
    overdue = await asyncio.to_thread(parts.alerts.overdue)
    return json_answer(_shown(parts, changed, status, overdue, known=found.notify))


async def _delete(parts: Services, asking: StoredKey, found: StoredAlert) -> None:
    note = parts.note(Action.ALERT_DELETED, asking, alert=found.id)
    await durable(parts.alerts.delete(found, note))


async def _change(
    parts: Services, asking: StoredKey, found: StoredAlert, given: Object
) -> StoredAlert:
    """The alert with what is given in the place of what it had, stored."""
    terms = parts.alerts.terms()
    changed = replace(parse_alert({**body_of(found), **given}, found, terms), key_id=asking.id)
    if parts.alerts.paused(found) is not None:
        # What happened meanwhile is not looked at any more.
        changed = replace(changed, changed_at=max(terms.now, found.changed_at + 1))
    note = parts.note(Action.ALERT_CHANGED, asking, alert=changed.id)
    await durable(parts.alerts.save(changed, note))
    return changed


@post("/alerts/simulate", status_code=200, request_max_body_size=None)
async def simulate_new(request: AnyRequest) -> Answer:
    """What an alert that is not saved would have done in a range."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    given, terms = await _body(request), parts.alerts.terms()
    own = {name: value for name, value in given.items() if name not in SPAN_FIELDS}
    wanted = new_alert(asking.scope, asking.id, terms.now)
    return await _simulated(request, asking, parse_alert(own, wanted, terms, named=False), given)


@post("/alerts/{alert_id:str}/simulate", status_code=200, request_max_body_size=None)
async def simulate(request: AnyRequest, alert_id: FromPath[str]) -> Answer:
    """What an alert would have done in a range."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    given = await _body(request)
    found = await _found(parts, asking, alert_id)
    wrong = unknown_fields(given, SPAN_FIELDS)
    if wrong:
        raise Refused(wrong)
    return await _simulated(request, asking, found, given)


@post("/alerts/{alert_id:str}/test", status_code=200)
async def test_alert(request: AnyRequest, alert_id: FromPath[str]) -> Answer:
    """Send a notice that is marked as a test, now; what became of it at each place."""
    parts = services(request)
    asking = parts.authorize(request, Permission.ADMIN)
    await no_body(request)
    found = await _found(parts, asking, alert_id)
    sent = await parts.chores.run(partial(parts.alerts.test, found), Asked(asking.id))
    return json_answer(
        {
            "notices": [
                {"to": one.target.text, "sent": one.error is None, "error": one.error}
                for one in sent
            ]
        }
    )


async def _simulated(
    request: AnyRequest, asking: StoredKey, wanted: StoredAlert, given: Object
) -> Answer:
    parts = services(request)
    where = zone_of_query(query_of(wanted), parts.settings.timezone)
    ends = {name: given[name] for name in SPAN_FIELDS if name in given}
    span = parse_span(ends, wanted, where, parts.alerts.terms().now)

    def gone_through() -> object:
        return _shown_simulation(parts.alerts.simulate(wanted, span), span)

    return await answered_json(request, Asked(asking.id, "simulation"), gone_through)


def _shown_simulation(found: Simulation, span: Window) -> object:
    return {
        **shown_window(span, found.zone),
        "changes": [
            {
                **shown_change(one.change, found.zone),
                "told_at": utc_text_or_none(one.told_at),
            }
            for one in found.changes
        ],
        "figures": [
            {"buckets": shown_window(window, found.zone), **shown_group(group)}
            for window, group in found.figures
        ],
    }


def _whole(parts: Services, found: StoredAlert) -> object:
    stored = parts.alerts.stored
    status = stored.status(found.id)
    if status is not None and status.changed_at != found.changed_at:
        status = None
    where = zone(zone_of_query(query_of(found), parts.settings.timezone))
    return {
        **_shown(parts, found, status, parts.alerts.overdue()),
        **shown_groups(status, where),
        "history": [shown_change(one, where) for one in stored.history(found.id)],
        "deliveries": [shown_delivery(one) for one in stored.deliveries(found.id)],
    }


def _shown(
    parts: Services,
    one: StoredAlert,
    status: AlertStatus | None,
    overdue: Mapping[str, int],
    known: Sequence[NotifyTarget] | None = None,
) -> dict[str, object]:
    number = overdue.get(one.id, 0)
    return shown_alert(one, status, paused=parts.alerts.paused(one), overdue=number, known=known)


async def _found(parts: Services, asking: StoredKey, alert_id: str) -> StoredAlert:
    """The alert, if it lies within the scope of the key that asks. Raises `NotFound`."""
    found = await asyncio.to_thread(parts.alerts.find, alert_id, asking.scope)
    if found is None:
        raise NotFound("no such alert")
    return found


async def _body(request: AnyRequest) -> Object:
    return read_object(await json_body(request))
