"""The query types over HTTP, beside the same statements in process."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.inprocess import Asking, asking
from bench.live import Live, serving
from bench.questions import Question, questions
from bench.report import Result, Table, percentile
from bench.run import Run

WARM, LEAST, MOST, SECONDS = 3, 20, 100, 1.5
SCOPES = {
    "A": "all calls",
    "B": "all, one month",
    "C": "one merchant, one month",
    "E": "all, one city of the payload",
}


class Timed(NamedTuple):
    """A question with its times (ms): over HTTP, and of its statements alone."""

    question: Question
    http: list[float]
    engine: list[float]


def measure(run: Run) -> Result:
    folder = run.loaded()
    with asking(folder) as inside, serving(folder) as server:
        timed = [_timed(question, server, inside) for question in questions(run.calls)]
    tables = [
        Table(
            f"Scope {scope}: {text}; ms",
            ("query type", "HTTP p50", "HTTP p99", "statement p50", "ratio of p50"),
            list(_rows([one for one in timed if one.question.scope == scope])),
        )
        for scope, text in SCOPES.items()
    ]
    least = min(len(one.http) for one in timed)
    note = (
        f"Each question {least} to {MOST} times, one client; over HTTP and in process by turns."
        " A p99 of so few is close to the slowest."
    )
    details = {f"{one.question.scope} {one.question.query_type}": one._asdict() for one in timed}
    for one in details.values():
        del one["question"]
    return Result(tables, [note], details)


def _timed(question: Question, server: Live, inside: Asking) -> Timed:
    statements = inside.statements(question.body)
    timed = Timed(question, [], [])
    end = time.perf_counter() + SECONDS
    for number in range(WARM + MOST):
        http = _clocked(lambda: server.client.ask(question.body))
        engine = _clocked(lambda: inside.run(statements))
        if number >= WARM:
            timed.http.append(http)
            timed.engine.append(engine)
        if number >= WARM + LEAST and time.perf_counter() > end:
            break
    return timed


def _clocked(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _rows(timed: list[Timed]) -> Iterator[tuple[str, float, float, float, float]]:
    rows = [
        (
            one.question.query_type,
            percentile(one.http, 50),
            percentile(one.http, 99),
            percentile(one.engine, 50),
            percentile(one.http, 50) / percentile(one.engine, 50),
        )
        for one in timed
    ]
    yield from rows
    yield (
        "median of the types",
        *(statistics.median(row[column] for row in rows) for column in (1, 2, 3, 4)),
    )
