"""Rules of random worlds about webhooks, alerts, backups, the log, and the server itself."""

import io
import time
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from callistics.model.instants import MINUTE, SECOND, utc_text
from drills.random_material import DAY, HOOKED
from drills.random_records import expire
from drills.random_world import Difference, Rule, World
from oracle.pools import MERCHANTS
from support.gate import until
from support.webhook_server import CALLS
from support.webhook_signing import SECRETS, SIGNERS, secret_to_give, signed

_HOOKS = {"merchant_id": "hooks", "reseller_id": "hooks"}
_NOBODY = "_0000000000000000"
# Their signatures are tokens, which a library checks by the machine's own clock.
_BY_OWN_CLOCK = ("vonage", "livekit")
_SOURCES = tuple(source for source in CALLS if source not in _BY_OWN_CLOCK)


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
    if world.now < HOOKED:
        _endpoints(world)
        return
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
    world.later(9_500 * DAY)
    expire(world)
    body = {
        "name": "old",
        "permissions": ["query", "ingest"],
        "scope": {"merchant_ids": [MERCHANTS[1]]},
    }
    key = world.request("POST /keys", json=body, wanted={201}).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}

    def gone() -> bool:
        """First its calls go, then its leads, also those that wait for something."""
        client = world.server.client
        found = [
            client.get("/pending", headers=headers),
            *(
                client.post("/analytics", json={"query_type": name}, headers=headers)
                for name in ("outcome_distribution", "status_distribution")
            ),
        ]
        return all(one.json()["data"] == [] for one in found)

    until(gone)


RULES = [
    Rule(_endpoints, 1, ("PATCH /webhook-endpoints/{endpoint_id}",)),
    Rule(_webhooks, 2, ("POST /webhooks/{source}/{token}",)),
    Rule(_alerts, 1, ("POST /alerts", "GET /alerts")),
    Rule(_backups, 1, ("POST /backups",)),
    Rule(_audit, 1, ("GET /audit",)),
    Rule(_health, 1, ("GET /metrics",)),
    Rule(_restart, 1, ()),
    Rule(_kill, 2, ()),
    Rule(_leap, 2, ()),
    Rule(_retain, 1, ()),
]
