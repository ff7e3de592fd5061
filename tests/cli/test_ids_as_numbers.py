"""Ids that look like numbers: two calls of one second are 1764490000.1 and 1764490000.10."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from support.people_files import TENANT
from support.workbooks import Cell, workbook

from .conftest import Run

IDS = ["1764490000.1", "1764490000.10"]
STARTED = "2025-11-30T08:06:40Z"


def counted(run: Run) -> int:
    (row,) = json.loads(run("query", "call_count", "--format", "json").stdout)["data"]
    return int(row["count"])


def test_a_text_file_has_both_calls(run: Run, folder: Path) -> None:
    """Readers that guess the types of columns make one call of them, see
    findings/two-calls-of-asterisk-are-one-number.sh.
    """
    (folder / "a.csv").write_text("call_id,started_at\n" + "".join(f"{i},{STARTED}\n" for i in IDS))
    run("import", "a.csv", *TENANT)
    assert counted(run) == len(IDS)


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet", "a.ndjson"])
def test_numbers_are_refused_and_nothing_is_merged(name: str, run: Run, folder: Path) -> None:
    rows: list[list[Cell]] = [["call_id", "started_at"], *([float(one), STARTED] for one in IDS)]
    table = pa.table({"call_id": [float(one) for one in IDS], "started_at": [STARTED] * 2})
    if name == "a.xlsx":
        (folder / name).write_bytes(workbook({"A": rows}))
    elif name == "a.parquet":
        parquet.write_table(table, folder / name)
    else:
        (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in table.to_pylist()))
    done = run("import", name, *TENANT, code=1)
    assert "1764490000.1 is a number" in done.output
    assert "keep the column as text" in done.output
    assert counted(run) == 0


def test_whole_numbers_are_ids(run: Run, folder: Path) -> None:
    rows: list[list[Cell]] = [["call_id", "started_at"], [41.0, STARTED], [42.0, STARTED]]
    (folder / "a.xlsx").write_bytes(workbook({"A": rows}))
    run("import", "a.xlsx", *TENANT)
    assert counted(run) == 2
