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
_COLUMNS = ("p50 ms", "p99 ms", "max ms")


@dataclass(slots=True)
class Sent:
    """Milliseconds from when each body was due, and from when it was sent, to its acknowledgement.

    `records` were acknowledged within the time.
    """

    due: list[float] = field(default_factory=list[float])
    sent: list[float] = field(default_factory=list[float])
    records: int = 0


def measure(run: Run) -> Result:
    seconds = run.seconds
    with run.store.copied("mixed") as store, serving(store) as server:
        people = population(run, server.client)
        say("preparing records")
        streams = _streams(run, people, seconds)
        say("queries alone")
        alone = _ask(server, people, seconds / 4, seed=1)
        beside: dict[str, Asked] = {}
        sent: dict[str, Sent] = {}
        for seed, (way, stream) in enumerate(streams.items(), start=2):
            say(f"queries beside {way}, {seconds} s")
            beside[way], sent[way] = _both(server, people, stream, seconds, seed)
        peak = server.peak()
    notes = [
        *(_taken(way, one.records / seconds) for way, one in sent.items()),
        f"Peak memory of the server: {peak / 1_000_000:,.0f} MB.",
        *failures({"alone": alone, **beside}),
    ]
    details = {
        way: {
            "queries_ms": beside[way].good,
            "due_ms": one.due,
            "sent_ms": one.sent,
            "records_per_s": one.records / seconds,
        }
        for way, one in sent.items()
    }
    tables = [_queries(alone, beside), *(_acknowledgements(*one) for one in sent.items())]
    return Result(tables, notes, {**details, "peak_bytes": peak})


def _both(
    server: Live, people: Population, stream: list[bytes], seconds: int, seed: int
) -> tuple[Asked, Sent]:
    """Ask while the stream is sent."""
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(_send, server.port, stream, seconds)
        return _ask(server, people, seconds, seed), sending.result()


def _taken(way: str, rate: float) -> str:
    share = rate / (NEW + AGAIN)
    return f"Taken of {way}: {rate:,.0f} records/s, {share:.0%} of what was to be sent."


def _queries(alone: Asked, beside: dict[str, Asked]) -> Table:
    title = f"{CLIENTS} clients, each type in turn, one merchant, 30 days"
    rows: list[Sequence[Cell]] = [("alone", alone.rate, *_figures(alone.good))]
    for way, asked in beside.items():
        rows.append((f"beside {way}", asked.rate, *_figures(asked.good)))
        rows.append(("against alone", asked.rate / alone.rate, *_ratios(alone.good, asked.good)))
    return Table(title, ("queries", "queries/s", *_COLUMNS), rows)


def _acknowledgements(way: str, sent: Sent) -> Table:
    title = f"{NEW:,} new and {AGAIN} changed calls in a second, in {BODIES} bodies: {way}"
    rows = [
        ("from when its body was due", *_figures(sent.due)),
        ("from when a client was free to send it", *_figures(sent.sent)),
    ]
    return Table(title, ("acknowledgement", *_COLUMNS), rows)


def _figures(times: list[float]) -> tuple[float, ...]:
    return percentile(times, 50), percentile(times, 99), percentile(times, 100)


def _ratios(times: list[float], others: list[float]) -> Iterator[float]:
    return (other / one for one, other in zip(_figures(times), _figures(others), strict=True))


def _streams(run: Run, people: Population, seconds: int) -> dict[str, list[bytes]]:
    """The bodies of the whole time; the new calls start on the last day that has any.

    Calls change either some seconds after they were stored, as when a score comes late, or at any
    age, which is far dearer: each is then to be found among all.
    """
    begin = datetime.fromisoformat(f"{people.last}T06:00+00:00")
    # A ninth of what is generated are scores, which are left out.
    new = bodies(fresh(2 * NEW * seconds, begin, NEW), NEW // BODIES)
    first, second = new[: len(new) // 2], new[len(new) // 2 :]
    rng = Random("late changes")
    lag, each = LAG * BODIES, AGAIN // BODIES
    late = [b""] * lag + [
        b"".join(changed(line, rng) for line in rng.sample(body.splitlines(), each))
        for body in first[:-lag]
    ]
    # Where few calls are stored, they are sent more than once.
    old = cycle(bodies(resent(run, AGAIN * seconds * 1.1 / people.calls), each))
    return {
        "late changes": [one + other for one, other in zip(first, late, strict=True)],
        "changes at any age": [one + other for one, other in zip(second, old, strict=False)],
    }


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
            done.records += body.count(b"\n")
        client.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        for one in [pool.submit(work) for _ in range(SENDERS)]:
            one.result()
    return done
