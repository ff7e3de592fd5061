"""Requests that try to learn of another tenant, for every operation of the OpenAPI document.

`{merchant}`, `{call}` and so on stand for names of that tenant, or for names like them of nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Names = Mapping[str, str]
Headers = Mapping[str, str]

_READING = ("POST /analytics", "POST /analytics/batch", "POST /calls/search")
_LETTERS = "/webhook-endpoints/{endpoint_id}/dead-letters"
# Keys of any scope may write these, each for its own tenants.
_OWN = {"merchant_id": "m-mine", "reseller_id": "r-mine", "template_id": "t-mine"}
_OTHERS = {"merchant_id": "{merchant}", "reseller_id": "{reseller}", "template_id": "{template}"}
_STARTED = {"started_at": "2026-03-01T10:00:00Z", "outcome": "STOLEN"}


@dataclass(frozen=True)
class Attack:
    """One request; `operation` is its method and path in the OpenAPI document.

    `guessed` is whether its names are ones that could be guessed; a cursor is none. `outside` is
    the list of a scope that shuts it out, if only one does: who lacks that list may do it.
    """

    operation: str
    path: str = ""
    body: object = None
    headers: Headers = field(default_factory=dict[str, str])
    guessed: bool = True
    outside: str = ""

    @property
    def reads(self) -> bool:
        """Whether nothing is changed, whoever asks."""
        return self.method == "GET" or self.operation in _READING

    @property
    def method(self) -> str:
        """The method."""
        return self.operation.partition(" ")[0]

    def request(self, names: Names) -> tuple[str, dict[str, Any]]:
        """The path and the options of the request that names these."""
        path = self.path or self.operation.partition(" ")[2]
        options: dict[str, Any] = {"headers": filled(dict(self.headers), names)}
        if self.body is not None:
            options["json"] = filled(self.body, names)
        return filled(path, names), options


def filled(value: Any, names: Names) -> Any:
    """A value with what stands for names replaced, in keys too."""
    if isinstance(value, Mapping):
        return {filled(key, names): filled(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    if not isinstance(value, str):
        return value
    for name, text in names.items():
        value = value.replace(f"{{{name}}}", text)
    return value


def _filters() -> list[dict[str, object]]:
    """Filters that name another tenant, one way each."""
    names = ("merchant_id", "reseller_id", "template_id")
    return [
        *({name: _OTHERS[name]} for name in names),
        *({name: [_OTHERS[name], _OWN[name]]} for name in names),
        {"lead_id": "{lead}"},
        {"outcome": "{value}"},
        {"payload_filters": {"{field}": "{value}"}},
        {"payload_filters": {"city": "{value}"}},
    ]


def _queries() -> list[dict[str, object]]:
    groups = ["merchant_id", "reseller_id", "payload.{field}"]
    return [
        *({"query_type": "call_count", "filters": one} for one in _filters()),
        {"query_type": "outcome_distribution", "filters": {"outcome": ["{value}", "YES"]}},
        {"query_type": "status_distribution", "filters": {"merchant_id": "{merchant}"}},
        {"query_type": "conversion_funnel", "filters": {"template_id": "{template}"}},
        {"query_type": "measure", "measure": "payload.{field}"},
        {"query_type": "call_count", "group_by": groups},
    ]


def _records(kind: str) -> list[dict[str, object]]:
    """Records about another tenant, or with ids that another tenant has."""
    started = _STARTED if kind == "call" else {"status": "stolen"}
    return [
        {f"{kind}_id": f"{{{kind}}}", **_OTHERS, **started},
        {f"{kind}_id": f"{{{kind}}}", **_OWN, **started, "merchant_id": "{merchant}"},
        {f"{kind}_id": f"{{{kind}}}", **started},
        {f"{kind}_id": "{taken}", "lead_id": "{taken}", **_OWN, **started},
        {f"{kind}_id": "{erased}", "lead_id": "{erased}", **_OWN, **started},
    ]


def _pushes(path: str, kind: str) -> list[Attack]:
    once = {"Idempotency-Key": "{repeated}"}
    record: dict[str, object] = {f"{kind}_id": "{repeated}", "lead_id": "{repeated}", **_OWN}
    record |= _STARTED if kind == "call" else {}
    return [
        *(Attack(f"POST {path}", body=one) for one in _records(kind)),
        *(
            Attack(f"POST {path}", body={**record, name: _OTHERS[name]}, outside=name)
            for name in ("reseller_id", "template_id")
        ),
        Attack(f"POST {path}", f"{path}?on_error=skip", body=_records(kind)[:2]),
        Attack(f"POST {path}", body=record, headers=once),
    ]


def _by_id(path: str, kind: str, *methods: str) -> list[Attack]:
    ids = (f"/{path}/{{{kind}}}", f"/{path}/{{{kind}}}?merchant_id={{merchant}}")
    own = f"/{path}/{{{kind}}}?merchant_id=m-mine"
    operation = f"/{path}/{{{kind}_id}}"
    return [Attack(f"{method} {operation}", one) for method in methods for one in (*ids, own)]


def _scopes() -> list[dict[str, list[str]]]:
    return [
        {"merchant_ids": ["{merchant}"]},
        {"merchant_ids": ["m-mine", "{merchant}"]},
        {"reseller_ids": ["{reseller}"]},
        {"template_ids": ["{template}"]},
        {"merchant_ids": ["m-mine"], "template_ids": ["{template}"]},
    ]


def _of_keys() -> list[Attack]:
    key = {"name": "stolen", "permissions": ["query"]}
    token = {"expires_in": 60}
    return [
        *(Attack("POST /keys", body={**key, "scope": one}) for one in _scopes()),
        Attack("POST /keys", body=key),
        Attack("GET /keys"),
        Attack("DELETE /keys/{key_id}", "/keys/{key}"),
        Attack("POST /keys/{key_id}/rotate", "/keys/{key}/rotate"),
        Attack("POST /keys/{key_id}/rotate", "/keys/{key}/rotate", {"overlap": 1}),
        *(Attack("POST /embed-tokens", body={**token, "scope": one}) for one in _scopes()),
        Attack("DELETE /embed-tokens"),
        Attack("GET /audit"),
        Attack("GET /audit", "/audit?order=sequence&limit=1000"),
        Attack("GET /audit", "/audit?action=key.created"),
        Attack("GET /audit", "/audit?cursor={key}", guessed=False),
    ]


def _of_webhooks() -> list[Attack]:
    one, source = "/webhook-endpoints/{endpoint_id}", {"source": "bland", "secret": "s" * 40}
    path, letters = "/webhook-endpoints/{endpoint}", "/webhook-endpoints/{endpoint}/dead-letters"
    return [
        Attack("POST /webhooks/{source}/{token}", "/webhooks/bolna/{ended}", {"id": "{call}"}),
        Attack("POST /webhooks/{source}/{token}", "/webhooks/vapi/{token}", {"id": "{call}"}),
        *(
            Attack("POST /webhook-endpoints", body={**source, **tenants})
            for tenants in (
                {"merchant_id": "{merchant}", "reseller_id": "{reseller}"},
                {"merchant_from": "variables.merchant", "reseller_id": "r-mine"},
                {"merchant_id": "m-mine", "reseller_id": "{reseller}"},
            )
        ),
        Attack("GET /webhook-endpoints"),
        Attack(f"PATCH {one}", path, {"payload_keep": ["a"]}),
        Attack(f"DELETE {one}", path),
        Attack(f"GET {_LETTERS}", letters),
        Attack(f"DELETE {_LETTERS}", letters),
        Attack(f"POST {_LETTERS}/replay", f"{letters}/replay"),
    ]


def _of_alerts() -> list[Attack]:
    path, one = "/alerts/{alert_id}", "/alerts/{alert}"
    alerts = [_alert({name: _OTHERS[name]}) for name in ("merchant_id", "reseller_id")]
    other = {"query": {"query_type": "success_rate", "filters": {"merchant_id": "{merchant}"}}}
    past = {"from": "2026-03-01", "to": "2026-03-03"}
    return [
        Attack("GET /alerts"),
        *(
            Attack("POST /alerts", body=body, outside=name)
            for name, body in zip(("merchant_id", "reseller_id"), alerts, strict=True)
        ),
        Attack("POST /alerts/simulate", body={**alerts[0], **past}),
        Attack(f"GET {path}", one),
        Attack(f"PATCH {path}", one, {"enabled": False}),
        Attack(f"PATCH {path}", one, other),
        Attack(f"DELETE {path}", one),
        Attack(f"POST {path}/simulate", f"{one}/simulate", past),
        Attack(f"POST {path}/test", f"{one}/test"),
    ]


def _alert(filters: dict[str, str]) -> dict[str, object]:
    return {
        "name": "stolen",
        "query": {"query_type": "success_rate", "filters": filters},
        "field": "reach_rate",
        "condition": {"op": "below", "value": 15},
    }


def _of_backups() -> list[Attack]:
    path = "/backups/{backup_id}"
    return [
        Attack("POST /backups"),
        Attack(f"DELETE {path}", "/backups/{backup}"),
        Attack(f"POST {path}/made", "/backups/{backup}/made"),
        Attack(f"GET {path}/parts/{{part}}", "/backups/{backup}/parts/{part}"),
    ]


def _of_values() -> list[Attack]:
    queries = (
        "field=merchant_id",
        "field=merchant_id&prefix={merchant}",
        "field=template_id",
        "field=outcome&prefix={value}",
        "field=payload.{field}",
        "field=payload.city&prefix={value}",
    )
    return [Attack("GET /analytics/values", f"/analytics/values?{one}") for one in queries]


def _of_search() -> list[Attack]:
    csv = {"Accept": "text/csv"}
    found = [Attack("POST /calls/search", body={"filters": one}) for one in _filters()]
    return [
        *found,
        Attack("POST /calls/search", body={"filters": {"lead_id": "{lead}"}}, headers=csv),
        Attack("POST /calls/search", body={"cursor": "{cursor}"}, guessed=False),
    ]


ATTACKS: list[Attack] = [
    *(Attack("POST /analytics", body=one) for one in _queries()),
    Attack("POST /analytics", body=_queries()[6], headers={"Accept": "application/x-ndjson"}),
    Attack("POST /analytics/batch", body={"queries": _queries()}),
    Attack("GET /analytics/types"),
    Attack("GET /analytics/payload-keys"),
    *_of_values(),
    *_of_search(),
    *_by_id("calls", "call", "GET", "DELETE"),
    *_by_id("leads", "lead", "GET", "DELETE"),
    *_pushes("/calls", "call"),
    *_pushes("/leads", "lead"),
    Attack("GET /pending"),
    *_of_keys(),
    *_of_webhooks(),
    *_of_alerts(),
    *_of_backups(),
    Attack("GET /health/live"),
    Attack("GET /health/ready"),
    Attack("GET /metrics"),
]

# What an operation takes; what is not here is public.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "query": ("/analytics", "/calls/search", "GET /calls/", "GET /leads/"),
    "ingest": ("POST /calls", "POST /leads", "/pending"),
    "erase": ("DELETE /calls/", "DELETE /leads/"),
    "admin": (
        *("/keys", "/embed-tokens", "/webhook-endpoints", "/audit", "/metrics"),
        *("/alerts", "/backups"),
    ),
}
PUBLIC = ("POST /webhooks/{source}/{token}", "GET /health/live", "GET /health/ready")
BY_TOKEN = (
    "POST /analytics",
    "POST /analytics/batch",
    "GET /analytics/types",
    "GET /analytics/values",
)


def permission(operation: str) -> str | None:
    """The permission that an operation takes; None where it is public."""
    if operation in PUBLIC:
        return None
    path = operation.partition(" ")[2]
    fits: Callable[[str], bool] = lambda one: (  # noqa: E731
        operation.startswith(one) if " " in one else path.startswith(one)
    )
    return next(name for name, starts in _NEEDS.items() if any(map(fits, starts)))
