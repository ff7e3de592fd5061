"""A dashboard asked as one batch, and its twelve queries one after the other."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import msgspec

from bench.live import Client, serving
from bench.population import Population, population
from bench.questions import SCOPES, Question, stream
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say

TWELVE = (
    "call_count",
    "call_duration",
    "outcome_distribution",
    "sentiment_distribution",
    "status_distribution",
    "calls_over_time",
    "avg_duration_over_time",
    "top_outcomes",
    "retry_analysis",
    "provider_breakdown",
    "hourly_heatmap",
    "conversion_funnel",
)
MARKS = {"C": 0.4, "D": 0.4, "B": 0.5, "E": 0.7, "F": 0.6}
"""At most so much of the time of the twelve queries may the batch take."""
DASHBOARDS, WARM = 15, 2
_COLUMNS = ("dashboard", "12 queries: p50 ms", "batch: p50 ms", "ratio", "mark")


def measure(run: Run) -> Result:
    with serving(run.store) as server:
        people = population(run, server.client)
        measured = {scope: _measured(server.client, scope, people) for scope in MARKS}
    rows: list[Sequence[Cell]] = []
    for scope, (single, batch) in measured.items():
        halves = percentile(single, 50), percentile(batch, 50)
        rows.append((f"{scope}: {SCOPES[scope]}", *halves, halves[1] / halves[0], MARKS[scope]))
    note = (
        f"Over HTTP, one client, nothing kept from before: {DASHBOARDS} dashboards a line, each"
        " asked both ways in turn, and the answers compared byte by byte."
    )
    details = {
        scope: {"single_ms": single, "batch_ms": batch}
        for scope, (single, batch) in measured.items()
    }
    title = "A dashboard of twelve as one batch"
    return Result([Table(title, _COLUMNS, rows)], [note], {"cells": details})


def _measured(client: Client, scope: str, people: Population) -> tuple[list[float], list[float]]:
    """Milliseconds of each dashboard: its queries one after the other, and as a batch."""
    say(f"scope {scope}: {SCOPES[scope]}")
    single: list[float] = []
    batch: list[float] = []
    for place, bodies in enumerate(islice(_dashboards(scope, people), WARM + DASHBOARDS)):
        alone, answers = _timed(client, bodies)
        together, (answer,) = _timed(client, [_batch(bodies)], "/analytics/batch")
        if answer != b'{"answers":[' + b",".join(answers) + b"]}":
            raise RuntimeError(f"{scope}: the batch answers otherwise: {bodies[0].decode()}")
        if place >= WARM:
            single.append(alone)
            batch.append(together)
    return single, batch


def _dashboards(scope: str, people: Population) -> Iterator[list[bytes]]:
    """The bodies of twelve queries with the same filters, none of them twice."""
    for question in stream(scope, "calls_over_time", people, seed=3):
        yield [_of_type(question, name).body for name in TWELVE]


def _of_type(question: Question, name: str) -> Question:
    return replace(question, query_type=name)


def _batch(bodies: Sequence[bytes]) -> bytes:
    return msgspec.json.encode({"queries": [msgspec.Raw(body) for body in bodies]})


def _timed(
    client: Client, bodies: Sequence[bytes], path: str = "/analytics"
) -> tuple[float, list[bytes]]:
    started = time.perf_counter()
    answers = [client.send("POST", path, body) for body in bodies]
    return (time.perf_counter() - started) * 1000, answers
