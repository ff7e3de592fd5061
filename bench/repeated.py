"""A dashboard that is asked for again while nothing has changed."""

import shutil
import time

from bench.live import Live, database, serving
from bench.questions import Question, questions
from bench.report import Result, Table, percentile
from bench.run import Run

TIMES = 60
SCOPES = {"A": "all calls", "C": "one merchant, one month"}


def measure(run: Run) -> Result:
    folder = run.loaded()
    other = run.folder / "computing"
    other.mkdir()
    shutil.copyfile(database(folder), database(other))
    rows: list[tuple[str, float, float, float, float]] = []
    with (
        serving(folder, CALLISTICS_ANSWER_CACHE="64") as keeping,
        serving(other) as computing,
    ):
        for scope, text in SCOPES.items():
            asked = [one for one in questions(run.calls) if one.scope == scope]
            kept, computed = _waited(keeping, computing, asked)
            p50, other_p50 = percentile(kept, 50), percentile(computed, 50)
            rows.append((text, p50, percentile(kept, 99), other_p50, other_p50 / p50))
    columns = ("dashboard", "kept p50 ms", "kept p99 ms", "computed p50 ms", "ratio of p50")
    title = "The twelve query types over HTTP, one client, asked again with nothing changed"
    return Result([Table(title, columns, rows)], [f"Each question {TIMES} times, by turns."])


def _waited(keeping: Live, computing: Live, asked: list[Question]) -> tuple[list[float], ...]:
    waited: tuple[list[float], list[float]] = ([], [])
    for number in range(TIMES + 1):
        for one in asked:
            for server, times in zip((keeping, computing), waited, strict=True):
                started = time.perf_counter()
                server.client.ask(one.body)
                # The first time nothing is kept yet.
                if number:
                    times.append((time.perf_counter() - started) * 1000)
    return waited
