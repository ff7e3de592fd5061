"""Product, rivals and floor side by side: sums by scope, then each scope by query type."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.cells import cells
from bench.questions import SCOPES
from bench.report import Cell, Table, percentile

LEAST_FLOOR = 0.01
"""Milliseconds below which nothing is stated as a multiple of the floor."""

Times = Mapping[str, list[float]]
_FIGURES = ("product ms", "DuckDB ms", "PostgreSQL ms", "floor ms")
_RATIOS = ("DuckDB ÷ product", "PostgreSQL ÷ product", "product ÷ floor")


@dataclass(frozen=True, slots=True)
class Compared:
    """Times by cell, ms, in one order of questions; a rival without times was left out."""

    product: Times
    duckdb: Times
    postgresql: Times
    floor: Mapping[str, float]

    def figures(self, cell: str) -> list[float]:
        """As `_FIGURES`, medians."""
        times = (one.get(cell, []) for one in (self.product, self.duckdb, self.postgresql))
        return [*(_median(one) for one in times), self.floor[cell]]

    def paired(self, cell: str) -> list[float]:
        """Medians over the questions of both: (product, DuckDB), (product, PostgreSQL)."""
        product = self.product[cell]
        rivals = (self.duckdb.get(cell, []), self.postgresql.get(cell, []))
        return [
            _median(times[: min(len(product), len(rival))])
            for rival in rivals
            for times in (product, rival)
        ]


def _median(times: Sequence[float]) -> float:
    return percentile([one for one in times if not math.isnan(one)], 50)


def tables(compared: Compared) -> list[Table]:
    """The sums of all scopes, then a table for each."""
    sums = [
        _row(f"{scope}: {text}", [str(name) for name in cells(scope)], compared)
        for scope, text in SCOPES.items()
    ]
    title = "Sums of the medians of the query types"
    return [
        Table(title, ("scope", *_FIGURES, *_RATIOS), sums),
        *(_table(scope, compared) for scope in SCOPES),
    ]


def _table(scope: str, compared: Compared) -> Table:
    rows = [_row(name.query_type, [str(name)], compared) for name in cells(scope)]
    return Table(f"Scope {scope}: {SCOPES[scope]}", ("query type", *_FIGURES, *_RATIOS), rows)


def _row(title: str, names: Sequence[str], compared: Compared) -> Sequence[Cell]:
    """The sums over some cells, and the ratios of such sums."""
    product, by_hand, postgresql, floor = _sums([compared.figures(name) for name in names])
    own, other, own_too, third = _sums([compared.paired(name) for name in names])
    ratios = (other / own, third / own_too, product / floor if floor > LEAST_FLOOR else None)
    return (title, product, by_hand, postgresql, floor, *ratios)


def _sums(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) for column in zip(*rows, strict=True)]
