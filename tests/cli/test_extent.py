"""Sheets that reach far: refused before room is made for cells that are empty."""

import io
import zipfile
from pathlib import Path

import pytest

from callistics.files import extent
from callistics.files.extent import check_extent
from callistics.files.lines import UnreadableError
from support.people_files import TENANT
from support.workbooks import workbook

from .conftest import Run

SHEET = "xl/worksheets/sheet1.xml"
FAR = '<c r="Z40"><v>1</v></c>'


def changed(folder: Path, *changes: tuple[str, str]) -> str:
    """The name of a workbook with one call, in whose first sheet texts were replaced."""
    data = workbook({"One": [["call_id", "started_at"], ["a", "2025-01-05"]], "Two": [["x"]]})
    target = folder / "calls.xlsx"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for before, after in changes if name == SHEET else ():
                assert before in text
                text = text.replace(before, after)
            new.writestr(name, text)
    return str(target)


def far(cell: str) -> tuple[str, str]:
    return "</sheetData>", f'<row r="40">{cell}</row></sheetData>'


def test_a_cell_far_away_is_told(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MOST_CELLS", 40 * 26 - 1)
    name = changed(folder, far(FAR))
    for options in ((), ("--dry-run",)):
        told = run("import", name, *TENANT, *options, code=1).output
        assert 'the sheet "One" reaches over 40 rows and 26 columns, more than 1,039 cells' in told
    assert (
        "Nothing was stored" in run("import", name, *TENANT, "--sheet", "Two", "--dry-run").stdout
    )


def test_the_bound_itself_is_taken(folder: Path) -> None:
    name = changed(folder, far(FAR))
    check_extent(name, "One", 40 * 26)
    with pytest.raises(UnreadableError, match="more than 1,039 cells"):
        check_extent(name, "One", 40 * 26 - 1)


@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_a_sheet_may_have_all_its_rows(
    chunk: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extent, "_CHUNK", chunk)
    check_extent(changed(folder, far('<c r="AU1048576"><v>1</v></c>')), "One")
    check_extent(changed(folder, far('<c r="AV1048576" s="1"/>')), "One")
    check_extent(changed(folder, far('<c r="XFD3051"><v>1</v></c>')), "One")
    for cell in ("AV1048576", "XFD3052", "AU1999999"):
        with pytest.raises(UnreadableError, match="more than 50,000,000 cells"):
            check_extent(changed(folder, far(f'<c r="{cell}"><v>1</v></c>')), "One")


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="Z40"><v>1</v></c>',
        "<c s='1' r='Z40' t='str'><f>1</f></c>",
        '<c\nr="Z40"><v>1</v></c>',
    ],
)
@pytest.mark.parametrize("chunk", [7, 64, 1 << 20])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_cell_is_found_however_it_is_written(
    cell: str, chunk: int, prefix: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extent, "_CHUNK", chunk)
    changes = [far(cell)]
    if prefix:
        changes += [("</", f"</{prefix}"), ("<c", f"<{prefix}c"), ("<row", f"<{prefix}row")]
        changes += [("<worksheet", f"<{prefix}worksheet")]
    name = changed(folder, *changes)
    with pytest.raises(UnreadableError, match="40 rows and 26 columns"):
        check_extent(name, "One", 100)
    check_extent(name, "Two", 100)


@pytest.mark.parametrize("cell", ['<c r="Z40" s="1"/>', '<c r="Z40" s="1" />', '<c r="Z40"></c>'])
def test_a_cell_without_a_value_does_not_count(cell: str, folder: Path) -> None:
    name = changed(folder, far(cell))
    check_extent(name, "One", 4)


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04"])
def test_what_is_no_workbook_is_left_to_its_reader(data: bytes, folder: Path) -> None:
    (folder / "a.xlsx").write_bytes(data)
    check_extent(str(folder / "a.xlsx"), "One")
