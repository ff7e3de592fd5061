"""Ids that are made of values: the same from whatever file the values come."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from callistics.cli.importing.hints import hints
from callistics.files.excel import excel_table
from callistics.files.parquet import parquet_lines
from callistics.files.preview import preview
from callistics.files.tables import table_lines
from callistics.mapping.canonical import canonical
from callistics.mapping.mapping import RecordMapping
from support.workbooks import Cell, workbook

from .reading import change, from_csv, records, rules

COLUMNS = rules("call_id=@hash(a,b)", dropped=("a", "b"))
MORNING = datetime.fromisoformat("2025-01-05T10:00:00")


def id_of(lines: list[object]) -> object:
    (record,) = records(lines)  # pyright: ignore[reportArgumentType]
    return record.get("call_id")


def of_csv(header: str, row: str, mapping: RecordMapping = COLUMNS) -> object:
    return id_of([*from_csv(f"{header}\n{row}\n", mapping)])


def of_sheet(folder: Path, rows: list[list[Cell]], mapping: RecordMapping = COLUMNS) -> object:
    (folder / "a.xlsx").write_bytes(workbook({"A": rows}))
    return id_of([*table_lines(excel_table(str(folder / "a.xlsx"), mapping.layout), mapping)])


@pytest.mark.parametrize(
    ("text", "cell", "value"),
    [
        ("42", 42.0, 42),
        ("42.0", 42.0, 42.0),
        ("12.50", 12.5, 12.5),
        ("-0.10", -0.1, -0.1),
        ("0.0000001", 1e-7, 1e-7),
        ("12345678901234", 12345678901234.0, 12345678901234),
        ("007", "007", "007"),
        ("+351912345678", "+351912345678", "+351912345678"),
        ("2025-01-05", datetime.fromisoformat("2025-01-05"), "2025-01-05T00:00:00"),
        ("2025-01-05 00:00:00", datetime.fromisoformat("2025-01-05"), "2025-01-05"),
        ("2025-01-05 10:00", MORNING, "2025-01-05T10:00:00.000"),
        ("5 Jan 2025 10:00 AM", MORNING, "2025-01-05T10:00:00"),
        ("TRUE", True, True),
        ("Lisbon ", "Lisbon", " Lisbon"),
        ("", None, None),
        (" ", None, ""),
    ],
)
def test_the_same_values_of_any_format(
    text: str, cell: Cell, value: object, tmp_path: Path
) -> None:
    found = of_csv("a,b", f"{text},x")
    assert found == of_sheet(tmp_path, [["a", "b"], [cell, "x"]])
    assert found == change({"a": value, "b": "x"}, COLUMNS)["call_id"]
    file = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": [value], "b": ["x"]}), file)
    assert found == id_of([*parquet_lines(str(file), COLUMNS)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7", "007"),
        ("42", "420"),
        ("12345678901234567891", "12345678901234567892"),
        ("a", "A"),
        ("2025-01-05T10:00:00Z", "2025-01-05T10:00:00"),
        ("1/9/2017", "9/1/2017"),
        ("10:00", "10:01"),
        ("0", ""),
    ],
)
def test_other_values_give_other_ids(one: str, other: str) -> None:
    assert of_csv("a,b", f"{one},x") != of_csv("a,b", f"{other},x")
    assert of_csv("a,b", f"x,{one}") != of_csv("a,b", f"{one},x")


def test_the_text_of_a_value_never_changes() -> None:
    """What was imported before this test must keep its ids."""
    assert of_csv("a,b", "2025-01-05 10:00,12.50") == "aa903a2c20b29b18a457be4892834743"
    assert canonical("2025-01-05 10:00+01:00") == "2025-01-05T09:00:00Z"
    assert (canonical("9:30"), canonical("09:30:00")) == ("9:30:00", "9:30:00")


@pytest.mark.parametrize("first", ["a", "started_at"])
def test_a_field_stands_for_the_value_that_was_read(first: str, tmp_path: Path) -> None:
    """A date of a cell and a text under a time format are one value."""
    second = "started_at" if first == "a" else "a"
    mapping = rules(
        f"call_id=@hash({first},{second},payload.city,merchant_id)",
        "payload.city=City",
        constants=("merchant_id=m",),
        dropped=("a",),
        formats=("started_at=%d/%m/%Y %H:%M",),
    )
    found = of_csv("started_at,a,City", "5/1/2025 10:00,x,Faro", mapping)
    rows: list[list[Cell]] = [["started_at", "a", "City"], [MORNING, "x", "Faro"]]
    assert found == of_sheet(tmp_path, rows, mapping)
    body = {"City": "Faro", "started_at": "5/1/2025 10:00", "a": "x"}
    assert found == change(body, mapping)["call_id"]
    others = [("5/1/2025 10:01", "x", "Faro"), ("5/1/2025 10:00", "y", "Faro")]
    for row in [*others, ("5/1/2025 10:00", "x", "Evora")]:
        assert of_csv("started_at,a,City", ",".join(row), mapping) != found


def test_a_word_for_nothing_is_an_empty_cell(tmp_path: Path) -> None:
    mapping = rules("call_id=@hash(a,b)", dropped=("a", "b"), nulls=("NULL",))
    found = of_csv("a,b", "NULL,x", mapping)
    assert found == of_sheet(tmp_path, [["a", "b"], [None, "x"]], mapping)
    assert of_csv("a,b", "NULL, ", mapping) is None


def test_times_with_a_zone_are_one_instant() -> None:
    aware = MORNING.replace(tzinfo=UTC).isoformat()
    assert of_csv("a,b", f"{aware},x") == of_csv("a,b", "2025-01-05T11:00:00+01:00,x")


def test_a_dry_run_tells_of_dates_that_are_hashed_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Date,from\n5/1/2025 10:00,x\n")
    said = {"formats": ("started_at=%d/%m/%Y %H:%M",), "dropped": ("from",)}
    for name, told in (("Date", True), ("started_at", False)):
        mapping = rules("started_at=Date", f"call_id=@hash({name},from)", **said)  # pyright: ignore[reportArgumentType]
        found = hints(preview(str(file), "csv", mapping), mapping)
        about = [
            one for one in found if one.startswith('call_id is made of "Date" as it is written')
        ]
        assert bool(about) == told, found
        assert all("name the field started_at there" in one for one in about)
