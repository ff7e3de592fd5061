"""Decoders of what requests say beside records: bodies, cursors, tokens, headers."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Sequence
from functools import cache

from callistics.access.jwks import keys_of
from callistics.access.requests import parse_key_request
from callistics.access.rotation import parse_overlap
from callistics.access.tokens import NotSignedError, Tokens
from callistics.alerts.parse import Terms, new_alert, parse_alert
from callistics.alerts.simulate import parse_span
from callistics.alerts.targets import Reachable
from callistics.analytics.parse_batch import parse_batch
from callistics.errors import RequestError
from callistics.exports.formats import FORMATS
from callistics.http.accept import JSON, Form, preferred
from callistics.http.embed_request import parse_embed_request
from callistics.looking.cursor import Cursor, CursorError, cursor_text, digest, read_cursor
from callistics.model.bodies import read_object
from callistics.model.instants import DAY, SECOND, parse_iso
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.search import Position
from callistics.token_issuers import as_issuers
from callistics.webhooks.admission import sender_of
from callistics.webhooks.endpoint_request import parse_endpoint_patch, parse_endpoint_request
from drills.fuzz_loop import Target
from support.issuing import Issuing
from support.store import Store
from support.tokens import SECRET, claims, signed

_NOW = 1_767_225_600_000_000
_MINE = Scope(merchant_ids=frozenset({"m"}), template_ids=frozenset({"t"}))
_SCOPES = (EVERYTHING, _MINE)
_REFUSED = (RequestError,)
_TYPES = (
    *("call_count", "call_duration", "outcome_distribution", "sentiment_distribution"),
    *("status_distribution", "calls_over_time", "avg_duration_over_time", "top_outcomes"),
    *("retry_analysis", "provider_breakdown", "hourly_heatmap", "success_rate"),
    *("duration_distribution", "concurrency", "conversion_funnel"),
)
_FILTERS: Sequence[dict[str, object]] = (
    {"merchant_id": "m", "date_from": "2025-01-01", "date_to": "2025-01-31T23:59:59Z"},
    {"date_range": "last_7_days", "outcome": ["YES", None], "provider": "A", "attempt": [1, 2]},
    {"min_duration": 10, "max_duration": 20.5, "sentiment_min": 0.1, "sentiment_max": 0.9},
    {"min_cost": 0.5, "max_cost": 2, "currency": "USD", "success": True, "reached": False},
    {"weekday": [1, 7], "hour": 23, "status": "new", "direction": "inbound", "language": "pt"},
    {
        "payload_filters": {
            "city": "Lisboa",
            "score": {"gte": 1, "lt": "2"},
            "a.b": {"exists": True},
        }
    },
    {
        "payload_filters": {
            "a": {"in": [1, None], "contains": "x", "ne": "y"},
            "d": {"gt": "2025-01-01"},
        }
    },
)


def _texts(*values: object) -> list[bytes]:
    return [json.dumps(value).encode() for value in values]


def _queries() -> list[dict[str, object]]:
    plain: list[dict[str, object]] = [{"query_type": name} for name in _TYPES]
    groups = ["payload.city", "date", "outcome"]
    more: dict[str, object] = {"granularity": "week", "page": 2, "page_size": 3}
    both = {"date_from": "2025-01-01", "date_to": "2025-01-31"}
    return [
        *plain,
        *({"query_type": "call_count", "filters": one, "group_by": groups} for one in _FILTERS),
        {"query_type": "measure", "measure": "payload.score", "timezone": "Asia/Kolkata", **more},
        {"query_type": "calls_over_time", "filters": both, "compare": "previous_year", **more},
        {"query_type": "success_rate", "filters": both, "compare": "previous_period"},
    ]


@cache
def _store() -> Store:
    """One without records, where whatever is understood is executed too."""
    return Store("duckdb")


def _query(data: bytes) -> None:
    for scope in _SCOPES:
        answer = _store().analytics().answer(data, scope, _NOW)
        assert answer is not None


def _search(data: bytes) -> None:
    searches = _store().searches()
    for scope in _SCOPES:
        page = searches.page(searches.parse(data, scope, _NOW))
        assert not page.calls


def _batch(data: bytes) -> None:
    assert 1 <= len(parse_batch(data)) <= 50


def _alert(data: bytes) -> None:
    given = read_object(data)
    reachable = Reachable(mails=True, private=False)
    terms = Terms(_store().analytics().plan, "UTC", _NOW, reachable)
    for scope in _SCOPES:
        made = parse_alert(given, new_alert(scope, "key", _NOW), terms)
        assert parse_alert(given, made, terms).query == made.query


def _span(data: bytes) -> None:
    parse_span(read_object(data), new_alert(_MINE, "key", _NOW), "Europe/Lisbon", _NOW)


def _endpoint(data: bytes) -> None:
    for scope in _SCOPES:
        made = parse_endpoint_request(data, scope, "token", _NOW, None)
        parse_endpoint_patch(data, made, None)


_SIGNED = ("RS256", "ES256", "EdDSA")
_BELONGS = digest({}, "UTC", "-started_at", EVERYTHING)


def _cursor(data: bytes) -> None:
    found = read_cursor(data.decode("latin-1"), _BELONGS)
    assert read_cursor(cursor_text(found, _BELONGS), _BELONGS) == found


@cache
def _tokens() -> Tokens:
    return Tokens(SECRET, (), lambda _: b"")


def _token(data: bytes) -> None:
    _tokens().read(data.decode("latin-1"), "https://a.example", _NOW)


def _claims(data: bytes) -> None:
    """What a token says that is signed rightly."""
    head, body = (base64.urlsafe_b64encode(one).rstrip(b"=") for one in (b'{"alg":"HS256"}', data))
    mac = hmac.digest(SECRET.encode(), head + b"." + body, "sha256")
    text = b".".join((head, body, base64.urlsafe_b64encode(mac).rstrip(b"=")))
    _tokens().read(text.decode(), None, int(time.time() * SECOND))


def _jwks(data: bytes) -> None:
    for algorithm in _SIGNED:
        keys_of(data, algorithm)


def _issuers(data: bytes) -> None:
    as_issuers(data.decode())


def _accept(data: bytes) -> None:
    forms = (JSON, *(Form(one.media_type, one.parameters) for one in FORMATS.values()))
    assert preferred([data.decode("latin-1")], forms) in forms


def _instant(data: bytes) -> None:
    found = parse_iso(data.decode())
    assert found.unit_ns > 0


def _sender(data: bytes) -> None:
    sender_of("10.0.0.1", data.decode("latin-1"), ("10.0.0.0/8", "fd00::/8"))


def _alerts() -> list[bytes]:
    query = {"query_type": "success_rate", "filters": {"merchant_id": "m"}}
    whole = {
        "name": "a",
        "query": query,
        "field": "reach_rate",
        "condition": {"op": "below", "value": 15},
        "notify": [{"webhook": {"url": "https://a.example/x"}}, {"email": {"to": ["a@b.example"]}}],
        "quiet_hours": [{"from": "22:00", "to": "07:00", "days": [6, 7]}],
        "buckets": 2,
        "for": 1,
        "timezone": "UTC",
    }
    change = {"change": "below", "percent": 20, "versus": "previous_period"}
    grouped = {"query_type": "call_count", "group_by": ["provider"]}
    return _texts(
        whole,
        {**whole, "condition": change, "renotify": 3_600, "no_data": "alert", "delay": 60},
        {"name": "b", "query": grouped, "field": "count", "condition": {"op": "above", "value": 1}},
    )


def _of_keys() -> list[bytes]:
    scope = {"merchant_ids": ["m"], "template_ids": ["t"]}
    key = {"name": "k", "permissions": ["query", "ingest"], "scope": scope}
    return _texts(key, {**key, "expires_at": "2027-01-01T00:00:00Z"}, {"name": "a"})


def _of_tokens() -> list[bytes]:
    scope = {"merchant_ids": ["m"], "template_ids": ["t"]}
    locked = {"filters": _FILTERS[5], "timezone": "Europe/Lisbon"}
    return _texts(
        {"scope": scope, "expires_in": 60, "locked": locked, "origins": ["https://a.example"]},
        {"scope": scope, "locked": {"filters": {"outcome": "YES", "date_range": "today"}}},
    )


def _of_endpoints() -> list[bytes]:
    whole = {
        "source": "vapi",
        "merchant_id": "m",
        "reseller_from": "a.b",
        "template_from": "c",
        "secret": "s" * 40,
        "second_secret": None,
        "payload_keep": ["a.b"],
        "addresses": ["10.0.0.0/8", "2001:db8::1"],
    }
    return _texts(whole, {"source": "bolna", "merchant_from": "m", "reseller_id": "r"})


def _key_request(data: bytes) -> object:
    return [parse_key_request(data, scope, _NOW) for scope in _SCOPES]


def _embed_request(data: bytes) -> object:
    return [parse_embed_request(data, scope, "UTC", _NOW) for scope in _SCOPES]


def targets() -> list[Target]:
    """All of them."""
    queries = _texts(*_queries())
    span = {"from": "2026-01-01", "to": "2026-01-03T00:00:00+05:30", "timezone": "Asia/Kolkata"}
    cursor = Cursor(Position(_NOW - DAY, "m", "c"), _NOW - 2 * DAY, None)
    searches = [{"filters": one, "order": "started_at", "limit": 2} for one in _FILTERS]
    issuer = {"issuer": "p", "algorithm": "HS256", "key": SECRET, "audience": "a"}
    accepts = (b"text/csv;q=0.5, */*;q=0.1", b'application/json; charset="utf-8"', b"text/*")
    times = (
        b"2025-01-31",
        b"2025-01-31T23:59:59.5+05:30",
        b"20250131T235959Z",
        b"2025-W05-5",
        b"2025-031",
    )
    token = signed(**claims()).encode()
    bodies: Sequence[tuple[str, Callable[[bytes], object], Sequence[bytes]]] = (
        ("queries", _query, queries),
        ("batches", _batch, _texts({"queries": _queries()[:4]}, {"queries": [{}]})),
        ("searches", _search, _texts({}, *searches)),
        ("alerts", _alert, _alerts()),
        ("simulations", _span, _texts(span, {"from": "2026-01-01"})),
        ("keys", _key_request, _of_keys()),
        ("rotations", parse_overlap, _texts({"overlap": 60}, {})),
        ("embed tokens", _embed_request, _of_tokens()),
        ("webhook endpoints", _endpoint, _of_endpoints()),
        ("Accept", _accept, accepts),
    )
    found = [Target(name, read, samples, _REFUSED) for name, read, samples in bodies]
    values = (ValueError,)
    unsigned = (RequestError, NotSignedError)
    return [
        *found,
        Target("tokens", _token, [token, token.replace(b".", b"..")], unsigned),
        Target("claims", _claims, _texts(claims()), unsigned),
        Target("cursors", _cursor, [cursor_text(cursor, _BELONGS).encode()], (CursorError,)),
        Target("keys of issuers", _jwks, [Issuing(one).body() for one in _SIGNED], values),
        # Of what is nested too deeply all settings say so in one place.
        Target(
            "issuers",
            _issuers,
            _texts([issuer], [{**issuer, "algorithm": "RS256"}]),
            (*values, RecursionError),
        ),
        Target("times", _instant, times, values),
        Target("X-Forwarded-For", _sender, [b"1.2.3.4, 10.0.0.2", b"::1"], ()),
    ]
