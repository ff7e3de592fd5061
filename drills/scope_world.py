"""A server with one tenant alone, and one where another is beside it; and all who may knock."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callistics.access.keyring import make_key
from callistics.model.instants import SECOND, now
from callistics.model.keys import Permission
from callistics.model.scope import Scope
from drills.scope_attacks import Names
from support.server import Server
from support.tokens import SECRET, claims, forged

MARK = "qx-there"
"""What every name of the other tenant ends with."""
_NOBODY = "qx-never"
_NAMED = {
    "merchant": "m-",
    "reseller": "r-",
    "template": "t-",
    "call": "c-",
    "lead": "l-",
    "taken": "k-",
    "erased": "x-",
    "value": "V-",
    "field": "f_",
    "repeated": "i-",
}
MINE = {"merchant_id": "m-mine", "reseller_id": "r-mine", "template_id": "t-mine"}
_SCOPE = {"merchant_ids": ["m-mine"]}
_WHOLE = {f"{name}s": [value] for name, value in MINE.items()}
_ALL_BUT_ADMIN = ("query", "ingest", "erase")
Json = dict[str, Any]


@dataclass(frozen=True)
class Knocker:
    """Who asks: a name, what is sent as the key (None: nothing), and what it may do.

    `known` is whether the server lets it in at all, `token` whether it is one of embedding,
    `limits` which lists its scope has, and `all` whether it tries everything in the short form too.
    """

    name: str
    key: str | None
    permissions: frozenset[str]
    known: bool = True
    token: bool = False
    limits: tuple[str, ...] = ("merchant_id",)
    all: bool = True


@dataclass(frozen=True)
class World:
    """A server with those who knock at it."""

    server: Server
    knockers: list[Knocker]


def named(end: str) -> dict[str, str]:
    """Names of the other tenant, or of nobody."""
    return {name: f"{begin}{end}" for name, begin in _NAMED.items()}


def nobody(there: Names) -> dict[str, str]:
    """Names that nothing has, as long as those of the other tenant."""
    return {
        **there,
        **named(_NOBODY),
        "key": f"key_{16 * '0'}",
        "endpoint": f"whe_{16 * '0'}",
        "alert": f"alr_{16 * '0'}",
        "backup": there["backup"][:-8] + 8 * "0",
        "ended": 43 * "0",
        "token": 43 * "1",
        "cursor": 40 * "A",
    }


def settle(server: Server) -> World:
    """Let the one tenant in, and all its keys."""
    _push(server, "", "calls", _calls(MINE, "mine", "Delhi"))
    return World(
        server, [*_scoped(server), *_by_permission(server), *_tokens(server), *_dead(server)]
    )


def settle_another(server: Server) -> Names:
    """Let another tenant in beside it: its names."""
    tenant = {f"{name}_id": f"{name[0]}-{MARK}" for name in ("merchant", "reseller", "template")}
    scope = {"merchant_ids": [tenant["merchant_id"]]}
    key = server.make_key(scope, "query", "ingest", "erase")
    names = named(MARK)
    calls = _calls(tenant, MARK, f"V-{MARK}")
    _push(server, key, "calls", calls, {"Idempotency-Key": names["repeated"]})
    _push(server, key, "calls", [{"call_id": f"p-{MARK}", "merchant_id": tenant["merchant_id"]}])
    for field in ("taken", "erased"):
        own = {"call_id": names[field], "lead_id": names[field], "started_at": _started(0)}
        _push(server, key, "calls", [{**own, **tenant}])
    _good(server.request("DELETE", f"/leads/{names['erased']}", key=key))
    live, ended = (_endpoint(server, "bolna", tenant) for _ in range(2))
    _good(server.request("DELETE", f"/webhook-endpoints/{ended['id']}"))
    listed = server.request("GET", "/keys").json()["keys"]
    (key_id,) = (one["id"] for one in listed if one["scope"] == scope)
    alert = {**_ALERT, "query": {"query_type": "success_rate", "filters": _of(tenant)}}
    held = _good(server.request("POST", "/backups")).json()
    page = server.request("POST", "/calls/search", key=key, json={"limit": 1}).json()
    return {
        **names,
        "key": key_id,
        "endpoint": live["id"],
        "alert": _good(server.request("POST", "/alerts", json=alert)).json()["id"],
        "backup": held["id"],
        "part": f"calls-{held['parts'][0]['month']}",
        "ended": ended["url"].rpartition("/")[2],
        "token": live["url"].rpartition("/")[2],
        "cursor": page["next_cursor"],
    }


_ALERT = {
    "name": f"of {MARK}",
    "field": "reach_rate",
    "condition": {"op": "below", "value": 15},
}


def _of(tenant: Mapping[str, str]) -> Json:
    return {"merchant_id": tenant["merchant_id"]}


def seen_by_all(server: Server, names: Names) -> list[object]:
    """All that the other tenant has, for whoever may see everything."""
    asked = {"filters": {"merchant_id": names["merchant"]}, "limit": 1_000}
    endpoints = server.request("GET", "/webhook-endpoints").json()["webhook_endpoints"]
    keys = server.request("GET", "/keys").json()["keys"]
    return [
        server.request("POST", "/calls/search", json=asked).json(),
        server.rows("status_distribution", filters=asked["filters"]),
        [one for one in endpoints if one["merchant_id"] == names["merchant"]],
        [one for one in keys if one["id"] == names["key"]],
        [one for one in server.request("GET", "/alerts").json()["alerts"] if MARK in one["name"]],
        [one for one in server.request("GET", "/pending").json()["data"] if MARK in str(one)],
    ]


def _calls(tenant: Mapping[str, str], end: str, value: str) -> list[Json]:
    return [
        {
            "call_id": f"c-{end}" if number == 0 else f"c{number}-{end}",
            "lead_id": f"l-{end}" if number < 3 else f"l{number}-{end}",
            "started_at": _started(number),
            "outcome": value if number % 2 else "YES",
            "status": "new",
            "duration": number,
            "payload": {"city": value, f"f_{end}": value if number % 3 else number},
            **tenant,
        }
        for number in range(12)
    ]


def _started(number: int) -> str:
    return f"2026-03-{number + 1:02}T09:00:00Z"


def _push(server: Server, key: str, path: str, body: list[Json], headers: Any = None) -> None:
    _good(server.request("POST", f"/{path}", key=key, json=body, headers=headers))


def _endpoint(server: Server, source: str, tenant: Mapping[str, str]) -> Json:
    given = {name: tenant[name] for name in ("merchant_id", "reseller_id")}
    answer = server.request("POST", "/webhook-endpoints", json={"source": source, **given})
    return _good(answer).json()


def _good(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer


def _scoped(server: Server) -> list[Knocker]:
    """Keys by what their scope lists.

    Where several resellers or templates have parts of one merchant, a key of one of them may write
    to that merchant: only a key of a merchant has others shut out of its ids.
    """
    scopes = {name: {f"{name}s": [MINE[name]]} for name in MINE} | {"scope": dict(_WHOLE)}
    found: list[Knocker] = []
    for name, scope in scopes.items():
        may = ("query", "erase") if name in ("reseller_id", "template_id") else _ALL_BUT_ADMIN
        key = server.make_key(scope, *may)
        limits = tuple(one.removesuffix("s") for one in scope)
        who = f"key of a {name.removesuffix('_id')}"
        found.append(Knocker(who, key, frozenset(may), limits=limits))
    return found


def _by_permission(server: Server) -> list[Knocker]:
    return [
        Knocker(
            f"key that may {one}",
            server.make_key(_SCOPE, one),
            frozenset({str(one)}),
            all=one in (Permission.ERASE, Permission.ADMIN),
        )
        for one in Permission
    ]


def _tokens(server: Server) -> list[Knocker]:
    """Tokens of embedding: with nothing locked, with filters locked, and locked out."""
    locks = {
        "token": {},
        "token with locked filters": {"filters": {"outcome": ["YES"]}},
        "token locked to what it has none of": {"filters": {"outcome": [f"V-{MARK}"]}},
    }
    made = {name: _token(server, locked) for name, locked in locks.items()}
    may = frozenset({"query"})
    whole = "token with locked filters"
    return [Knocker(who, one, may, token=True, all=who == whole) for who, one in made.items()]


def _token(server: Server, locked: Json) -> str:
    body = {"scope": _SCOPE, "expires_in": 3_600, **({"locked": locked} if locked else {})}
    return _good(server.request("POST", "/embed-tokens", json=body)).json()["token"]


def _dead(server: Server) -> list[Knocker]:
    """What the server does not let in."""
    gone: dict[str, Callable[[], str | None]] = {
        "no key": lambda: None,
        "a wrong key": lambda: "cal_" + 43 * "x",
        "a revoked key": lambda: _revoked(server),
        "an expired key": lambda: _expired(server),
        "a forged token": lambda: forged({"alg": "HS256"}, claims(), SECRET.encode()),
        "an expired token": lambda: forged({"alg": "none"}, claims(exp=int(time.time()) - 9)),
    }
    nothing = frozenset[str]()
    return [Knocker(name, made(), nothing, known=False, all=False) for name, made in gone.items()]


def _revoked(server: Server) -> str:
    key = server.make_key(_SCOPE, "query", "ingest", "erase", "admin")
    newest = server.request("GET", "/keys").json()["keys"][-1]["id"]
    _good(server.request("DELETE", f"/keys/{newest}"))
    return key


def _expired(server: Server) -> str:
    scope = Scope(merchant_ids=frozenset({"m-mine"}))
    ended = make_key("ended", Permission, scope, now() - 9 * SECOND, now() - SECOND)
    server.application.services.keyring.put(ended.stored)
    return ended.secret
