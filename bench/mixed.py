"""Tenants look at their dashboards while calls come in and old ones are sent again."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle

from bench.cells import failures
from bench.live import Client, Live, serving
from bench.population import Population, population
from bench.questions import dashboards
from bench.records import bodies, fresh, resent
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say
from bench.wire import Asked, Budget, ask

CLIENTS, SENDERS = 16, 8
NEW, AGAIN = 2_000, 200
"""Records in a second: calls that are new, and stored ones with another outcome."""
BODIES = 20
"""Requests in a second that bring them."""
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
        stream = _stream(run, people, seconds)
        say("queries alone")
        alone = _ask(server, people, seconds / 4, seed=1)
        say(f"queries beside the stream, {seconds} s")
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(_send, server.port, stream, seconds)
            beside = _ask(server, people, seconds, seed=2)
            sent = sending.result()
        peak = server.peak()
    rate = sent.records / seconds
    notes = [
        f"Taken: {rate:,.0f} records/s, {rate / (NEW + AGAIN):.0%} of what was to be sent. Peak"
        f" memory of the server: {peak / 1_000_000:,.0f} MB.",
        *failures({"alone": alone, "beside the stream": beside}),
    ]
    details = {
        "queries_ms": beside.good,
        "due_ms": sent.due,
        "sent_ms": sent.sent,
        "records_per_s": rate,
        "peak_bytes": peak,
    }
    return Result([_queries(alone, beside), _acknowledgements(sent)], notes, details)


def _queries(alone: Asked, beside: Asked) -> Table:
    title = f"{CLIENTS} clients, each type in turn, one merchant, 30 days"
    rows: list[Sequence[Cell]] = [
        ("alone", alone.rate, *_figures(alone.good)),
        ("beside the stream", beside.rate, *_figures(beside.good)),
        ("ratio", beside.rate / alone.rate, *_ratios(alone.good, beside.good)),
    ]
    return Table(title, ("queries", "queries/s", *_COLUMNS), rows)


def _acknowledgements(sent: Sent) -> Table:
    title = f"{NEW:,} new and {AGAIN} changed calls in a second, in {BODIES} bodies"
    rows = [
        ("from when its body was due", *_figures(sent.due)),
        ("from when a client was free to send it", *_figures(sent.sent)),
    ]
    return Table(title, ("acknowledgement", *_COLUMNS), rows)


def _figures(times: list[float]) -> tuple[float, ...]:
    return percentile(times, 50), percentile(times, 99), percentile(times, 100)


def _ratios(times: list[float], others: list[float]) -> Iterator[float]:
    return (other / one for one, other in zip(_figures(times), _figures(others), strict=True))


def _stream(run: Run, people: Population, seconds: int) -> list[bytes]:
    """The bodies of the whole time; the new calls start on the last day that has any."""
    begin = datetime.fromisoformat(f"{people.last}T06:00+00:00")
    # A ninth of what is generated are scores, which are left out.
    new = fresh(NEW * seconds, begin, NEW)
    again = resent(run, AGAIN * seconds * 1.1 / people.calls)
    # Where few calls are stored, they are sent more than once.
    both = zip(bodies(new, NEW // BODIES), cycle(bodies(again, AGAIN // BODIES)), strict=False)
    return [first + second for first, second in both]


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
