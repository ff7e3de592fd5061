"""Looking: pages of the calls behind a figure, and what can be asked, for the whole platform.

A page is of 100 calls, beside the count of the same calls.
"""

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import quote

from bench.live import Client, serving
from bench.population import Population, population
from bench.questions import SCOPES, stream
from bench.report import Cell, Result, Table
from bench.run import Run, say

ASKED, PAGES = 15, 4
"""Questions of each scope, and pages read of each, one after the other."""
MOST_TIMES, MOST_MS = 5, 50
"""What a page may take beside the count of its calls, and what can be asked in milliseconds."""
_TIMES = 5
_FIELDS = ("outcome", "merchant_id", "provider", "agent_id", "status", "payload.city")
_PATHS = {
    "types": "/analytics/types",
    "payload keys": "/analytics/payload-keys",
    **{f"values of `{name}`": f"/analytics/values?field={quote(name)}" for name in _FIELDS},
    "values of `merchant_id` by prefix": "/analytics/values?field=merchant_id&prefix=mer_1",
}


def measure(run: Run) -> Result:
    with serving(run.store) as server:
        people = population(run, server.client)
        pages = [_pages(server.client, people, scope) for scope in SCOPES]
    say("what can be asked")
    found = [_first_and_next(run, name, path) for name, path in _PATHS.items()]
    columns = ("calls of", "count: p50 ms", "first page: p50 ms", "next pages: p50 ms")
    return Result(
        [
            Table(
                "A page of 100 calls by `POST /calls/search`",
                (*columns, "first page ÷ count", "next page ÷ count", "mark"),
                pages,
            ),
            Table(
                "What can be asked, of the whole platform",
                ("asked for", "first: ms", "again: p50 ms", "mark, ms"),
                found,
            ),
        ],
        [
            f"One client over HTTP; {ASKED} questions of each scope, of {PAGES} pages each, counted"
            " and read by turns; the first two are not timed. What can be asked: by a server each,"
            " the first request of all, then the same again."
        ],
    )


def _pages(client: Client, people: Population, scope: str) -> Sequence[Cell]:
    say(f"pages of scope {scope}: {SCOPES[scope]}")
    counts, firsts, nexts = list[float](), list[float](), list[float]()
    for place, body in enumerate(_bodies(people, scope)):
        count = _took(client, "/analytics", {"query_type": "call_count", **body})[0]
        pages = list(_read(client, body))
        if place >= 2:
            counts.append(count)
            firsts.append(pages[0])
            nexts += pages[1:]
    count, first = statistics.median(counts), statistics.median(firsts)
    after = statistics.median(nexts) if nexts else float("nan")
    name = f"{scope}: {SCOPES[scope]}"
    return name, count, first, after, first / count, after / count, MOST_TIMES


def _bodies(people: Population, scope: str) -> Iterator[dict[str, object]]:
    """Filters and zone of questions, as both endpoints take them."""
    for one in islice(stream(scope, "call_count", people, seed=3), ASKED + 2):
        asked = json.loads(one.body)
        yield {name: asked[name] for name in ("filters", "timezone") if name in asked}


def _read(client: Client, body: dict[str, object]) -> Iterator[float]:
    """The milliseconds of the first page and of those after it."""
    cursor: object = None
    for _ in range(PAGES):
        after = {} if cursor is None else {"cursor": cursor}
        ms, found = _took(client, "/calls/search", {**body, **after, "limit": 100})
        yield ms
        cursor = found["next_cursor"]
        if cursor is None:
            return


def _took(client: Client, path: str, body: dict[str, object]) -> tuple[float, dict[str, object]]:
    content = json.dumps(body).encode()
    started = time.perf_counter()
    answer = client.send("POST", path, content)
    return (time.perf_counter() - started) * 1000, json.loads(answer)


def _first_and_next(run: Run, name: str, path: str) -> Sequence[Cell]:
    with serving(run.store) as server:
        times = [_get(server.client, path) for _ in range(1 + _TIMES)]
    return name, times[0], statistics.median(times[1:]), MOST_MS


def _get(client: Client, path: str) -> float:
    started = time.perf_counter()
    client.send("GET", path)
    return (time.perf_counter() - started) * 1000
