"""A part's result: Markdown tables to read, a JSON file to compute with."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns carry their units; the first is the row's name. A cell of None is left empty."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(slots=True)
class Result:
    """What a part has measured; `details` are the single figures behind the tables."""

    tables: list[Table]
    notes: list[str] = field(default_factory=list[str])
    details: dict[str, Any] = field(default_factory=dict[str, Any])


def show(result: Result) -> str:
    """The tables and notes as Markdown."""
    blocks = [f"{table.title}\n\n{_markdown(table)}" for table in result.tables]
    return "\n\n".join([*blocks, *result.notes]) + "\n"


def save(path: Path, result: Result, facts: dict[str, Any]) -> None:
    """Write the result with the facts of its run; the file is there whole or not at all."""
    tables = [
        {"title": table.title, "columns": list(table.columns), "rows": list(table.rows)}
        for table in result.tables
    ]
    content = {**facts, "tables": tables, "notes": result.notes, "details": result.details}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(_plain(content), indent=1, ensure_ascii=False) + "\n", "utf-8")
    partial.replace(path)


def load(path: Path) -> tuple[Result, dict[str, Any]]:
    """What `save` has written: the result, and the whole content with the facts."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    tables = [Table(one["title"], one["columns"], one["rows"]) for one in content["tables"]]
    return Result(tables, content["notes"], content["details"]), content


def _plain(value: Any) -> Any:
    """JSON has no nan: a figure that is missing is null."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return value


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
    if cell is None:
        return ""
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2
        return f"{cell:,.{digits}f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that as many percent of them do not exceed; nan of none."""
    ordered = sorted(values)
    place = -(-len(ordered) * percent // 100)
    return ordered[max(int(place), 1) - 1] if ordered else math.nan
