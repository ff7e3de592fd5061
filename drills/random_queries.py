"""Rules of random worlds that ask: each answer is what the naive evaluation gives."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from callistics.analytics.discovery import RECENT_DAYS
from callistics.catalog.values import VALUED
from drills.random_material import DAY
from drills.random_model import Body, exact
from drills.random_records import comparable
from drills.random_world import Holder, Rule, World
from oracle.comparison_strategies import COMPARISONS
from oracle.reference import discovery

_LIMIT = 10_000
_WRONG: tuple[tuple[int, Any], ...] = (
    (400, {"query_type": "calls"}),
    (400, {}),
    (400, []),
    (400, {"query_type": "call_count", "filters": {"date_from": 5}}),
    (422, {"query_type": "call_count", "filters": {"date_from": "2025-02-30"}}),
    (422, {"query_type": "call_count", "page": 0}),
    (400, {"query_type": "measure"}),
    (400, {"query_type": "call_count", "surprise": None}),
    (422, {"query_type": "call_count", "timezone": "Mars/Olympus"}),
    (422, {"query_type": "call_count", "compare": "previous_year"}),
    (422, {"query_type": "call_count", "filters": {"payload_filters": {"a": {"gt": "x"}}}}),
)


def _body(world: World) -> Body:
    """A query of the world, with a comparison now and then."""
    body, _ = world.chance.choice(world.material.asked)
    if world.chance.random() < 0.2:
        return {**body, "compare": world.chance.choice(COMPARISONS)}
    return body


def _expected(world: World, body: Body, holder: Holder) -> Body | int:
    return world.model.answer(body, holder.scope, world.now)


def _same(world: World, found: Any, expected: Body, what: str) -> None:
    world.same(exact(found), exact(expected), what)
    fields = [list(row) for row in found["data"]]
    world.same(fields, [list(row) for row in expected["data"]], "the order of fields")


def _ask(world: World) -> None:
    """Ask once, twice now and then: an answer is kept until something changes."""
    body, holder = _body(world), world.asker()
    expected = _expected(world, body, holder)
    wanted = {expected if isinstance(expected, int) else 200}
    for _ in range(world.chance.choice((1, 1, 2))):
        answer = world.request("POST /analytics", key=holder.key, json=body, wanted=wanted)
        if not isinstance(expected, int):
            _same(world, answer.json(), expected, "an answer")


def _ask_together(world: World) -> None:
    """Ask many at once."""
    bodies = [_body(world) for _ in range(world.chance.randint(1, 8))]
    holder, wrong = world.asker(), world.chance.choice(_WRONG)[1]
    if not isinstance(wrong, dict):
        wrong = {}
    answer = world.request(
        "POST /analytics/batch", key=holder.key, json={"queries": [*bodies, wrong]}, wanted={200}
    )
    *answers, last = answer.json()["answers"]
    if last["status"] not in (400, 422):
        world.same(last, "a problem", "the answer to a wrong query")
    for body, found in zip(bodies, answers, strict=True):
        expected = _expected(world, body, holder)
        if isinstance(expected, int):
            world.same(found["status"], expected, "the status of a query of several")
        else:
            _same(world, found, expected, "an answer of several")


def _ask_wrongly(world: World) -> None:
    """Ask what cannot be asked."""
    status, body = world.chance.choice(_WRONG)
    world.request("POST /analytics", json=body, wanted={status})
    world.request("POST /analytics", content=b'{"query_type": ', wanted={400})
    world.request("POST /analytics", json={}, key="cal_" + "x" * 43, wanted={401})
    world.request("POST /analytics/batch", json={"queries": []}, wanted={400})
    world.request("POST /calls/search", json={"limit": 0}, wanted={422})
    world.request("POST /calls/search", json={"cursor": "AAAA"}, wanted={422})
    world.request("GET /analytics/values", query={"field": "nothing"}, wanted={400, 422})
    headers = {"Accept": "image/png"}
    body = {"query_type": "call_count"}
    world.request("POST /analytics", json=body, headers=headers, wanted={406})


def _export(world: World) -> None:
    """Have all rows in a format, compared as far as each tells types."""
    body, holder = _body(world), world.asker()
    expected = _expected(world, {**body, "page": None, "page_size": _LIMIT}, holder)
    form = world.chance.choice(("text/csv", "application/x-ndjson", _ARROW, _PARQUET))
    status = expected if isinstance(expected, int) else 200
    headers = {"Accept": form}
    answer = world.request(
        "POST /analytics", key=holder.key, json=body, headers=headers, wanted={status}
    )
    if not isinstance(expected, dict):
        return
    rows = expected["data"]
    if form == "application/x-ndjson":
        found = [json.loads(line) for line in answer.text.splitlines()]
        world.same(exact(found), exact(rows), "rows as NDJSON")
    elif form == "text/csv":
        parsed = list(csv.reader(io.StringIO(answer.text, newline="")))
        world.same(len(parsed) - 1, len(rows), "the number of rows of CSV")
        if rows:
            world.same(parsed[0], list(rows[0]), "the columns of CSV")
    else:
        table = _table(form, answer.content)
        world.same(table.num_rows, len(rows), "the number of rows")
        counts = [row["count"] for row in rows if "count" in row]
        if counts:
            world.same(table["count"].to_pylist(), counts, "the counts")


_ARROW = "application/vnd.apache.arrow.stream"
_PARQUET = "application/vnd.apache.parquet"


def _table(form: str, content: bytes) -> pa.Table:
    if form == _PARQUET:
        return pq.read_table(io.BytesIO(content))
    with pa.ipc.open_stream(content) as stream:
        return stream.read_all()


def _search(world: World) -> None:
    """Page through the calls behind a figure, or have them whole."""
    body, holder, chance = _body(world), world.asker(), world.chance
    asked = {name: body[name] for name in ("filters", "timezone") if name in body}
    order = chance.choice(("-started_at", "started_at"))
    expected = world.model.calls(asked, holder.scope, world.now)
    asked |= {"order": order, "limit": chance.choice((1, 2, 3, 1_000))}
    if isinstance(expected, int):
        world.request("POST /calls/search", key=holder.key, json=asked, wanted={expected})
        return
    wanted = expected if order == "started_at" else expected[::-1]
    found = _pages(world, asked, holder, len(wanted))
    world.same(len(found), len(wanted), "how many calls are found")
    for one, call in zip(found, wanted, strict=True):
        world.same(*comparable(one, call, world), "a call that is found")
    headers = {"Accept": "application/x-ndjson"}
    answer = world.request(
        "POST /calls/search", key=holder.key, json=asked, headers=headers, wanted={200}
    )
    ids = [json.loads(line)["call_id"] for line in answer.text.splitlines()]
    world.same(ids, [one.call_id for one in wanted], "the calls of an export")


def _pages(world: World, asked: Body, holder: Holder, most: int) -> list[Body]:
    found: list[Body] = []
    cursor = None
    while True:
        sent = {**asked, "cursor": cursor}
        page = world.request("POST /calls/search", key=holder.key, json=sent, wanted={200})
        read = json.loads(page.text, parse_float=Decimal)
        found += read["data"]
        cursor = read["next_cursor"]
        if cursor is None or len(found) > most:
            return found


def _types(world: World) -> None:
    """What can be asked stays the same."""
    holder = world.holder("query")
    answer = world.request("GET /analytics/types", key=holder.key, wanted={200})
    before = world.known.setdefault("types", [answer.content])
    world.same(answer.content, before[0], "what can be asked")
    tag = {"If-None-Match": answer.headers["etag"]}
    world.request("GET /analytics/types", key=holder.key, headers=tag, wanted={304})


def _values(world: World) -> None:
    """The values of a field, and those of a payload."""
    holder, model = world.asker(), world.model
    calls = model.reference.every_call(holder.scope or {})
    leads = model.reference.every_lead(holder.scope or {})
    begin = world.now - RECENT_DAYS * DAY
    held = discovery.keys_of(calls, leads, begin, world.now)
    answer = world.request("GET /analytics/payload-keys", key=holder.key, wanted={200})
    found = [(one["key"], tuple(one["types"]), one["calls"]) for one in answer.json()["data"]]
    world.same(found, held, "the keys of payloads")
    field = world.chance.choice([*VALUED, *(f"payload.{key}" for key, _, _ in held)])
    some = discovery.values_of(calls, field, "", 1_000)
    prefix = world.chance.choice(["", *(value[:2] for value, _ in some)])
    limit = world.chance.choice((1, 2, 1_000))
    query = {"field": field, "prefix": prefix, "limit": str(limit)}
    values = world.request("GET /analytics/values", key=holder.key, query=query, wanted={200})
    told = [(one["value"], one["calls"]) for one in values.json()["data"]]
    world.same(told, discovery.values_of(calls, field, prefix, limit), "the values of a field")


RULES = [
    Rule(_ask, 30, ("POST /analytics",)),
    Rule(_ask_together, 8, ("POST /analytics/batch",)),
    Rule(_ask_wrongly, 2, ("POST /analytics", "POST /analytics/batch", "POST /calls/search")),
    Rule(_export, 6, ("POST /analytics",)),
    Rule(_search, 12, ("POST /calls/search",)),
    Rule(_types, 1, ("GET /analytics/types",)),
    Rule(_values, 6, ("GET /analytics/payload-keys", "GET /analytics/values")),
]
