"""Exports over HTTP: calls as a file of each format, how fast they come and what the server holds.

Idle is after the server answered each query type once, as the engine's buffers are filled then.
"""

import http.client
import json
import time
from dataclasses import dataclass

from bench.live import KEY, WATCHED, Live, serving
from bench.population import population
from bench.questions import plain
from bench.report import Result, Table
from bench.run import Run, say

ROWS = 1_000_000
MARK = 200
"""MB above idle that an export of a million rows may take."""
_READ = 1 << 20
_FORMATS = {
    "CSV": "text/csv",
    "NDJSON": "application/x-ndjson",
    "Arrow": "application/vnd.apache.arrow.stream",
    "Parquet": "application/vnd.apache.parquet",
}
_COLUMNS = (
    "format",
    "seconds",
    "rows/s",
    "bytes per row",
    "MB above idle",
    "of these the engine's buffers",
    "mark",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The body of the search, and how many calls it finds."""

    body: str
    rows: int


def measure(run: Run) -> Result:
    with serving(run.store) as server:
        asked = _asked(server, population(run, server.client).last)
    found: list[tuple[str | float, ...]] = []
    # A server each: what one export left in the allocator is not the next one's.
    for name, accept in _FORMATS.items():
        say(f"{asked.rows:,} calls as {name}")
        with serving(run.store, WATCHED) as server:
            for question in plain():
                server.client.ask(question)
            idle, held = server.memory().resident, server.buffers()
            started = time.perf_counter()
            size = _export(server, asked.body, accept)
            seconds = time.perf_counter() - started
            above = (server.peak() - idle) / 1_000_000
            kept = (server.buffers() - held) / 1_000_000
        speed, width = asked.rows / seconds, size / asked.rows
        found.append((name, seconds, speed, width, above, kept, MARK))
    title = f"`POST /calls/search` for {asked.rows:,} calls as a file"
    note = (
        "MB of resident memory, at its highest. The engine's buffers hold what was read last, up to"
        " `memory_limit`, and give way to what is needed more."
    )
    return Result([Table(title, _COLUMNS, found)], [note])


def _asked(server: Live, last: str) -> Asked:
    """The last days that have as many calls as are wanted, or all."""
    query = {"query_type": "calls_over_time", "page_size": 10_000}
    by_day = server.client.rows(query)
    total, first = 0, last
    for row in reversed(by_day):
        total, first = total + row["count"], row["date"]
        if total >= ROWS:
            break
    return Asked(json.dumps({"filters": {"date_from": first, "date_to": last}}), total)


def _export(server: Live, body: str, accept: str) -> int:
    """How many bytes came."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=3_600)
    headers = {
        "Authorization": f"Bearer {KEY}",
        "Content-Type": "application/json",
        "Accept": accept,
    }
    connection.request("POST", "/calls/search", body, headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"an export was answered {answer.status}: {answer.read()[:300]!r}")
    size = 0
    while part := answer.read(_READ):
        size += len(part)
    connection.close()
    return size
