"""How fast records become durable, over HTTP into an empty store and by import into a full one."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bench.builds import OWN, Build
from bench.live import serving
from bench.load import MB, Imported, imported, kept_up
from bench.records import bodies, lines, renamed
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say
from bench.store import Store
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

    @property
    def title(self) -> str:
        """`bodies of 1,000, 8 clients`."""
        return f"bodies of {self.size:,}, {self.clients} client{'s' * (self.clients > 1)}"


WAYS = (Way(10_000, 1, 200_000), Way(1_000, 8, 200_000), Way(1, 64, 10_000))


@dataclass(frozen=True, slots=True)
class Posted:
    """Records that were acknowledged; milliseconds of each request, seconds of all and of CPU."""

    records: int
    waited: list[float]
    seconds: float
    cpu: float


def measure(run: Run) -> Result:
    rows = [_row(way, posted(run, way)) for way in WAYS]
    title = "`POST /calls`, NDJSON, each way into an empty store; answered once durable"
    tables = [Table(title, _COLUMNS, rows), _import(run)]
    return Result(tables, ["The clients share the machine's cores with the server."])


def posted(run: Run, way: Way, build: Build = OWN) -> Posted:
    """Send records to a server on an empty store. Raises `RuntimeError` where one is refused."""
    say(way.title)
    calls = min(run.calls, way.most)
    sent = bodies(lines(calls)[:calls], way.size)
    store = run.empty(f"ingest-{way.size}")
    with serving(store, build=build) as server:
        cpu, started = server.cpu(), time.perf_counter()
        budget = Budget(math.inf, 0, len(sent))
        clients = min(way.clients, len(sent))
        done = ask(server.port, iter(sent), clients, budget, len(sent), CALLS)
        seconds = time.perf_counter() - started
        cpu = server.cpu() - cpu
    store.remove()
    if done.failures:
        raise RuntimeError(f"POST /calls: {done.failures[0]}")
    records = sum(msgspec.json.decode(answer)["received"] for answer in done.answers.values())
    return Posted(records, done.times, seconds, cpu)


def _row(way: Way, done: Posted) -> Sequence[Cell]:
    waited = done.waited
    tenth = max(len(waited) // 10, 1)
    return (
        way.title,
        done.records / done.seconds,
        len(waited) / done.seconds,
        percentile(waited, 50),
        percentile(waited, 99),
        done.cpu / done.records * 1_000_000,
        sum(waited[-tenth:]) / sum(waited[:tenth]),
    )


def added(run: Run, loaded: Store, build: Build = OWN) -> tuple[Imported, float]:
    """Import more calls into a copy of a build's database of all calls.

    Beside it the seconds that it takes afterwards to put everything in order.
    """
    calls = min(IMPORTED, run.calls // 2)
    say(f"importing {calls:,} calls beside {run.calls:,}")
    with loaded.copied("ingest-import") as store:
        source = store.folder / "more.ndjson"
        source.write_bytes(b"".join(renamed(lines(calls), "more-")))
        return imported(store, source, build), kept_up(store, build)


def _import(run: Run) -> Table:
    done, afterwards = added(run, run.store)
    calls = min(IMPORTED, run.calls // 2)
    rate, peak = done.records / done.seconds, done.peak / MB
    row = (f"{calls:,} more", rate, done.seconds, afterwards, peak)
    title = f"`callistics import` of new calls of all 24 months into the store of {run.calls:,}"
    columns = ("calls", "records/s", "seconds", "maintenance afterwards: s", "peak memory, MB")
    return Table(title, columns, [row])
