"""Rules of random worlds about keys and tokens of embedding."""

from typing import Any

from callistics.model.instants import HOUR, SECOND, utc_text
from drills.random_material import DAY
from drills.random_model import exact
from drills.random_world import Holder, Rule, World
from oracle.pools import MERCHANTS

_PERMISSIONS = ("query", "ingest", "erase", "admin")
_NOBODY = "_0000000000000000"


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
    while not (some := [one for one in world.holders if one.id and one.ends is None]):
        _make_key(world)
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
    while len(some := [one for one in world.holders if one.id]) < 3:
        _make_key(world)
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
            world.same(exact(found.json()), exact(expected), "the answer to a token")
    world.request("GET /calls/{call_id}", ["c1"], key=token, wanted={403})
    world.request("POST /embed-tokens", json={"expires_in": 600}, wanted={400, 422})
    if chance.random() < 0.3 or "tokens" not in world.known:
        world.known["tokens"] = ["deleted"]
        world.request("DELETE /embed-tokens", wanted={204})
        world.request("POST /analytics", key=token, json={}, wanted={401})
    else:
        world.later(700 * SECOND)
        world.request("POST /analytics", key=token, json={}, wanted={401})


RULES = [
    Rule(_make_key, 3, ("POST /keys", "GET /keys")),
    Rule(_rotate, 2, ("POST /keys/{key_id}/rotate",)),
    Rule(_revoke, 2, ("DELETE /keys/{key_id}",)),
    Rule(_embed, 4, ("POST /embed-tokens", "DELETE /embed-tokens")),
]
