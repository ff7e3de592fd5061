"""A dashboard asked as one batch, beside its twelve queries one after the other of this and others.

The others are an older build over HTTP, and PostgreSQL by hand over its own connection."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from bench import older
from bench.live import Client, serving
from bench.population import Population, population
from bench.questions import SCOPES, TYPES, Question, as_batch, stream
from bench.report import Cell, Result, Table, percentile
from bench.rivals import postgres
from bench.rivals.dialects import PostgresDialect
from bench.rivals.sql import statement
from bench.run import Run, say

MARKS = {"C": 0.4, "D": 0.4, "B": 0.5, "E": 0.7, "F": 0.6}
"""At most so much of the time of the twelve queries may the batch take."""
MERCHANTS = ("C", "D")
"""Where PostgreSQL is asked as well: beyond a merchant's month it takes seconds for each query."""
DASHBOARDS, WARM = 15, 2
SINGLE, BATCH, OLDER, POSTGRESQL = "single", "batch", "older", "postgresql"
_COLUMNS = ("dashboard", "12 queries: p50 ms", "batch: p50 ms", "ratio", "mark")
_BESIDE = (
    "dashboard",
    "batch: p50 ms",
    "older build, 12 queries: p50 ms",
    "older build ÷ batch",
    "PostgreSQL, 12 queries: p50 ms",
    "PostgreSQL ÷ batch",
)
Ask = Callable[[Sequence[Question]], tuple[float, list[bytes]]]
"""Milliseconds for a dashboard, and its answers, none of a rival."""
Times = Mapping[str, list[float]]
"""Milliseconds of each dashboard by who answered how."""


def measure(run: Run) -> Result:
    with older.asked(run) as other, _postgres(run) as by_hand, serving(run.store) as server:
        people = population(run, server.client)
        ways = {SINGLE: _singly(server.client), BATCH: _together(server.client)}
        if other is not None:
            ways[OLDER] = _singly(other.client)
        measured: dict[str, Times] = {}
        for scope in MARKS:
            also = {POSTGRESQL: by_hand} if by_hand and scope in MERCHANTS else {}
            measured[scope] = _measured({**ways, **also}, scope, people)
    title = "A dashboard of twelve as one batch"
    tables = [
        Table(title, _COLUMNS, [_row(scope, times) for scope, times in measured.items()]),
        Table(
            "The batch beside others: their time ÷ its own",
            _BESIDE,
            [_beside(scope, times) for scope, times in measured.items()],
        ),
    ]
    notes = [
        f"One client, nothing kept from before: {DASHBOARDS} dashboards a line, each asked in all"
        " ways in turn. Callistics over HTTP, the answers of the batch and of the twelve compared"
        " byte by byte; PostgreSQL over its own connection. Mark: PostgreSQL ÷ batch at least 0.5"
        " for one merchant's month of a million calls."
    ]
    if other is None:
        notes.append(older.NONE)
    if by_hand is None:
        notes.append(postgres.missing(run))
    return Result(tables, notes, {"ms": measured})


@contextmanager
def _postgres(run: Run) -> Generator[Ask | None]:
    """What asks PostgreSQL; None where it cannot be measured."""
    if postgres.missing(run) or run.engine != "duckdb":
        yield None
        return
    dialect = PostgresDialect()
    with postgres.loaded(run) as server, postgres.connected(server) as connection:

        def ask(asked: Sequence[Question]) -> tuple[float, list[bytes]]:
            return sum(connection.run(statement(one, dialect))[0] for one in asked), []

        yield ask


def _singly(client: Client) -> Ask:
    """Ask the queries one after the other."""
    return lambda asked: _timed(client, [one.body for one in asked], "/analytics")


def _together(client: Client) -> Ask:
    """Ask them as a batch."""
    return lambda asked: _timed(client, [as_batch(asked)], "/analytics/batch")


def _timed(client: Client, bodies: Sequence[bytes], path: str) -> tuple[float, list[bytes]]:
    started = time.perf_counter()
    answers = [client.send("POST", path, body) for body in bodies]
    return (time.perf_counter() - started) * 1000, answers


def _measured(ways: Mapping[str, Ask], scope: str, people: Population) -> Times:
    say(f"scope {scope}: {SCOPES[scope]}")
    names = tuple(ways)
    times: dict[str, list[float]] = {name: [] for name in names}
    for place, asked in enumerate(islice(_dashboards(scope, people), WARM + DASHBOARDS)):
        answers: dict[str, list[bytes]] = {}
        for name in names if place % 2 else reversed(names):
            taken, answers[name] = ways[name](asked)
            if place >= WARM:
                times[name].append(taken)
        if answers[BATCH] != [b'{"answers":[' + b",".join(answers[SINGLE]) + b"]}"]:
            raise RuntimeError(f"{scope}: the batch answers otherwise: {asked[0].body.decode()}")
    return times


def _dashboards(scope: str, people: Population) -> Iterator[list[Question]]:
    """Twelve queries with the same filters, no dashboard twice."""
    for question in stream(scope, "calls_over_time", people, seed=3):
        yield [replace(question, query_type=name) for name in TYPES]


def _row(scope: str, times: Times) -> Sequence[Cell]:
    single, batch = _median(times, SINGLE), _median(times, BATCH)
    return f"{scope}: {SCOPES[scope]}", single, batch, batch / single, MARKS[scope]


def _beside(scope: str, times: Times) -> Sequence[Cell]:
    """Cells of what was not asked are nan, which are shown empty."""
    batch = _median(times, BATCH)
    others = (_median(times, OLDER), _median(times, POSTGRESQL))
    ratios = [cell for other in others for cell in (other, other / batch)]
    return f"{scope}: {SCOPES[scope]}", batch, *ratios


def _median(times: Times, name: str) -> float:
    return percentile(times.get(name, []), 50)
