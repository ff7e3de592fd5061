"""A dashboard that is asked for again while nothing has changed."""

from collections.abc import Sequence
from itertools import islice

from bench.cells import cells
from bench.live import Live, serving
from bench.population import Population, population
from bench.questions import SCOPES, TYPES, stream
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say
from bench.wire import Budget, ask

TIMES, COMPUTED = 50, 3
ASKED = ("A", "B", "C", "E")
_COLUMNS = (
    "dashboard",
    "kept: server p50 µs",
    "kept: HTTP p50 ms",
    "computed: server p50 ms",
    "computed: HTTP p50 ms",
    "ratio of HTTP p50",
)


def measure(run: Run) -> Result:
    measured: list[dict[str, tuple[float, float]]] = []
    for kept, times in (("64", TIMES), ("0", COMPUTED)):
        with serving(run.store, CALLISTICS_ANSWER_CACHE=kept) as server:
            people = population(run, server.client)
            say("answers kept" if kept != "0" else "answers computed")
            measured.append({scope: _asked(server, scope, people, times) for scope in ASKED})
    kept_times, computed = measured
    rows: list[Sequence[Cell]] = [
        (
            f"{scope}: {SCOPES[scope]}",
            kept_times[scope][0] * 1000,
            kept_times[scope][1],
            *computed[scope],
            computed[scope][1] / kept_times[scope][1],
        )
        for scope in ASKED
    ]
    title = "Queries, one of each type, asked again and again with nothing changed"
    note = f"One client; kept: {TIMES} times each, computed: {COMPUTED} times each."
    return Result([Table(title, _COLUMNS, rows)], [note])


def _asked(server: Live, scope: str, people: Population, times: int) -> tuple[float, float]:
    """Median ms of all repetitions: by the server's own clock, and over HTTP."""
    bodies = [
        next(stream(name.scope, name.query_type, people, seed=2)).body for name in cells(scope)
    ]
    again = bodies * times
    # The first time nothing is kept yet.
    ask(server.port, iter(bodies), 1, Budget(0, len(TYPES), len(TYPES)))
    own: list[float] = []
    for body in islice(again, len(TYPES) * min(times, 20)):
        server.client.ask(body)
        own.append(server.client.timing["total"])
    asked = ask(server.port, iter(again), 1, Budget(0, len(again), len(again)))
    return percentile(own, 50), percentile(asked.good, 50)
