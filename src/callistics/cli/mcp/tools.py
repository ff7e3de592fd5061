"""The tools, each a request or two to the server; none changes anything."""

from collections.abc import Mapping
from typing import Any

import msgspec

from callistics.analytics.parse_batch import FIELD
from callistics.cli.client import Content
from callistics.cli.mcp import schemas
from callistics.cli.mcp.answers import (
    MAX_BYTES,
    Arguments,
    Backend,
    Tool,
    body,
    fitting,
    shortened,
)
from callistics.cli.mcp.description import describe, explain
from callistics.dashboard.address import address
from callistics.http.openapi import build
from callistics.model.json import as_list, decode, encode

INSTRUCTIONS = (
    "Figures of outbound calls and leads. `describe` says what there is to ask, `list_values` which"
    " ids, outcomes and payload keys occur, `query` gives figures, `search_calls` the calls behind"
    " them. Before telling what a figure means, `explain` it. `dashboard_link` shows the same to"
    " people. Figures that do not exist are null, which is not 0."
)


def _query(backend: Backend, arguments: Arguments) -> bytes:
    """One query with the range that was read, or several of one state of the records."""
    queries = as_list(arguments[FIELD])
    if queries is None or len(queries) != 1:
        return _post(backend, "/analytics/batch", arguments, expects="answers")
    response = backend.client.request(
        "POST",
        "/analytics",
        expects="data",
        content=Content(body(queries[0])),
        repeatable=True,
    )
    envelope = msgspec.json.decode(response.content, type=dict[str, msgspec.Raw])
    told = {
        "range": response.headers.get("Callistics-Range"),
        "complete_until": response.headers.get("Callistics-Complete-Until"),
    }
    return encode({**envelope, **told})


def _post(
    backend: Backend, path: str, asked: Mapping[str, object], *, expects: str = "data"
) -> bytes:
    return backend.client.request(
        "POST", path, expects=expects, content=Content(body(asked)), repeatable=True
    ).content


def _search(backend: Backend, arguments: Arguments) -> bytes:
    sent = _post(backend, "/calls/search", {"limit": schemas.CALLS, **arguments})
    return sent if len(sent) <= MAX_BYTES else encode(shortened(decode(sent)))


def _values(backend: Backend, arguments: Arguments) -> bytes:
    if not arguments:
        return _payload_keys(backend)
    given = {name: _parameter(value) for name, value in arguments.items()}
    client = backend.client
    return client.request(
        "GET", "/analytics/values", expects="data", params=given, repeatable=True
    ).content


def _payload_keys(backend: Backend) -> bytes:
    """The keys of most calls, as many as fit: nothing in the request could narrow them."""
    sent = backend.client.request(
        "GET", "/analytics/payload-keys", expects="data", repeatable=True
    ).content
    if len(sent) <= MAX_BYTES:
        return sent
    return encode({"data": msgspec.json.decode(sent)["data"][: fitting(sent)], "complete": False})


def _parameter(value: object) -> str:
    return value if isinstance(value, str) else body(value).decode()


def _link(backend: Backend, arguments: Arguments) -> bytes:
    """The address, after the server has found nothing wrong with what is in it."""
    answer = _post(backend, "/analytics", {**arguments, "query_type": "call_count"})
    (row,) = msgspec.json.decode(answer)["data"]
    url = f"{backend.dashboard.rstrip('/')}/?{address(arguments)}"
    return encode({"url": url, "calls": row["count"]})


def _operation(path: str, method: str) -> str:
    """What the OpenAPI document says of an operation."""
    paths: Any = build()["paths"]
    found = paths[path][method]
    return ". ".join(text.rstrip(".") for text in (found["summary"], found["description"])) + "."


_NAME = {**schemas.TEXT, "minLength": 1}
_FEWER = (
    "Narrow it: a smaller `page_size`, a shorter range of dates, a coarser `granularity`, fewer"
    " fields in `group_by`, more filters, or fewer queries at once."
)

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "describe",
            "Describe what can be asked",
            "Without arguments all that can be asked, in brief: query types, filters, operators on"
            " payloads, measures, dimensions, named ranges of dates. With `name` all that is told"
            " of one of these, or of a part of the brief answer that was left out there.",
            {"name": {**_NAME, "description": "Such as `retry_analysis` or `settings`."}},
            describe,
            "Narrow it: give the `name` of a part of it.",
        ),
        Tool(
            "list_values",
            "List the values of a field",
            f"{_operation('/analytics/values', 'get')} Without arguments:"
            f" {_operation('/analytics/payload-keys', 'get')} Where `complete` is false there are"
            " more.",
            schemas.values(),
            _values,
            "Narrow it: a smaller `limit`, or a `prefix`.",
            rows="limit",
        ),
        Tool(
            "query",
            "Run one query or several",
            "Figures, exact. One query answers its rows, `total` rows before paging, the `range`"
            " that was read, half open, and until when it is `complete_until`: later buckets are"
            " still filling. Several are answered in their order, all of the same state of the"
            " records; one that is wrong is a problem in its place. `group_by` and `compare` work"
            " with each query type.",
            {FIELD: schemas.queries()},
            _query,
            _FEWER,
            required=(FIELD,),
            rows="page_size",
        ),
        Tool(
            "search_calls",
            "Search calls",
            f"{_operation('/calls/search', 'post')} Go on with the `next_cursor` of the answer."
            " Where it would be too long texts of payloads, as transcripts are, end with `…` and"
            " their length.",
            schemas.search(),
            _search,
            "Narrow it: a smaller `limit`, a shorter range of dates, or more filters.",
            rows="limit",
        ),
        Tool(
            "explain",
            "Explain how a figure is defined",
            "What a query type, a field of its rows, a measure, filter or dimension is, the"
            " sections of the definitions about it, and the settings in force; or one section.",
            {"name": {**_NAME, "description": "Such as `success_rate`, `p90` or `Attempts`."}},
            explain,
            "Narrow it: give the name of one field.",
            required=("name",),
        ),
        Tool(
            "dashboard_link",
            "Link to the dashboard",
            "The address of the dashboard with the same filters, for people, who sign in with a key"
            " of their own; and how many calls match.",
            schemas.shared(),
            _link,
            "Narrow it: fewer filters.",
        ),
    )
}
