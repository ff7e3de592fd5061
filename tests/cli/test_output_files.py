"""`callistics query --output`: a file is there whole, or not at all."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callistics.exports.formats import CSV
from callistics.http.export import BY_MEDIA_TYPE

from .conftest import Run

HEATMAP = ("query", "hourly_heatmap", "--format", "csv", "--output", "hours.csv")


@pytest.fixture(autouse=True)
def _filled(run: Run, folder: Path) -> None:
    (folder / "calls.csv").write_text(
        "call_id,merchant_id,reseller_id,started_at\nc1,mer_1,res,2025-01-01T10:00:00Z\n"
    )
    run("import", "calls.csv")


def test_a_file_has_every_row(run: Run, folder: Path) -> None:
    shown = run(*HEATMAP)
    with (folder / "hours.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["hour", "count"], *([str(n), str(int(n == 10))] for n in range(24))]
    size = (folder / "hours.csv").stat().st_size
    assert (shown.stdout, shown.stderr) == ("", f"hours.csv: {size:,} bytes\n")


def _broken(_schema: Any, _chunks: Iterable[Any], **_options: Any) -> Iterator[bytes]:
    yield b"hour,count\r\n" + b"0,0\r\n" * 10_000
    raise RuntimeError("in the middle")


@pytest.mark.parametrize("before", [None, "what was there"])
def test_a_cut_answer_leaves_what_was_there(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.setitem(BY_MEDIA_TYPE, "text/csv", replace(CSV, write=_broken))
    place = folder / "hours.csv"
    if before is not None:
        place.write_text(before)
    assert "the answer was cut" in run(*HEATMAP, code=1).stderr
    assert (place.read_text() if place.exists() else None) == before
    assert not list(folder.glob("*.part"))
