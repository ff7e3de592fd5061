"""Tenants look at their dashboards while calls come in and old ones are sent again.

This build is asked for each dashboard as a batch; an older one for its queries one after the other.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle, islice
from random import Random

from bench import older
from bench.builds import OWN, Build
from bench.cells import failures
from bench.live import Client, Live, serving
from bench.population import Population, population
from bench.questions import TYPES, as_batch, dashboards
from bench.records import bodies, changed, fresh, resent
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say
from bench.store import Store
from bench.wire import ANALYTICS, BATCHES, Asked, Budget, ask

CLIENTS, SENDERS = 16, 8
NEW, AGAIN = 2_000, 200
"""Records in a second: calls that are new, and stored ones with another outcome."""
BODIES = 20
"""Requests in a second that bring them."""
LAG = 5
"""Seconds from a call to its late change."""
LATE, ANY_AGE = "late changes", "changes at any age"
THIS, OLDER = "this build", "older build"
MARKS = "Marks: all of the stream taken, acknowledged within 300 ms (p99), and 800 answers/s."
_FAILED = b'"type":"urn:callistics:problem:'
_COLUMNS = ("p50 ms", "p99 ms", "max ms")


@dataclass(slots=True)
class Sent:
    """Milliseconds from when each body was due, and from when it was sent, to its acknowledgement.

    `sizes` are the records of each; all that were sent within the time count.
    """

    due: list[float] = field(default_factory=list[float])
    sent: list[float] = field(default_factory=list[float])
    sizes: list[int] = field(default_factory=list[int])


@dataclass(frozen=True, slots=True)
class Mixed:
    """Dashboards alone and beside a stream; `taken` is a share of it, `peak` is bytes.

    An answer to a request has `each` answers to queries in it.
    """

    build: str
    way: str
    each: int
    alone: Asked
    beside: Asked
    sent: Sent
    taken: float
    peak: int

    @property
    def name(self) -> str:
        """`this build, late changes`."""
        return f"{self.build}, {self.way}"

    @property
    def asked(self) -> Mapping[str, Asked]:
        """The requests by when they were sent."""
        return {"alone": self.alone, "beside the stream": self.beside}


def measure(run: Run) -> Result:
    builds: dict[str, tuple[Build, Store]] = {THIS: (OWN, run.store)}
    if run.beside is not None:
        builds[OLDER] = (run.beside, older.store(run, run.beside))
    found = [
        _way(run, name, way, *build) for way in (LATE, ANY_AGE) for name, build in builds.items()
    ]
    tables = [_summary(found), _requests(found), *(_acknowledgements(one) for one in found)]
    notes = [
        "A request is a dashboard of twelve as one batch with this build, one of its queries with"
        f" the older. {MARKS}",
        *failures(
            {f"{one.name}, {when}": asked for one in found for when, asked in one.asked.items()}
        ),
    ]
    details = {
        one.name: {
            "requests_ms": one.beside.good,
            "due_ms": one.sent.due,
            "sent_ms": one.sent.sent,
            "taken": one.taken,
            "peak_bytes": one.peak,
        }
        for one in found
    }
    return Result(tables, notes if run.beside else [*notes, older.NONE], details)


def _way(run: Run, name: str, way: str, build: Build, loaded: Store) -> Mixed:
    """Dashboards alone, then beside a stream, on a copy of its own."""
    with loaded.copied("mixed") as store, serving(store, build=build) as server:
        people = population(run, server.client)
        say(f"{name}, {way}: preparing records")
        before, stream = _stream(run, people, run.seconds, way)
        for body in before:
            server.client.store(body)
        say("dashboards alone")
        alone = _ask(server, name, people, run.seconds / 4, seed=1)
        say(f"dashboards beside the stream, {run.seconds} s")
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(_send, server.port, stream, run.seconds)
            beside = _ask(server, name, people, run.seconds, seed=2)
            sent = sending.result()
        taken = sum(sent.sizes) / sum(body.count(b"\n") for body in stream)
        each = len(TYPES) if name == THIS else 1
        return Mixed(name, way, each, alone, beside, sent, taken, server.peak())


def _summary(found: Sequence[Mixed]) -> Table:
    """What the marks are about; ratios are of this build to the older."""
    columns = ("", "answers/s", "stream taken, %", "acknowledged, p99 ms", "peak memory, MB")
    rows: list[Sequence[Cell]] = []
    for way in (LATE, ANY_AGE):
        figures = {one.build: _marked(one) for one in found if one.way == way}
        rows += [(f"{name}, {way}", *cells) for name, cells in figures.items()]
        if OLDER in figures:
            pairs = zip(figures[THIS], figures[OLDER], strict=True)
            rows.append((f"{THIS} ÷ {OLDER}", *(one / other for one, other in pairs)))
    return Table(f"{CLIENTS} clients and the stream at once", columns, rows)


def _marked(one: Mixed) -> tuple[float, ...]:
    answers = one.beside.rate * one.each
    return answers, one.taken * 100, percentile(one.sent.due, 99), one.peak / 1_000_000


def _requests(found: Sequence[Mixed]) -> Table:
    title = f"{CLIENTS} clients, each a dashboard of one merchant and 30 days again and again"
    rows: list[Sequence[Cell]] = []
    for one in found:
        for when, asked in one.asked.items():
            rows.append((f"{one.name}, {when}", asked.rate * one.each, *_figures(asked.good)))
        ratios = _ratios(one.alone.good, one.beside.good)
        rows.append(("ratio", one.beside.rate / one.alone.rate, *ratios))
    return Table(title, ("requests", "answers/s", *_COLUMNS), rows)


def _acknowledgements(one: Mixed) -> Table:
    title = f"{NEW:,} new and {AGAIN} changed calls in a second, in {BODIES} bodies: {one.name}"
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


def _ask(server: Live, name: str, people: Population, seconds: float, seed: int) -> Asked:
    """Ask the build's way. Raises `RuntimeError` where a query of a batch went wrong."""
    asked, budget = dashboards(people, seed), Budget(seconds, CLIENTS)
    if name == OLDER:
        single = (question.body for question in asked)
        return ask(server.port, single, CLIENTS, budget, head=ANALYTICS)
    batches = iter(lambda: as_batch(list(islice(asked, len(TYPES)))), b"")
    done = ask(server.port, batches, CLIENTS, budget, budget.most, BATCHES)
    wrong = [answer for answer in done.answers.values() if _FAILED in answer]
    if wrong:
        raise RuntimeError(f"{len(wrong)} batches have queries that failed: {wrong[0][-500:]!r}")
    done.answers.clear()
    return done


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
            if sent > started + seconds:
                break
            client.store(body)
            now = time.perf_counter()
            done.due.append((now - due) * 1000)
            done.sent.append((now - sent) * 1000)
            done.sizes.append(body.count(b"\n"))
        client.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        for one in [pool.submit(work) for _ in range(SENDERS)]:
            one.result()
    return done
