"""Rules of random worlds about keys, tokens, webhooks, alerts, backups, the log, and the server."""

import io
import json
import time
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from callistics.model.instants import HOUR, MINUTE, SECOND, utc_text
from drills.random_material import DAY
from drills.random_records import expire
from drills.random_world import Difference, Holder, Rule, World
from oracle.pools import MERCHANTS
from support.gate import until
from support.webhook_server import CALLS
from support.webhook_signing import SECRETS, SIGNERS, secret_to_give, signed

_PERMISSIONS = ("query", "ingest", "erase", "admin")
_HOOKS = {"merchant_id": "hooks", "reseller_id": "hooks"}
_NOBODY = "_0000000000000000"
# Their signatures are tokens, which a library checks by the machine's own clock.
_BY_OWN_CLOCK = ("vonage", "livekit")
_SOURCES = tuple(source for source in CALLS if source not in _BY_OWN_CLOCK)


def _make_key(world: World) -> None:
    """Make a key, and have it listed."""
    chance = world.chance
    merchants = chance.choice((None, (MERCHANTS[0],), MERCHANTS[:2], MERCHANTS))
    may = frozenset(chance.sample(_PERMISSIONS[:3], chance.randint(1, 3)))
    ends = world.now + chance.choice((2 * HOUR, 90 * DAY)) if chance.random() < 0.3 else None
    body: dict[str, Any] = {"name": "made", "permissions": sorted(may)}
    if merchants is not None:
        body["scope"] = {"merchant_ids": list(merchants)}
    if ends is not None:
        body["expires_at"] = utc_text(ends)
    made = world.request("POST /keys", json=body, wanted={201}).json()
    world.holders.append(Holder("made", made["key"], made["id"], merchants, may, ends))
    _list_keys(world)
    body["permissions"] = ["everything"]
    world.request("POST /keys", json=body, wanted={400, 422})


def _list_keys(world: World) -> None:
    listed = world.request("GET /keys", wanted={200}).json()["keys"]
    there = {one["id"] for one in listed if one.get("revoked_at") is None}
    live = {one.id for one in world.holders if one.id}
    world.same(live <= there, True, f"keys {live - there} are not listed")


def _rotate(world: World) -> None:
    """Rotate a key: both hold for as long as is said."""
    some = [one for one in world.holders if one.id and one.ends is None]
    if not some:
        _make_key(world)
        return
    old = world.chance.choice(some)
    overlap = world.chance.choice((0, 3_600, 86_400))
    body = {"overlap": overlap}
    answer = world.request("POST /keys/{key_id}/rotate", [old.id], json=body, wanted={201})
    made = answer.json()
    world.holders.remove(old)
    ended = Holder(old.name, old.key, old.id, old.merchants, old.permissions,
                   world.now + overlap * SECOND)  # fmt: skip
    world.holders.append(Holder("rotated", made["key"], made["id"], old.merchants, old.permissions))
    (world.holders if overlap else world.dead).append(ended)
    _wrong_keys(world)
    world.request("POST /keys/{key_id}/rotate", ["key" + _NOBODY], wanted={404})


def _revoke(world: World) -> None:
    """Revoke a key: it is let in nowhere from then on."""
    some = [one for one in world.holders if one.id]
    if len(some) < 3:
        _make_key(world)
        return
    one = world.chance.choice(some)
    world.request("DELETE /keys/{key_id}", [one.id], wanted={204})
    world.holders.remove(one)
    world.dead.append(one)
    _wrong_keys(world)
    world.request("DELETE /keys/{key_id}", ["key" + _NOBODY], wanted={404})


def _wrong_keys(world: World) -> None:
    """Keys that have ended are let in nowhere; others only where they may."""
    body = {"query_type": "call_count"}
    for one in world.dead[-2:]:
        world.request("POST /analytics", key=one.key, json=body, wanted={401})
    for one in world.holders[-2:]:
        status = 200 if "query" in one.permissions else 403
        world.request("POST /analytics", key=one.key, json=body, wanted={status})
        status = 200 if "admin" in one.permissions else 403
        world.request("GET /keys", key=one.key, wanted={status})


def _embed(world: World) -> None:
    """Make a token with locked filters, and ask with it."""
    chance = world.chance
    scope = {"merchant_ids": list(chance.choice((MERCHANTS[:1], MERCHANTS)))}
    locked = chance.choice((None, *world.material.locks))
    body: dict[str, Any] = {"scope": scope, "expires_in": 600}
    if locked is not None:
        body["locked"] = {"filters": locked}
    answer = world.request("POST /embed-tokens", json=body, wanted={201, 422, 403})
    if answer.status_code != 201:
        return
    token = answer.json()["token"]
    for _ in range(3):
        asked, _ = chance.choice(world.material.asked)
        expected = world.model.answer(asked, scope, world.now, locked)
        wanted = {expected if isinstance(expected, int) else 200}
        found = world.request("POST /analytics", key=token, json=asked, wanted=wanted)
        if not isinstance(expected, int):
            from drills.random_model import exact  # noqa: PLC0415

            world.same(exact(found.json()), exact(expected), "the answer to a token")
    world.request("GET /calls/{call_id}", ["c1"], key=token, wanted={403})
    world.request("POST /embed-tokens", json={"expires_in": 600}, wanted={400, 422})
    if chance.random() < 0.3:
        world.request("DELETE /embed-tokens", wanted={204})
        world.request("POST /analytics", key=token, json={}, wanted={401})
    else:
        world.later(700 * SECOND)
        world.request("POST /analytics", key=token, json={}, wanted={401})


def _endpoints(world: World) -> None:
    """Make an endpoint, have it listed, change it, end it."""
    body = {"source": "vapi", **_HOOKS, "secret": SECRETS[0]}
    made = world.request("POST /webhook-endpoints", json=body, wanted={201}).json()
    listed = world.request("GET /webhook-endpoints", wanted={200}).json()["webhook_endpoints"]
    world.same(made["id"] in [one["id"] for one in listed], True, "an endpoint that was made")
    one = "/webhook-endpoints/{endpoint_id}"
    changed = {"second_secret": SECRETS[1], "payload_keep": ["a.b"]}
    world.request(f"PATCH {one}", [made["id"]], json=changed, wanted={200})
    world.request(f"PATCH {one}", [made["id"]], json={"source": "bolna"}, wanted={400, 422})
    world.request(f"DELETE {one}", [made["id"]], wanted={204})
    path = urlsplit(made["url"]).path.split("/")[-1]
    named = ["vapi", path]
    world.request("POST /webhooks/{source}/{token}", named, key=None, json={}, wanted={404})
    world.request("POST /webhook-endpoints", json={"source": "nobody"}, wanted={400, 422})


def _webhooks(world: World) -> None:
    """Let a platform tell of its call, in order or not, and look at what is shown of it."""
    world.hooked = True
    chance, source = world.chance, world.chance.choice(_SOURCES)
    body: dict[str, Any] = {"source": source, **_HOOKS}
    if source in SIGNERS:
        body["secret"] = secret_to_give(source, SECRETS[0])
    made = world.request("POST /webhook-endpoints", json=body, wanted={201}).json()
    named = [source, urlsplit(made["url"]).path.split("/")[-1]]
    events = list(CALLS[source].events) * chance.choice((1, 2))
    chance.shuffle(events)
    take = "POST /webhooks/{source}/{token}"
    for content, kind in [*events, *CALLS[source].more]:
        headers = signed(source, made["url"], content, kind, at=world.now / SECOND)
        world.request(take, named, key=None, content=content, headers=headers, wanted={200})
    content, kind = events[0]
    if source in SIGNERS:
        headers = {"Content-Type": kind}
        world.request(take, named, key=None, content=content, headers=headers, wanted={401})
    _wait_for(world, source)
    letters = "/webhook-endpoints/{endpoint_id}/dead-letters"
    found = world.request(f"GET {letters}", [made["id"]], wanted={200}).json()
    world.same(found["total"], 0, "dead letters")
    world.request(f"POST {letters}/replay", [made["id"]], wanted={200})
    world.request(f"DELETE {letters}", [made["id"]], wanted={200})
    world.request(f"GET {letters}", ["whe" + _NOBODY], wanted={404})


def _wait_for(world: World, source: str) -> None:
    expected = CALLS[source]
    path = f"/calls/{expected.call_id}"
    shown: dict[str, Any] = {}

    def is_there() -> bool:
        answer = world.server.client.get(path, params={"merchant_id": "hooks"})
        shown.clear()
        shown.update(answer.json())
        return all(shown.get(name) == value for name, value in expected.shown.items())

    end = time.monotonic() + 20
    while not is_there():
        if time.monotonic() > end:
            wanted = dict(expected.shown)
            raise Difference(f"a webhook of {source}: {shown!r} instead of {wanted!r}")
        time.sleep(0.02)


def _alerts(world: World) -> None:
    """Make an alert, look at it, change it, simulate it, and delete it now and then."""
    body = {
        "name": f"alert {world.chance.randrange(100)}",
        "query": {"query_type": "call_count", "filters": {"merchant_id": MERCHANTS[0]}},
        "field": "count",
        "condition": {"op": "above", "value": 1},
    }
    made = world.request("POST /alerts", json=body, wanted={201}).json()
    ids = world.known.setdefault("alerts", [])
    ids.append(made["id"])
    listed = world.request("GET /alerts", wanted={200}).json()["alerts"]
    world.same([one["id"] for one in listed], ids, "the alerts")
    one = "/alerts/{alert_id}"
    world.request(f"PATCH {one}", [made["id"]], json={"name": "another"}, wanted={200})
    world.request(f"PATCH {one}", [made["id"]], json={"field": "none"}, wanted={400, 422})
    found = world.request(f"GET {one}", [made["id"]], wanted={200}).json()
    world.same(found["name"], "another", "the name of an alert")
    begin, end = utc_text(world.now - 2 * DAY), utc_text(world.now - MINUTE)
    span = {"from": begin, "to": end}
    world.request(f"POST {one}/simulate", [made["id"]], json=span, wanted={200})
    world.request("POST /alerts/simulate", json={**body, **span}, wanted={200})
    world.request(f"POST {one}/test", [made["id"]], wanted={200})
    world.request("POST /alerts", json={**body, "query": {}}, wanted={400, 422})
    if world.chance.random() < 0.6 or "deleted" not in world.known:
        world.known["deleted"] = [made["id"]]
        world.request(f"DELETE {one}", [made["id"]], wanted={204})
        ids.remove(made["id"])
        world.request(f"GET {one}", [made["id"]], wanted={404})


def _backups(world: World) -> None:
    """Hold a state: its parts have what is stored."""
    held = world.request("POST /backups", wanted={201}).json()
    one, rows = "/backups/{backup_id}", 0
    for part in held["parts"]:
        if part["table"] != "calls":
            continue
        name = f"calls-{part['month']}"
        fetched = world.request(f"GET {one}/parts/{{part}}", [held["id"], name], wanted={200})
        table = pq.read_table(io.BytesIO(fetched.content))
        rows += sum(merchant != "hooks" for merchant in table["merchant_id"].to_pylist())
    world.same(rows, len(world.model.reference.every_call({})), "the calls of a state")
    if world.chance.random() < 0.5 or "made" not in world.known:
        world.known["made"] = [held["id"]]
        world.request(f"POST {one}/made", [held["id"]], wanted={204})
        held = world.request("POST /backups", wanted={201}).json()
    world.request(f"DELETE {one}", [held["id"]], wanted={204})
    world.request(f"DELETE {one}", [held["id"]], wanted={404})
    world.request(f"GET {one}/parts/{{part}}", [held["id"], "calls"], wanted={404})


def _audit(world: World) -> None:
    """Page through the log: it is the same at once, and only grows."""
    limit = {"order": "sequence", "limit": "1000"}
    whole = world.request("GET /audit", query=limit, wanted={200}).json()
    entries = whole["data"]
    before = world.known.get("audit", [])
    world.same(entries[: len(before)], before, "entries that were there before")
    world.known["audit"] = entries
    paged: list[Any] = []
    cursor: str | None = ""
    while cursor is not None and len(paged) <= len(entries):
        query = {"order": "sequence", "limit": "7"} | ({"cursor": cursor} if cursor else {})
        page = world.request("GET /audit", query=query, wanted={200}).json()
        paged += page["data"]
        cursor = page["next_cursor"]
    world.same(paged, entries, "the log by pages")
    world.request("GET /audit", query={"limit": "0"}, wanted={400, 422})


def _health(world: World) -> None:
    """What watches the server."""
    world.request("GET /health/live", key=None, wanted={200})
    world.request("GET /health/ready", key=None, wanted={200})
    text = world.request("GET /metrics", wanted={200}).text
    world.same("callistics_" in text, True, "metrics")
    world.request("GET /metrics", key=None, wanted={401})


def _restart(world: World) -> None:
    """Stop the server and start it again."""
    world.restart(kill=False)


def _kill(world: World) -> None:
    """End the server without a warning and start it again."""
    world.restart(kill=world.engine == "duckdb")


def _leap(world: World) -> None:
    """Let much time pass: erased ids may come again, keys have ended, no answer is kept."""
    world.later(world.chance.choice((3 * DAY, 31 * DAY)))
    world.kept = {name: one for name, one in world.kept.items() if one[1] > world.now}


def _retain(world: World) -> None:
    """Once, late in a world: let so much time pass that a merchant's records are too old."""
    if len(world.done) < 150 or "retained" in world.known:
        return
    world.known["retained"] = [True]
    world.later(8_100 * DAY)
    expire(world, world.model)
    body = {"query_type": "call_count", "filters": {"merchant_id": MERCHANTS[1]}}

    def gone() -> bool:
        found = world.server.client.post("/analytics", json=body).json()["data"]
        return json.dumps(found) == '[{"count": 0}]'

    until(gone)


RULES = [
    Rule(_make_key, 3, ("POST /keys", "GET /keys")),
    Rule(_rotate, 2, ("POST /keys/{key_id}/rotate",)),
    Rule(_revoke, 2, ("DELETE /keys/{key_id}",)),
    Rule(_embed, 4, ("POST /embed-tokens", "DELETE /embed-tokens")),
    Rule(_endpoints, 1, ("PATCH /webhook-endpoints/{endpoint_id}",)),
    Rule(_webhooks, 2, ("POST /webhooks/{source}/{token}",)),
    Rule(_alerts, 1, ("POST /alerts", "GET /alerts")),
    Rule(_backups, 1, ("POST /backups",)),
    Rule(_audit, 1, ("GET /audit",)),
    Rule(_health, 1, ("GET /metrics",)),
    Rule(_restart, 1, ()),
    Rule(_kill, 2, ()),
    Rule(_leap, 2, ()),
]
