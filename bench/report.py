"""A part's result: Markdown tables to read, a JSON file to compute with."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    """Columns carry their units; the first is the row's name."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(slots=True)
class Result:
    """What a part has measured; `details` are the single figures behind the tables."""

    tables: list[Table]
    notes: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


def show(result: Result) -> str:
    """The tables and notes as Markdown."""
    blocks = [f"{table.title}\n\n{_markdown(table)}" for table in result.tables]
    return "\n\n".join([*blocks, *result.notes]) + "\n"


def save(name: str, result: Result, facts: dict[str, Any]) -> Path:
    """Write the result with the facts of its run to `results/<name>.json`."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    tables = [
        {"title": table.title, "columns": list(table.columns), "rows": list(table.rows)}
        for table in result.tables
    ]
    content = {**facts, "tables": tables, "notes": result.notes, "details": result.details}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _markdown(table: Table) -> str:
    body = [[_text(cell) for cell in row] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.columns, *body, strict=True)]
    lines = [table.columns, ["---", *["---:"] * (len(widths) - 1)], *body]
    return "\n".join("| " + " | ".join(_padded(cells, widths)) + " |" for cells in lines)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = [
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return [first, *others]


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2
        return f"{cell:,.{digits}f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that as many percent of them do not exceed."""
    ordered = sorted(values)
    place = -(-len(ordered) * percent // 100)
    return ordered[max(int(place), 1) - 1]
