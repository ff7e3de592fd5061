"""Tenants look at their dashboards while calls come in and old ones are sent again."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from random import Random

from bench.cells import failures
from bench.live import Client, Live, serving
from bench.population import Population, population
from bench.questions import dashboards
from bench.records import bodies, changed, fresh, resent
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say
from bench.wire import Asked, Budget, ask

CLIENTS, SENDERS = 16, 8
NEW, AGAIN = 2_000, 200
"""Records in a second: calls that are new, and stored ones with another outcome."""
BODIES = 20
"""Requests in a second that bring them."""
LAG = 5
"""Seconds from a call to its late change."""
LATE, ANY_AGE = "late changes", "changes at any age"
_COLUMNS = ("p50 ms", "p99 ms", "max ms")


@dataclass(slots=True)
class Sent:
    """Milliseconds from when each body was due, and from when it was sent, to its acknowledgement.

    `sizes` are the records of each.
    """

    due: list[float] = field(default_factory=list[float])
    sent: list[float] = field(default_factory=list[float])
    sizes: list[int] = field(default_factory=list[int])

    @property
    def records(self) -> int:
        """How many were acknowledged within the time."""
        return sum(self.sizes)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Queries alone and beside a stream; `taken` are records in a second, `peak` is bytes."""

    way: str
    alone: Asked
    beside: Asked
    sent: Sent
    taken: float
    peak: int

    @property
    def asked(self) -> Sequence[tuple[str, Asked]]:
        """The queries by name."""
        return (("alone", self.alone), ("beside the stream", self.beside))


def measure(run: Run) -> Result:
    seconds = run.seconds
    found = [_way(run, way, seconds) for way in (LATE, ANY_AGE)]
    notes = [
        *(_taken(one) for one in found),
        *failures({f"{name}, {one.way}": asked for one in found for name, asked in one.asked}),
    ]
    details = {
        one.way: {
            "queries_ms": one.beside.good,
            "due_ms": one.sent.due,
            "sent_ms": one.sent.sent,
            "taken": one.taken,
            "peak_bytes": one.peak,
        }
        for one in found
    }
    tables = [_queries(found), *(_acknowledgements(one) for one in found)]
    return Result(tables, notes, details)


def _way(run: Run, way: str, seconds: int) -> Mixed:
    """Queries alone, then beside a stream, on a copy of its own."""
    with run.store.copied("mixed") as store, serving(store) as server:
        people = population(run, server.client)
        say(f"{way}: preparing records")
        before, stream = _stream(run, people, seconds, way)
        for body in before:
            server.client.store(body)
        say("queries alone")
        alone = _ask(server, people, seconds / 4, seed=1)
        say(f"queries beside the stream, {seconds} s")
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(_send, server.port, stream, seconds)
            beside = _ask(server, people, seconds, seed=2)
            sent = sending.result()
        return Mixed(way, alone, beside, sent, sent.records / seconds, server.peak())


def _taken(one: Mixed) -> str:
    share = one.taken / (NEW + AGAIN)
    return (
        f"With {one.way}: taken {one.taken:,.0f} records/s, {share:.0%} of what was to be sent;"
        f" peak memory of the server {one.peak / 1_000_000:,.0f} MB."
    )


def _queries(found: Sequence[Mixed]) -> Table:
    title = f"{CLIENTS} clients, each type in turn, one merchant, 30 days"
    rows: list[Sequence[Cell]] = []
    for one in found:
        for name, asked in one.asked:
            rows.append((f"{name}, {one.way}", asked.rate, *_figures(asked.good)))
        ratios = _ratios(one.alone.good, one.beside.good)
        rows.append(("ratio", one.beside.rate / one.alone.rate, *ratios))
    return Table(title, ("queries", "queries/s", *_COLUMNS), rows)


def _acknowledgements(one: Mixed) -> Table:
    title = f"{NEW:,} new and {AGAIN} changed calls in a second, in {BODIES} bodies: {one.way}"
    rows = [
        ("from when its body was due", *_figures(one.sent.due)),
        ("from when a client was free to send it", *_figures(one.sent.sent)),
    ]
    return Table(title, ("acknowledgement", *_COLUMNS), rows)


def _figures(times: list[float]) -> tuple[float, ...]:
    return percentile(times, 50), percentile(times, 99), percentile(times, 100)


def _ratios(times: list[float], others: list[float]) -> Iterator[float]:
    return (other / one for one, other in zip(_figures(times), _figures(others), strict=True))


def _stream(
    run: Run, people: Population, seconds: int, way: str
) -> tuple[list[bytes], list[bytes]]:
    """Bodies to begin with, and those of the whole time.

    The new calls start on the last day that has any. Calls change some seconds after they came, as
    when a score comes late, or at any age, which is far dearer: each is then found among all.
    """
    begin = datetime.fromisoformat(f"{people.last}T06:00+00:00")
    new = bodies(fresh(NEW * (seconds + LAG), begin, NEW), NEW // BODIES)
    before, following = new[: LAG * BODIES], new[LAG * BODIES :]
    each, rng = AGAIN // BODIES, Random("late changes")
    if way == LATE:
        again = [
            b"".join(changed(line, rng) for line in rng.sample(body.splitlines(), each))
            for body in new[: len(following)]
        ]
    else:
        # Where few calls are stored, they are sent more than once.
        again = bodies(resent(run, AGAIN * seconds * 1.1 / people.calls), each)
    both = zip(following, cycle(again), strict=False)
    return before, [one + other for one, other in both]


def _ask(server: Live, people: Population, seconds: float, seed: int) -> Asked:
    asked = (question.body for question in dashboards(people, seed))
    return ask(server.port, asked, CLIENTS, Budget(seconds, CLIENTS))


def _send(port: int, stream: list[bytes], seconds: float) -> Sent:
    """Send each body when it is due, or as soon after as a client is free, until time is up."""
    remaining = iter(enumerate(stream))
    done = Sent()
    started = time.perf_counter()

    def work() -> None:
        client = Client(port)
        # Iterators of enumerate are safe to share: each pair is handed out under the GIL.
        for place, body in remaining:
            due = started + place / BODIES
            time.sleep(max(due - time.perf_counter(), 0))
            sent = time.perf_counter()
            client.store(body)
            now = time.perf_counter()
            if now > started + seconds:
                break
            done.due.append((now - due) * 1000)
            done.sent.append((now - sent) * 1000)
            done.sizes.append(body.count(b"\n"))
        client.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        for one in [pool.submit(work) for _ in range(SENDERS)]:
            one.result()
    return done
