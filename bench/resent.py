"""Queries right after a random hundredth of all calls has been sent again, against before."""

import time
from collections.abc import Mapping, Sequence

from bench.cells import Name, alone, cells, questions
from bench.live import Live, serving
from bench.population import Population, population
from bench.questions import SCOPES, TYPES
from bench.records import bodies, resent
from bench.report import Cell, Result, Table, percentile
from bench.run import Run, say

SCOPES_ASKED = ("A", "B", "C", "E")
SECONDS, SHARE, SIZE = 0.5, 0.01, 10_000
Times = Mapping[Name, list[float]]


def measure(run: Run) -> Result:
    with run.store.copied("resent") as store, serving(store) as server:
        people = population(run, server.client)
        say("preparing records")
        changed = resent(run, SHARE)
        say("asking before")
        before = _asked(server, people)
        say(f"sending {len(changed):,} records again")
        started = time.perf_counter()
        for body in bodies(changed, SIZE):
            server.client.store(body)
        seconds = time.perf_counter() - started
        say("asking after")
        after = _asked(server, people)
    pairs = {name: _medians(before[name], after[name]) for name in before}
    note = (
        f"{len(changed):,} records with another outcome, in bodies of {SIZE:,}:"
        f" {len(changed) / seconds:,.0f} records/s. The same questions before and after, one"
        " client, medians."
    )
    details = {
        str(name): {"before_ms": one, "after_ms": other} for name, (one, other) in pairs.items()
    }
    return Result([_sums(pairs), _ratios(pairs)], [note], details)


def _asked(server: Live, people: Population) -> Times:
    """The times of each cell, in the same order of questions each time."""
    return {
        name: alone(server.port, questions(name, people), SECONDS).times
        for name in cells(SCOPES_ASKED)
    }


def _medians(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Of the questions that both had time for."""
    count = min(len(before), len(after))
    return percentile(before[:count], 50), percentile(after[:count], 50)


def _sums(pairs: Mapping[Name, tuple[float, float]]) -> Table:
    rows: list[Sequence[Cell]] = []
    for scope in SCOPES_ASKED:
        found = [pair for name, pair in pairs.items() if name.scope == scope]
        before, after = (sum(one) for one in zip(*found, strict=True))
        rows.append((f"{scope}: {SCOPES[scope]}", before, after, after / before))
    columns = ("sum of the types", "before, ms", "right after, ms", "ratio")
    return Table("1 % of all calls sent again with another outcome", columns, rows)


def _ratios(pairs: Mapping[Name, tuple[float, float]]) -> Table:
    rows: list[Sequence[Cell]] = []
    for query_type in TYPES:
        found = [pairs[Name(scope, query_type)] for scope in SCOPES_ASKED]
        rows.append((query_type, *(after / before for before, after in found)))
    return Table("Right after against before, by type and scope", ("", *SCOPES_ASKED), rows)
