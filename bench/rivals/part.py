"""The product's times beside hand-written SQL over raw calls, on DuckDB and on PostgreSQL."""

import json
from collections.abc import Mapping
from datetime import date
from itertools import islice
from pathlib import Path

from bench.cells import LEAST, WARM, cells
from bench.population import Population, known
from bench.questions import stream
from bench.report import Result, load, percentile
from bench.rivals import floor, postgres, raw
from bench.rivals.asking import Answers, Timed, timed
from bench.rivals.dialects import PostgresDialect, RawDialect
from bench.rivals.sql import selection
from bench.rivals.tables import Compared, tables
from bench.run import Run, say


def measure(run: Run) -> Result:
    if run.engine != "duckdb":
        return Result([], ["Measured beside DuckDB alone, whose file the rivals' is made of."])
    people = known(run)
    answers: Answers = json.loads((run.work / "answers.json").read_text("utf-8"))
    path = run.work / "raw.db"
    say("making the table of raw calls")
    raw.build(run.store.path, path)
    speed = floor.bandwidth(2)
    dialect = RawDialect(date.fromisoformat(people.first), date.fromisoformat(people.last))
    with raw.opened(path) as table:
        say("asking DuckDB")
        by_hand = timed(table.run, dialect, people, answers, least=LEAST)
        floors = _floors(table, dialect, people, path, speed)
    postgresql, skipped = _postgres(run, people, answers)
    path.unlink()
    compared = Compared(_product(run), by_hand.times, postgresql.times, floors)
    notes = [
        "Product: over HTTP; DuckDB: SQL by hand over a plain table of calls, ordered by month and"
        " merchant, called from Python; PostgreSQL 15: the same rows in the same order with JSONB"
        " and 7 indexes, over psql's connection. One client, the same questions in the same order,"
        " and each ratio is of the medians over the questions that both had time for.",
        f"{floor.HOW} Two threads read {speed / 1e9:.1f} GB/s here.",
        *_agreement("DuckDB", by_hand),
        *(skipped or _agreement("PostgreSQL", postgresql)),
    ]
    details = {"duckdb_ms": by_hand.times, "postgresql_ms": postgresql.times, "floor_ms": floors}
    return Result(tables(compared), notes, {**details, "bytes_per_s": speed})


def _postgres(run: Run, people: Population, answers: Answers) -> tuple[Timed, list[str]]:
    """Its times, or a note why there are none."""
    if missing := postgres.missing(run):
        return Timed(), [missing]
    with postgres.loaded(run) as server:
        say("asking PostgreSQL")
        with postgres.connected(server) as connection:
            dialect = PostgresDialect()
            return timed(connection.run, dialect, people, answers, least=3), []


def _floors(
    table: raw.Raw, dialect: RawDialect, people: Population, path: Path, speed: float
) -> dict[str, float]:
    """The floor of each cell in ms, the median of a few of its questions."""
    widths = floor.widths(path, people.calls)
    found: dict[str, float] = {}
    for name in cells():
        questions = islice(stream(name.scope, name.query_type, people), WARM, WARM + LEAST)
        least = [
            floor.touched(question, widths) * table.run(selection(question, dialect))[1][0][0]
            for question in questions
        ]
        found[str(name)] = percentile(least, 50) / speed * 1000
    return found


def _product(run: Run) -> Mapping[str, list[float]]:
    """Its own times by cell, ms; nan where there was no answer."""
    result, _ = load(run.results / "queries.json")
    return {
        name: [float("nan") if one is None else one for one in cell["alone_ms"]]
        for name, cell in result.details["cells"].items()
    }


def _agreement(name: str, rival: Timed) -> list[str]:
    agreeing = rival.compared - len(rival.differing)
    text = f"{name}: {agreeing} of {rival.compared} answers of all types and scopes that were"
    return [f"{text} compared count the same as the product.", *rival.differing[:5]]
