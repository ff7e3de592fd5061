"""Rows of totals at the end of a table: left out as often as is said, and told."""

import io
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest
from pyarrow import parquet

from callistics.files.csv import csv_table
from callistics.files.excel import excel_table
from callistics.mapping import MappingError, read_mapping
from callistics.mapping.mapping import Layout
from callistics.mapping.write import mapping_text
from support.people_files import TENANT
from support.workbooks import workbook

from .conftest import Run

ROWS = "call_id,started_at\na,2025-01-05\nb,2025-01-06\nTotal,2\n\nof January\n\n"
SAID = (
    "left out at the end, as --skip-last says:"
    " line 4 (Total 2), line 6 (has 1 cell where the header has 2)"
)


@pytest.mark.parametrize(("number", "kept"), [(0, [2, 3, 4, 6]), (1, [2, 3, 4]), (4, []), (9, [])])
def test_the_last_rows_of_csv(number: int, kept: list[int]) -> None:
    data = cast("Any", io.BufferedReader(io.BytesIO(ROWS.encode())))
    table = csv_table(data, Layout(skip_last=number))
    assert [line for line, _ in table.rows] == kept
    assert len(table.ending) == min(number, 4)


def test_the_last_rows_of_a_sheet(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook({"A": [["call_id"], ["x"], ["y"], ["Total"], [], [2.0]]}))
    table = excel_table(str(file), Layout(skip_last=2))
    assert [line for line, _ in table.rows] == [2, 3]
    assert [line for line, _ in table.ending] == [4, 6]


def test_a_file_is_read_on_while_only_so_many_rows_are_held_back() -> None:
    text = "a\n" + "".join(f"{number}\n" for number in range(200_000))
    data = cast("Any", io.BufferedReader(io.BytesIO(text.encode())))
    rows = csv_table(data, Layout(skip_last=3)).rows
    assert next(rows) == (2, ["0"])
    assert data.tell() < len(text) / 2


def test_they_are_left_out_and_told(run: Run, folder: Path) -> None:
    (folder / "a.csv").write_text(ROWS)
    options = ("a.csv", *TENANT, "--skip-last", 2)
    shown = run("import", *options, "--dry-run", "--save-mapping", "a.toml").stdout
    assert f"  {SAID}\n" in shown
    assert "2 rows. Nothing was stored." in shown
    found = run("import", "a.csv", "--mapping", "a.toml").stdout
    assert "2 received, 2 stored" in found
    assert f"a.csv: {SAID}.\n" in found


def test_a_mapping_says_it_as_well() -> None:
    mapping = read_mapping("skip_last = 2\n")
    assert mapping.layout.skip_last == 2
    text = (
        'skip_lines = 3\nskip_last = 2\n[fields]\n"payload.a" = { value = 12345678901234567890 }\n'
    )
    assert read_mapping(mapping_text(read_mapping(text))) == read_mapping(text)
    for wrong in ("-1", "true", "1_001", '"2"'):
        with pytest.raises(MappingError, match=r"skip_last must be a whole number from 0 to 1,000"):
            read_mapping(f"skip_last = {wrong}\n")


def test_other_files_have_none(run: Run, folder: Path) -> None:
    parquet.write_table(pa.table({"call_id": ["a"]}), folder / "a.parquet")
    (folder / "a.ndjson").write_text("{}\n")
    for name in ("a.parquet", "a.ndjson"):
        shown = run("import", name, "--skip-last", 1, code=2).output
        assert "--skip-last has no effect on files of the format" in shown
