"""How fast records become durable."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import msgspec

from bench.live import Client, Live, serving
from bench.records import bodies
from bench.report import Cell, Result, Table, percentile
from bench.run import Run

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
    """How records are sent; `share` of all records, so that small requests end in time."""

    size: int
    clients: int
    share: float


WAYS = (Way(10_000, 1, 1), Way(1_000, 8, 1), Way(1, 64, 0.1))


def measure(run: Run) -> Result:
    rows = [_measured(run, way) for way in WAYS]
    title = "`POST /calls`, NDJSON, each way into an empty store; answered once durable"
    note = "The clients share the machine's cores with the server."
    return Result([Table(title, _COLUMNS, rows)], [note])


def _measured(run: Run, way: Way) -> Sequence[Cell]:
    calls = max(int(run.calls * way.share), way.clients)
    sent = list(islice(bodies(run.calls, way.size), -(-calls // way.size) or None))
    with serving(run.folder / f"ingest-{way.size}") as server:
        cpu, started = server.cpu(), time.perf_counter()
        records, waited = _send(server, sent, way.clients)
        seconds = time.perf_counter() - started
        cpu = server.cpu() - cpu
    tenth = max(len(waited) // 10, 1)
    slower = sum(waited[-tenth:]) / sum(waited[:tenth])
    return (
        f"bodies of {way.size:,}, {way.clients} client{'s' * (way.clients > 1)}",
        records / seconds,
        len(sent) / seconds,
        percentile(waited, 50) * 1000,
        percentile(waited, 99) * 1000,
        cpu / records * 1_000_000,
        slower,
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
