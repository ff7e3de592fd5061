"""Dates that a file has as dates, in columns whose texts are read by a time format."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from callistics.cli.importing.hints import hints
from callistics.files.excel import excel_table
from callistics.files.parquet import parquet_lines
from callistics.files.preview import Preview, preview
from callistics.files.tables import table_lines
from callistics.mapping.mapping import RecordMapping
from support.workbooks import Cell, workbook

from .reading import from_csv, numbered, records, rules

FIRST, THIRD = (datetime.fromisoformat(f"2017-09-{day}") for day in ("01", "03"))
AFTERNOON = datetime.fromisoformat("2017-09-01T16:33")
DAY_FIRST = rules("started_at=start", formats=("started_at=%d/%m/%Y %H:%M",))


def sheet(folder: Path, rows: list[list[Cell]]) -> str:
    file = folder / "a.xlsx"
    file.write_bytes(workbook({"A": rows}))
    return str(file)


def of_sheet(name: str, mapping: RecordMapping) -> list[dict[str, object]]:
    return records(list(table_lines(excel_table(name, mapping.layout), mapping)))


def shown(name: str, mapping: RecordMapping) -> Preview:
    return preview(name, "parquet" if name.endswith("parquet") else "xlsx", mapping)


def test_a_date_is_taken_as_it_is_and_a_text_by_the_format(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["call_id", "start"],
        ["a", AFTERNOON],
        ["b", "2/9/2017 6:03"],
        ["c", THIRD],
    ]
    name = sheet(tmp_path, rows)
    found = of_sheet(name, DAY_FIRST)
    starts = ["2017-09-01T16:33:00", "2017-09-02T06:03:00", "2017-09-03"]
    assert [one["started_at"] for one in found] == starts
    assert [record for _, record in shown(name, DAY_FIRST).records] == found


def test_a_date_is_not_read_by_a_format_that_it_would_fit(tmp_path: Path) -> None:
    """The text of a date looks like a year, a day and a month as well."""
    mapping = rules(formats=("started_at=%Y-%d-%m",))
    rows: list[list[Cell]] = [["started_at"], [FIRST], ["2017-01-09"]]
    found = of_sheet(sheet(tmp_path, rows), mapping)
    assert [one["started_at"] for one in found] == ["2017-09-01", "2017-09-01T00:00:00"]
    assert records(from_csv("started_at\n2017-01-09\n", mapping)) == [found[1]]


def test_a_date_beside_a_time_of_the_day(tmp_path: Path) -> None:
    said = {"formats": ("started_at=%d/%m/%Y %H:%M",), "timezone": "Europe/Lisbon"}
    for parts in ("day+clock", "clock+day"):
        mapping = rules(f"started_at={parts}", **said)  # pyright: ignore[reportArgumentType]
        rows: list[list[Cell]] = [["day", "clock"], [FIRST, "16:33"]]
        (found,) = of_sheet(sheet(tmp_path, rows), mapping)
        assert found["started_at"] == "2017-09-01T15:33:00Z"


def test_a_column_that_fills_other_fields_too(tmp_path: Path) -> None:
    mapping = rules(
        "updated_at=start",
        "payload.on=start",
        "started_at=start",
        formats=("started_at=%d/%m/%Y",),
    )
    rows: list[list[Cell]] = [["start"], [FIRST]]
    (found,) = of_sheet(sheet(tmp_path, rows), mapping)
    assert found == {
        "started_at": "2017-09-01",
        "updated_at": "2017-09-01",
        "payload": {"on": "2017-09-01"},
    }


def test_a_text_that_does_not_fit_is_refused_still(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["start"], ["2017-09-01"], [FIRST]]
    name = sheet(tmp_path, rows)
    lines = list(table_lines(excel_table(name, DAY_FIRST.layout), DAY_FIRST))
    assert numbered(lines)[3] is None
    assert "is not of the time format %d/%m/%Y %H:%M" in str(numbered(lines)[2])


@pytest.mark.parametrize(
    ("text", "is_told"), [("13/9/2017 6:03", True), ("12/9/2017 6:03", False), ("x", False)]
)
def test_dates_that_were_made_with_the_month_first(
    text: str, is_told: bool, tmp_path: Path
) -> None:
    """Of 1/9/2017 a program made the ninth of January; of 13/9/2017 it could make nothing."""
    rows: list[list[Cell]] = [["start"], [FIRST], [THIRD], [text]]
    found = hints(shown(sheet(tmp_path, rows), DAY_FIRST), DAY_FIRST)
    said = '"start" has 2 dates, of days up to the 12th, and 1 texts, of later days'
    assert any(said in one for one in found) == is_told


@pytest.mark.parametrize(
    ("values", "start"),
    [
        (pa.array([date(2017, 9, 1)]), "2017-09-01"),
        (pa.array([AFTERNOON.replace(tzinfo=UTC)]), "2017-09-01T16:33:00Z"),
        (pa.array([date(2017, 9, 1)]).dictionary_encode(), "2017-09-01"),
        (pa.array(["1/9/2017 16:33"]), "2017-09-01T16:33:00"),
        (pa.array([None, date(2017, 9, 1)])[1:], "2017-09-01"),
    ],
)
def test_typed_columns_of_parquet(values: "pa.Array", start: str, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"start": values}), file)
    found = records(list(parquet_lines(str(file), DAY_FIRST)))
    assert found == [{"started_at": start}]
    assert [record for _, record in shown(str(file), DAY_FIRST).records] == found
