"""How fast records become durable, over HTTP into an empty store and by import into a full one."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec

from bench.live import Client, Live, serving
from bench.load import MB, imported
from bench.records import bodies, lines, renamed
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say

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
        records, waited = _send(server, sent, way.clients)
        seconds = time.perf_counter() - started
        cpu = server.cpu() - cpu
    store.remove()
    tenth = max(len(waited) // 10, 1)
    return (
        f"bodies of {way.size:,}, {way.clients} client{'s' * (way.clients > 1)}",
        records / seconds,
        len(sent) / seconds,
        percentile(waited, 50) * 1000,
        percentile(waited, 99) * 1000,
        cpu / records * 1_000_000,
        sum(waited[-tenth:]) / sum(waited[:tenth]),
    )


def _send(server: Live, sent: Sequence[bytes], clients: int) -> tuple[int, list[float]]:
    """How many records were taken, and the seconds of each request in order of sending."""
    remaining = iter(enumerate(sent))
    waited = [0.0] * len(sent)

    def work() -> int:
        client, received = Client(server.port), 0
        # Iterators of enumerate are safe to share: each pair is handed out under the GIL.
        for place, body in remaining:
            started = time.perf_counter()
            answer = client.store(body)
            waited[place] = time.perf_counter() - started
            received += msgspec.json.decode(answer)["received"]
        client.close()
        return received

    with ThreadPoolExecutor(clients) as pool:
        received = sum(one.result() for one in [pool.submit(work) for _ in range(clients)])
    return received, waited


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
