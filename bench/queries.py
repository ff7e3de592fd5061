"""The query types in every scope, over HTTP: one client, then many."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from bench.cells import Name, alone, cells, failures, median, questions, samples, summed
from bench.live import Live, serving
from bench.population import Population, population
from bench.questions import SCOPES
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say
from bench.wire import Asked, Budget, ask

CLIENTS = 16
SECONDS = 1.2
SLOW = 2_000
"""Milliseconds of an answer from which on many clients at once are not waited for."""
KEPT = 3
"""Answers of each cell that are kept, to compare those of others with."""
_COLUMNS = (
    "query type",
    "p50 ms",
    "p99 ms",
    "queries/s",
    f"p50 ms, {CLIENTS} clients",
    f"p99 ms, {CLIENTS} clients",
    f"queries/s, {CLIENTS} clients",
)


class Measured(NamedTuple):
    """One client's times, and those of many at once, None where one alone is slow."""

    alone: Asked
    many: Asked | None


def measure(run: Run) -> Result:
    with serving(run.store) as server:
        ready = server.ready
        people = population(run, server.client)
        measured = dict(_measured(server, people))
        peak = server.peak()
    _keep_answers(run, measured)
    tables = [_table(scope, measured) for scope in SCOPES]
    at_once = {name: one.many for name, one in measured.items() if one.many is not None}
    single = [one.alone for one in measured.values()]
    notes = [
        f"Ready after {ready:.2f} s. Peak memory of the server: {peak / 1_000_000:,.0f} MB.",
        f"No two questions are equal. Answers behind a cell: {samples(single)} with one"
        f" client, {samples(list(at_once.values()))} with {CLIENTS}, which share the cores with the"
        " server. A p99 of few answers is the slowest of them.",
        *failures({f"{name}, one client": one.alone for name, one in measured.items()}),
        *failures({f"{name}, {CLIENTS} clients": many for name, many in at_once.items()}),
    ]
    details = {
        "ready_s": ready,
        "peak_bytes": peak,
        "cells": {str(name): _details(one) for name, one in measured.items()},
    }
    return Result(tables, notes, details)


def _measured(server: Live, people: Population) -> Sequence[tuple[Name, Measured]]:
    found: list[tuple[Name, Measured]] = []
    for scope, names in groupby(cells(), lambda name: name.scope):
        say(f"scope {scope}: {SCOPES[scope]}")
        for name in names:
            asked = questions(name, people)
            one = alone(server.port, asked, SECONDS, KEPT)
            many = None
            if median(one) < SLOW:
                many = ask(server.port, asked, CLIENTS, Budget(SECONDS, CLIENTS))
            found.append((name, Measured(one, many)))
    return found


def _table(scope: str, measured: Mapping[Name, Measured]) -> Table:
    rows: list[Sequence[Cell]] = [
        (name.query_type, *_figures(one.alone), *_figures(one.many))
        for name, one in measured.items()
        if name.scope == scope
    ]
    return Table(f"Scope {scope}: {SCOPES[scope]}", _COLUMNS, [*rows, summed(rows, (1, 4))])


def _figures(asked: Asked | None) -> tuple[float | None, float | None, float | None]:
    if asked is None:
        return None, None, None
    return percentile(asked.good, 50), percentile(asked.good, 99), asked.rate


def _details(one: Measured) -> dict[str, object]:
    return {
        "alone_ms": one.alone.times,
        "many_ms": one.many.times if one.many else [],
        "many_s": one.many.seconds if one.many else None,
    }


def _keep_answers(run: Run, measured: Mapping[Name, Measured]) -> None:
    """The rows of each cell's first timed questions, in the folder of the run."""
    kept = {
        str(name): {place: json.loads(body)["data"] for place, body in one.alone.answers.items()}
        for name, one in measured.items()
    }
    (run.work / "answers.json").write_text(json.dumps(kept), encoding="utf-8")
