"""Asking a cell - a query type in a scope - over HTTP, for as long as it needs."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.population import Population
from bench.questions import SCOPES, TYPES, stream
from bench.report import Cell, percentile
from bench.wire import Asked, Budget, ask

WARM = 2
LEAST = 5


@dataclass(frozen=True, slots=True)
class Name:
    """A query type in a scope."""

    scope: str
    query_type: str

    def __str__(self) -> str:
        return f"{self.scope} {self.query_type}"


def cells(scopes: Sequence[str] = tuple(SCOPES)) -> Iterator[Name]:
    """Every query type in each of the scopes."""
    return (Name(scope, query_type) for scope in scopes for query_type in TYPES)


def questions(name: Name, people: Population) -> Iterator[bytes]:
    """Bodies of the cell, none twice; the first `WARM` of them are asked untimed."""
    return (question.body for question in stream(name.scope, name.query_type, people))


def alone(port: int, asked: Iterator[bytes], seconds: float, keep: int = 0) -> Asked:
    """One client, after a warm-up."""
    ask(port, asked, 1, Budget(0, WARM, WARM))
    return ask(port, asked, 1, Budget(seconds, LEAST), keep)


def median(asked: Asked) -> float:
    """The middle of the times, in ms."""
    return percentile(asked.good, 50)


def summed(rows: Sequence[Sequence[Cell]], places: Sequence[int]) -> list[Cell]:
    """A last row with the sums of some columns."""
    width = len(rows[0])
    cells: list[Cell] = [None] * width
    cells[0] = "sum of the types"
    for place in places:
        cells[place] = sum(float(row[place] or 0) for row in rows)
    return cells


def failures(measured: Mapping[str, Asked]) -> list[str]:
    """A note on questions that were not answered; none if all were."""
    failed = {name: asked.failures for name, asked in measured.items() if asked.failures}
    if not failed:
        return []
    listed = "; ".join(f"{name}: {len(said)}, {said[0]}" for name, said in failed.items())
    return [f"Not answered with 200: {listed}"]


def samples(measured: Sequence[Asked]) -> str:
    """How many answers stand behind a cell."""
    counts = sorted(len(asked.good) for asked in measured)
    return f"{counts[0]:,} to {counts[-1]:,}, in the middle {statistics.median(counts):,.0f}"
