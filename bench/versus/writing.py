"""Both builds taking records by turns: into an empty store, into a full one, and changed ones."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice

from bench.builds import OWN, Build
from bench.ingest import IMPORTED, WAYS, Posted, added, posted
from bench.live import Live, serving
from bench.records import bodies, fresh, resent
from bench.report import Cell, Table, percentile
from bench.run import Run, say
from bench.store import Store
from callistics import synthetic

SIZES, TIMED, WARM = (64, 10_000), 8, 1
_FULL = ("", "older build: s", "this build: s", "older ÷ this")
_EMPTY = ("", "older build: records/s", "this build: records/s", "this ÷ older", "mark")
_CHANGED = ("calls", "older build: p50 ms", "this build: p50 ms", "older ÷ this", "mark")
_MARKS = {1: 1.7, 1_000: 2.0, 64: 5.0, 10_000: 3.0}


def tables(run: Run, older: Build, loaded: Store) -> list[Table]:
    """All of it; `loaded` is the older build's database of all calls."""
    return [_empty(run, older), _full(run, older, loaded), _changed(run, older, loaded)]


def _empty(run: Run, older: Build) -> Table:
    """Small bodies of many clients, each build twice, the one that was last then first."""
    rows: list[Sequence[Cell]] = []
    for way in (way for way in WAYS if way.clients > 1):
        found: dict[Build, list[Posted]] = {older: [], OWN: []}
        for build in (older, OWN, OWN, older):
            found[build].append(posted(run, way, build))
        before, now = (_rate(one) for one in found.values())
        rows.append((way.title, before, now, now / before, _MARKS[way.size]))
    return Table("`POST /calls` into an empty store", _EMPTY, rows)


def _rate(done: Sequence[Posted]) -> float:
    return sum(one.records for one in done) / sum(one.seconds for one in done)


def _full(run: Run, older: Build, loaded: Store) -> Table:
    """`callistics import` of more calls beside those that are stored."""
    pairs = ((older, loaded), (OWN, run.store))
    done = [added(run, store, build) for build, store in pairs]
    title = f"`callistics import` of new calls of all 24 months into the store of {run.calls:,}"
    calls = min(IMPORTED, run.calls // 2)
    rows = {
        f"{calls:,} more": [one.seconds for one, _ in done],
        "the same, until everything is in order": [one.seconds + more for one, more in done],
    }
    return Table(
        title, _FULL, [(what, before, now, before / now) for what, (before, now) in rows.items()]
    )


def _changed(run: Run, older: Build, loaded: Store) -> Table:
    """Stored calls of any age sent with another outcome, on copies."""
    say("preparing changes")
    share = sum(SIZES) * (TIMED + WARM) * 1.1 / run.calls
    made = _by_size(resent(run, share))
    with ExitStack() as opened:
        servers = [
            opened.enter_context(serving(opened.enter_context(store.copied(name)), build=build))
            for name, store, build in (
                ("changed-older", loaded, older),
                ("changed-own", run.store, OWN),
            )
        ]
        _begin(run, servers)
        rows = [_row(size, changes, servers) for size, changes in made.items()]
    return Table("Stored calls of any age changed, a body at a time", _CHANGED, rows)


def _by_size(records: Sequence[bytes]) -> Mapping[int, list[bytes]]:
    """Bodies of each size; fewer where few calls are stored."""
    remaining: Iterator[bytes] = iter(records)
    return {size: bodies(list(islice(remaining, size * (WARM + TIMED))), size) for size in SIZES}


def _begin(run: Run, servers: Sequence[Live]) -> None:
    """Let the engines read in the background which ids are stored, as they do from the first on."""
    (first,) = bodies(fresh(1, synthetic.UNTIL, 1), 1)
    for server in servers:
        server.client.store(first)
    time.sleep(1 + run.calls / 1_000_000)


def _row(size: int, changes: Sequence[bytes], servers: Sequence[Live]) -> Sequence[Cell]:
    say(f"changing {size:,} calls at a time")
    times: tuple[list[float], ...] = tuple([] for _ in servers)
    for place, body in enumerate(changes):
        for server, taken in zip(servers, times, strict=True):
            started = time.perf_counter()
            server.client.store(body)
            if place >= WARM:
                taken.append((time.perf_counter() - started) * 1000)
    before, now = (percentile(one, 50) for one in times)
    ratio = before / now if times[0] else math.nan
    return f"{size:,}", before, now, ratio, _MARKS[size]
