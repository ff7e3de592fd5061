"""What a request costs outside the engine, in CPU time and in time waited."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import msgspec

from bench.inprocess import asking
from bench.live import CANNED, Live, serving
from bench.questions import month_of_days
from bench.records import bodies, lines
from bench.report import Result, Table, percentile
from bench.run import SMALL, Run
from bench.store import Store

ROUNDS, REQUESTS, PAUSE = 5, 300, 0.001
_LESS = "= outside the engine, by subtraction"
_DIRECT = "outside the engine, directly: its rows come from memory"


def measure(run: Run) -> Result:
    if run.engine != "duckdb":
        return Result([], ["Measured on DuckDB alone, whose share is the smaller."])
    store, body = _loaded(run)
    waited: dict[str, list[float]] = {"client": [], "total": [], "engine": []}
    rounds: list[dict[str, float]] = []
    with (
        store.copied("overhead-inside") as copy,
        store.copied("overhead-canned") as other,
        asking(copy) as inside,
        serving(store) as server,
        serving(other, CANNED) as canned,
    ):
        assert len(msgspec.json.decode(server.client.ask(body))["data"]) == 31
        statements = inside.statements(body)
        ways: dict[str, Callable[[], float]] = {
            "server": lambda: _served(server, lambda: _ask(server, body, waited)),
            "canned": lambda: _served(canned, lambda: canned.client.ask(body)),
            "engine": lambda: _here(lambda: inside.run(statements)),
            "engine, paused": lambda: _here(lambda: inside.run(statements), PAUSE),
            "steps and engine": lambda: _here(lambda: inside.answer(body)),
            "health": lambda: _served(server, lambda: server.client.send("GET", "/health/live")),
        }
        for number in range(ROUNDS + 1):
            found = {name: cpu() for name, cpu in ways.items()}
            if number:
                rounds.append(found)
            else:
                waited = {name: [] for name in waited}
    return _result(rounds, waited)


def _loaded(run: Run) -> tuple[Store, bytes]:
    """A store of few calls, and a question with 31 rows: the size of the data is not the matter."""
    store = run.empty("overhead")
    with serving(store) as server:
        for body in bodies(lines(min(run.calls, SMALL)), 10_000):
            server.client.store(body)
        return store, month_of_days(server.client)


def _served(server: Live, request: Callable[[], object]) -> float:
    """CPU milliseconds of the server for one request."""
    before = server.cpu()
    for _ in range(REQUESTS):
        request()
    return (server.cpu() - before) / REQUESTS * 1000


def _here(work: Callable[[], None], pause: float = 0) -> float:
    """CPU milliseconds of this process, all its threads, for one piece of work."""
    before = time.process_time()
    for _ in range(REQUESTS):
        if pause:
            time.sleep(pause)
        work()
    return (time.process_time() - before) / REQUESTS * 1000


def _ask(server: Live, body: bytes, waited: dict[str, list[float]]) -> None:
    started = time.perf_counter()
    server.client.ask(body)
    waited["client"].append((time.perf_counter() - started) * 1000)
    for name, value in server.client.timing.items():
        waited[name].append(value)


def _result(rounds: list[dict[str, float]], waited: dict[str, list[float]]) -> Result:
    derived: dict[str, list[float]] = {
        "The server's process, whole": [one["server"] for one in rounds],
        "less the engine: the same statement in process": [one["engine"] for one in rounds],
        _LESS: [one["server"] - one["engine"] for one in rounds],
        _DIRECT: [one["canned"] for one in rounds],
        "the engine with a pause of 1 ms before each run, as in a server": [
            one["engine, paused"] for one in rounds
        ],
        "of which parse, plan, compile, shape, in process": [
            one["steps and engine"] - one["engine"] for one in rounds
        ],
        "for comparison: GET /health/live": [one["health"] for one in rounds],
    }
    cpu = Table(
        f"CPU for one `POST /analytics` with 31 rows, ms: median, least and most of {ROUNDS}"
        f" rounds of {REQUESTS}",
        ("", "median", "least", "most"),
        [(name, statistics.median(ms), min(ms), max(ms)) for name, ms in derived.items()],
    )
    names = {
        "client": "one client's clock",
        "total": "`Server-Timing` total: body read to answer shaped",
        "engine": "`Server-Timing` engine",
    }
    wall = Table(
        f"Time of the same {len(waited['client']):,} requests, ms",
        ("", "p50", "p99"),
        [(text, *_percentiles(waited[name])) for name, text in names.items()],
    )
    both = {name: statistics.median(derived[name]) for name in (_LESS, _DIRECT)}
    verdict = "holds both ways" if max(both.values()) < 1 else "does not hold"
    verdict = "holds one way only" if min(both.values()) < 1 <= max(both.values()) else verdict
    note = (
        f"Claim: below 1 ms of CPU outside the engine. It {verdict}: {both[_LESS]:.2f} ms by"
        f" subtraction, {both[_DIRECT]:.2f} ms with an engine that answers from memory."
    )
    details: dict[str, Any] = {"rounds_cpu_ms": rounds, "outside_cpu_ms": both}
    return Result([cpu, wall], [note], details)


def _percentiles(values: list[float]) -> tuple[float, float]:
    return percentile(values, 50), percentile(values, 99)
