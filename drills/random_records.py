"""Rules of random worlds that bring records, erase them, and look them up one by one."""

import gzip
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import zstandard

from drills.random_material import DAY
from drills.random_model import IDS, Body, exact
from drills.random_world import Holder, Rule, World
from oracle.pools import MERCHANTS
from oracle.reference.merge import merged
from oracle.reference.moments import instant
from oracle.reference.state import Call
from oracle.test_search import shown

_BOTH = ("POST /calls", "POST /leads")
_FORMS = ("application/json", "application/x-ndjson", "application/json; charset=utf-8")
_INVALID: Sequence[tuple[int, str]] = (
    (400, "{"),
    (422, "[]"),
    (400, '{"call_id": "x", "call_id": "y"}'),
    (422, '[{"call_id": "x", "lead_id": "x", "surprise": 1}]'),
    (422, '[{"call_id": "", "lead_id": ""}]'),
    (422, '{"call_id": "c9", "lead_id": "l9", "merchant_id": "m1", "updated_at": "9000-01-01"}'),
    (422, '{"call_id": 5, "lead_id": 5}'),
    (400, "\ufeff[1, 2"),
    (400, "[" * 5_000),
)


def _takes(holder: Holder, record: Body) -> bool:
    return holder.merchants is None or record["merchant_id"] in holder.merchants


def _next(world: World, holder: Holder) -> tuple[str, list[Body]]:
    """Records of one kind: new ones as they come, some that came before, some much too late."""
    chance = world.chance
    waiting = [one for one in world.unsent if _takes(holder, one[1])]
    if not waiting or chance.random() < 0.25:
        sent = [(one.kind, one.record) for one in world.model.sent if _takes(holder, one.record)]
        waiting = chance.sample(sent, min(len(sent), 4)) if sent else waiting
    if not waiting:
        name = f"d{chance.randrange(10**6)}"
        merchant = (holder.merchants or MERCHANTS)[0]
        waiting = [("leads", {"lead_id": name, "merchant_id": merchant, "reseller_id": "r1"})]
    kind = waiting[0][0]
    some = [one for one in waiting if one[0] == kind][: chance.choice((1, 1, 2, 5, 20))]
    for one in some:
        if one in world.unsent:
            world.unsent.remove(one)
    return kind, [record for _, record in some]


def _written(world: World, holder: Holder, records: list[Body]) -> dict[str, Any]:
    """A body in one of its forms, packed or not."""
    chance, form = world.chance, world.chance.choice(_FORMS)
    only = holder.merchants[0] if holder.merchants and len(holder.merchants) == 1 else None
    bare = only is not None and chance.random() < 0.5
    texts = [
        json.dumps({n: v for n, v in one.items() if not (bare and n == "merchant_id")},
                   ensure_ascii=chance.random() < 0.5)
        for one in records
    ]  # fmt: skip
    if "ndjson" in form:
        body = "\n".join(texts).encode() + b"\n"
    else:
        single = len(texts) == 1 and chance.random() < 0.5
        body = (texts[0] if single else f"[{', '.join(texts)}]").encode()
    headers = {"Content-Type": form}
    packing = chance.choice((None, None, "gzip", "zstd"))
    if packing:
        headers["Content-Encoding"] = packing
        body = gzip.compress(body) if packing == "gzip" else zstandard.compress(body)
    return {"content": body, "headers": headers}


def _send(world: World) -> None:
    """Send records, with an idempotency key now and then, which is then tried again."""
    chance = world.chance
    holder = world.holder("ingest")
    kind, records = _next(world, holder)
    operation = f"POST /{kind}"
    sending = _written(world, holder, records)
    skip = chance.random() < 0.3
    query = {"on_error": "skip"} if skip else {}
    blocked = world.model.blocks(kind, records, world.now)
    once = f"once-{chance.randrange(10**9)}" if chance.random() < 0.4 else None
    if once:
        sending["headers"]["Idempotency-Key"] = once
    status = 200
    if blocked and not skip:
        status = 410 if len(records) == 1 else 422
    answer = world.request(operation, key=holder.key, query=query, wanted={status}, **sending)
    if status != 200:
        return
    good = [one for one in enumerate(records) if one[0] not in blocked]
    world.model.add(kind, good, world.now)
    receipt = answer.json()
    world.same([one["index"] for one in receipt["rejected"]], blocked, "rejected")
    counts = sum(receipt[name] for name in ("stored", "unchanged", "pending"))
    world.same((receipt["received"], counts), (len(records), len(good)), "counts of the receipt")
    if once:
        world.kept[holder.key, once] = ((operation, query, sending), world.now + DAY, answer)


def _again(world: World) -> None:
    """A request that is sent again under its key is answered as before; another one is refused."""
    live = {one.key for one in world.holders}
    some = [one for one in world.kept if one[0] in live and world.kept[one][1] > world.now]
    if not some:
        _send(world)
        return
    key, once = world.chance.choice(some)
    (operation, query, sending), _, before = world.kept[key, once]
    again = world.request(operation, key=key, query=query, wanted={200}, **sending)
    world.same(again.content, before.content, "the answer to a request that came before")
    headers = {**sending["headers"], "Content-Encoding": "identity"}
    other = b'{"lead_id": "other"}'
    world.request(operation, key=key, query=query, wanted={422}, content=other, headers=headers)


def _refused(world: World) -> None:
    """Bodies that are wrong, types and packings that there are none of, those who may not."""
    chance, operation = world.chance, world.chance.choice(_BOTH)
    status, body = chance.choice(_INVALID)
    if "updated_at" in body:
        field = "call_id" if operation == _BOTH[0] else "lead_id"
        body = json.dumps({field: "c9", "merchant_id": "m1", "updated_at": "9000-01-01T00:00:00Z"})
    elif '""' in body:
        body = json.dumps([{"call_id" if operation == _BOTH[0] else "lead_id": ""}])
    world.request(operation, content=body.encode(), wanted={status})
    world.request(operation, content=b"x", headers={"Content-Type": "text/csv"}, wanted={415})
    packed = {"Content-Encoding": chance.choice(("br", "gzip", "zstd"))}
    world.request(operation, content=b"\x1f\x8b\x08\x00 no", headers=packed, wanted={400, 415})
    world.request(operation, json={}, key=None, wanted={401})
    world.request(operation, json=[], query={"on_error": "no"}, wanted={400})


def _asked(world: World, kind: str) -> tuple[Holder, str, str | None, list[str]]:
    """Who asks for which id, of which merchant if that is told, and which merchants have it."""
    chance = world.chance
    holder = world.asker()
    known = [key for key in world.model.names() if key[0] == kind]
    leads = [world.model.lead_of(m, one) for k, m, one in world.model.names() if k == "calls"]
    ids = [one for _, _, one in known] + (leads if kind == "leads" else []) + ["nobody"]
    identity = chance.choice(ids)
    within = holder.merchants
    merchants = world.model.shown_of(kind, identity, within)
    told = chance.choice((None, *merchants, *merchants, MERCHANTS[0]))
    if told is not None:
        merchants = [one for one in merchants if one == told]
    return holder, identity, told, merchants


def _status(merchants: list[str]) -> int:
    return 404 if not merchants else 200 if len(merchants) == 1 else 422


def _looked_up(world: World, kind: str) -> tuple[str, str, str] | None:
    """Look one up: its merchant, its id, and how it is shown; None where it must not be found."""
    holder, identity, told, merchants = _asked(world, kind)
    query = {"merchant_id": told} if told else {}
    operation = f"GET /{kind}/{{{IDS[kind]}}}"
    status = _status(merchants)
    answer = world.request(operation, [identity], key=holder.key, query=query, wanted={status})
    return (merchants[0], identity, answer.text) if status == 200 else None


def _look(world: World) -> None:
    """Look a call up."""
    found = _looked_up(world, "calls")
    if found is None:
        return
    merchant, identity, text = found
    calls = world.model.reference.every_call({})
    live = {(one.merchant_id, one.call_id): one for one in calls}.get((merchant, identity))
    if live is None:
        raws = world.model.raws(("calls", merchant, identity))
        outcome = merged(raws, "outcome")
        world.same(json.loads(text)["outcome"], outcome, "the outcome of a call that is held")
        return
    compare_call(world, text, live)


def compare_call(world: World, text: str, call: Call) -> None:
    """Compare a call as it is shown in UTC with what must be shown."""
    found = exact(json.loads(text, parse_float=Decimal))
    world.same(*comparable(found, call, world), "a call")


def comparable(found: Body, call: Call, world: World) -> tuple[Body, Body]:
    """What is shown of a call, and what must be, with instants as numbers."""
    wanted = shown(call, world.material.chosen)
    for name in ("started_at", "answered_at"):
        found[name] = None if found[name] is None else _instant(found[name])
    # A score is a double, whatever digits tell it.
    found["sentiment"] = None if found["sentiment"] is None else float(found["sentiment"])
    found["payload"] = found["payload"] or {}
    kept = {name: found[name] for name in wanted}
    return exact(kept), {name: _plain(value) for name, value in wanted.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | bool) or value is None else exact(value)


def _instant(text: str) -> int:
    return instant(text, "UTC")


def _look_at_lead(world: World) -> None:
    """Look a lead up, with its calls."""
    looked_up = _looked_up(world, "leads")
    if looked_up is None:
        return
    merchant, identity, text = looked_up
    leads = world.model.leads()
    lead = {(one.merchant_id, one.lead_id): one for one in leads}.get((merchant, identity))
    if lead is None:
        return
    found = json.loads(text)
    ids = [call.call_id for call in lead.calls]
    world.same([one["call_id"] for one in found["calls"]], ids, "the calls of a lead")
    world.same(found["status"], lead.status, "the status of a lead")
    world.same(_instant(found["created_at"]), lead.created_at, "when a lead was made")
    world.same({one["status"] for one in found["history"]} - {None}, set(lead.statuses), "statuses")


def _erase(world: World) -> None:
    """Erase a call and a lead; the second time there is none."""
    for kind in world.chance.sample(("calls", "leads"), 2):
        _erase_one(world, kind)


def _erase_one(world: World, kind: str) -> None:
    chance, holder = world.chance, world.holder("erase")
    known = [key for key in world.model.names() if key[0] == kind]
    _, _, identity = chance.choice(known) if known else ("", "", "nobody")
    merchants = world.model.merchants_of(kind, identity, holder.merchants)
    told = chance.choice((None, *merchants))
    if told is not None:
        merchants = [told]
    query = {"merchant_id": told} if told else {}
    operation = f"DELETE /{kind}/{{{IDS[kind]}}}"
    status = _status(merchants)
    answer = world.request(operation, [identity], key=holder.key, query=query, wanted={status})
    if status != 200:
        return
    calls, leads = world.model.erase(kind, merchants[0], identity, world.now)
    world.same(answer.json(), {"calls": calls, "leads": leads}, "what was erased")
    # Kept answers that name it go with it.
    world.kept.clear()
    query = {"merchant_id": merchants[0]}
    gone = not world.model.merchants_of(kind, identity, merchants)
    world.request(operation, [identity], key=holder.key, query=query, wanted={404 if gone else 200})


def _pending(world: World) -> None:
    """What waits for required fields."""
    holder = world.holder("ingest")
    found = world.request("GET /pending", key=holder.key, wanted={200}).json()["data"]
    counts = {
        (one["kind"], tuple(one["missing"])): one["count"]
        for one in found
        if not any(first["merchant_id"] == "hooks" for first in one["first"])
    }
    world.same(counts, world.model.pending(holder.merchants), "what is pending")


def expire(world: World) -> None:
    """What retention takes, once so much time has passed that nothing of the merchant is kept."""
    is_gone = MERCHANTS[1].__eq__
    world.model.forget(lambda one: is_gone(one.record["merchant_id"]))
    # What would come now would be too old as well.
    world.unsent = [one for one in world.unsent if not is_gone(one[1]["merchant_id"])]


RULES = [
    Rule(_send, 30, _BOTH),
    Rule(_again, 5, _BOTH),
    Rule(_refused, 2, _BOTH),
    Rule(_look, 8, ("GET /calls/{call_id}",)),
    Rule(_look_at_lead, 8, ("GET /leads/{lead_id}",)),
    Rule(_erase, 2, ("DELETE /calls/{call_id}", "DELETE /leads/{lead_id}")),
    Rule(_pending, 3, ("GET /pending",)),
]
