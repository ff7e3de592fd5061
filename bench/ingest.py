"""How fast records become durable, over HTTP into an empty store and by import into a full one."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bench.live import serving
from bench.load import MB, imported
from bench.records import bodies, lines, renamed
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say
from bench.wire import CALLS, Budget, ask

IMPORTED = 500_000
_COLUMNS = (
    "",
    "records/s",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "server CPU µs/record",
    "last tenth ÷ first tenth",
)


@dataclass(frozen=True, slots=True)
class Way:
    """How records are sent; at most so many calls that it ends in time."""

    size: int
    clients: int
    most: int


WAYS = (Way(10_000, 1, 200_000), Way(1_000, 8, 200_000), Way(1, 64, 10_000))


def measure(run: Run) -> Result:
    rows = [_measured(run, way) for way in WAYS]
    title = "`POST /calls`, NDJSON, each way into an empty store; answered once durable"
    tables = [Table(title, _COLUMNS, rows), _import(run)]
    return Result(tables, ["The clients share the machine's cores with the server."])


def _measured(run: Run, way: Way) -> Sequence[Cell]:
    say(f"bodies of {way.size:,}")
    calls = min(run.calls, way.most)
    sent = bodies(lines(calls)[:calls], way.size)
    store = run.empty(f"ingest-{way.size}")
    with serving(store) as server:
        cpu, started = server.cpu(), time.perf_counter()
        budget = Budget(math.inf, 0, len(sent))
        clients = min(way.clients, len(sent))
        done = ask(server.port, iter(sent), clients, budget, len(sent), CALLS)
        seconds = time.perf_counter() - started
        cpu = server.cpu() - cpu
    store.remove()
    if done.failures:
        raise RuntimeError(f"POST /calls: {done.failures[0]}")
    waited = done.times
    records = sum(msgspec.json.decode(answer)["received"] for answer in done.answers.values())
    tenth = max(len(waited) // 10, 1)
    return (
        f"bodies of {way.size:,}, {way.clients} client{'s' * (way.clients > 1)}",
        records / seconds,
        len(sent) / seconds,
        percentile(waited, 50),
        percentile(waited, 99),
        cpu / records * 1_000_000,
        sum(waited[-tenth:]) / sum(waited[:tenth]),
    )


def _import(run: Run) -> Table:
    calls = min(IMPORTED, run.calls // 2)
    say(f"importing {calls:,} calls beside {run.calls:,}")
    with run.store.copied("ingest-import") as store:
        source = store.folder / "more.ndjson"
        source.write_bytes(b"".join(renamed(lines(calls), "more-")))
        done = imported(store, source)
    row = (f"{calls:,} more", done.records / done.seconds, done.seconds, done.peak / MB)
    title = f"`callistics import` of new calls of all 24 months into the store of {run.calls:,}"
    return Table(title, ("calls", "records/s", "seconds", "peak memory, MB"), [row])
