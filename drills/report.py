"""What a drill has shown: a table as Markdown, with the date and the machine."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Report:
    """A table, and whether all of it is as it must be. Cells are texts or numbers."""

    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    passed: bool

    @property
    def markdown(self) -> str:
        """The table below a line that says when and where it came about."""
        lines = [self.headings, ["---"] * len(self.headings), *self.rows]
        table = [f"| {' | '.join(map(str, cells))} |" for cells in lines]
        verdict = "as it must be" if self.passed else "NOT as it must be"
        return "\n".join([f"{_when()}, {_machine()}: {verdict}.", "", *table])


def _when() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _machine() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    memory = round(pages * size / 2**30)
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return (
        f"{os.cpu_count()} of {model}, {memory} GB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, DuckDB {version('duckdb')}"
    )
