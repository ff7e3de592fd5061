"""How files are read before anything is mapped: lines, headers, encodings, sheets, documents."""

# pyright: reportArgumentType=false

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callistics.files.csv import csv_table
from callistics.files.encoding import as_utf8
from callistics.files.excel import excel_table
from callistics.files.lines import UnreadableError
from callistics.files.ndjson import json_lines
from callistics.files.tables import Table, table_lines
from callistics.mapping.mapping import Layout
from support.workbooks import workbook

from .reading import from_csv, numbered, records, rules


def opened(data: bytes) -> Any:
    return io.BufferedReader(io.BytesIO(data), buffer_size=16)


def table(text: str, **layout: Any) -> Table:
    return csv_table(opened(text.encode()), Layout(**layout))


def rows(found: Table) -> dict[int, Any]:
    return dict(found.rows)


def test_lines_at_the_beginning_are_skipped_and_counted() -> None:
    found = table("Calls\n\nof January\na,b\n1,2\n", skip_lines=3)
    assert (found.columns, found.header, rows(found)) == (["a", "b"], 4, {5: ["1", "2"]})
    assert table("a\n", skip_lines=7).columns == []


@pytest.mark.parametrize(
    ("text", "skip", "header"),
    [
        ("sep=;\na;b\n1;2\n", 0, 2),
        ('\ufeff"sep=;"\r\na;b\r\n1;2\r\n', 0, 2),
        ("SEP=;\nTitle\na;b\n1;2\n", 2, 3),
        ("Title\nsep=;\na;b\n1;2\n", 1, 3),
    ],
)
def test_a_line_that_names_the_separator(text: str, skip: int, header: int) -> None:
    found = table(text, skip_lines=skip)
    assert (found.columns, found.header, found.delimiter) == (["a", "b"], header, ";")
    assert rows(found) == {header + 1: ["1", "2"]}


def test_empty_rows_are_left_out_and_counted() -> None:
    found = table("a,b\n,\n1,2\n\n , \n,3\n")
    assert rows(found) == {3: ["1", "2"], 6: [None, "3"]}
    assert found.left_out == 2


def test_columns_of_a_file_without_a_header() -> None:
    columns = ("a", "b", "c")
    assert table("1,2,3\n4,5,6\n", columns=columns).columns == ["a", "b", "c"]
    assert table("1,2\n", columns=columns).columns == ["a", "b"]
    assert table("1,2,3,4\n", columns=columns).columns == ["a", "b", "c", "column 4"]
    with_header = table("B,x,A\n1,2,3\n", columns=columns)
    assert (with_header.columns, rows(with_header)) == (["B", "x", "A"], {2: ["1", "2", "3"]})


def test_a_line_of_types_is_left_out_only_under_the_header() -> None:
    types = 'INTEGER,"VARCHAR(50)"\n'
    found = table(f"a,b\n{types}1,x\n{types}")
    assert rows(found) == {3: ["1", "x"], 4: ["INTEGER", "VARCHAR(50)"]}
    assert found.notes == ["line 2 has the types of the columns and is left out"]
    assert rows(table("INTEGER,text\n1,x\n", columns=("a", "b"))) == {
        1: ["INTEGER", "text"],
        2: ["1", "x"],
    }
    assert rows(table("a,b\ntext,hello\n")) == {2: ["text", "hello"]}


def test_a_row_in_which_the_file_ends_says_so() -> None:
    lines = from_csv("call_id,outcome\na,b\nc")
    assert (lines[-1].wrong or "").startswith(
        "has 1 cell where the header has 2, and the file ends"
    )
    assert numbered(from_csv("call_id,outcome\nc\n"))[2] == "has 1 cell where the header has 2"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "shift_jis"])
def test_text_of_other_encodings(encoding: str) -> None:
    word = "ノー" if encoding == "shift_jis" else "né"
    data = f"call_id,outcome\nc,{word}\n".encode(encoding)
    found = rules(layout=Layout(encoding=encoding))
    assert records(from_csv(data, found)) == [{"call_id": "c", "outcome": word}]


def test_utf_16_is_known_by_its_mark_and_other_text_is_left_alone() -> None:
    assert as_utf8(opened('{"a": "é"}'.encode("utf-16")), None).read() == '{"a": "é"}'.encode()
    plain = opened(b"\xff")
    assert as_utf8(plain, None) is plain
    assert as_utf8(plain, "UTF8") is plain


def test_text_that_is_not_of_its_encoding() -> None:
    with pytest.raises(UnreadableError, match=r"shift_jis text: .*say another --encoding"):
        as_utf8(opened(b"\xff\xff"), "shift_jis").read()
    with pytest.raises(UnreadableError, match='there is no encoding "latin-x"'):
        as_utf8(opened(b""), "latin-x")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}\n{"b": 2}\n', [(1, '{"a": 1}'), (2, '{"b": 2}')]),
        ('{\n"a": 1\n}\n{\n"b": 2\n}\n', [(1, '{ "a": 1 }'), (4, '{ "b": 2 }')]),
        ('{"a":\n1}', [(1, '{"a": 1}')]),
        ('\ufeff{\n "a": "{"}\n\n', [(1, '{  "a": "{"}')]),
        ('{"a": \n', [(1, '{"a":')]),
    ],
)
def test_values_printed_over_several_lines(text: str, found: list[tuple[int, str]]) -> None:
    lines = json_lines(opened(text.encode()))
    assert [(line.number, bytes(line.body).decode()) for line in lines] == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n"a": 1,\n', "line 3: not JSON: .*if the file was cut off"),
        ('{\n"a": x}\n', "line 2: not JSON: Expecting value$"),
        ('[{"a": 1},', "line 1: the array is not closed; if the file was cut off"),
    ],
)
def test_printed_values_that_are_none(text: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        list(json_lines(opened(text.encode())))


def test_rows_of_a_sheet_have_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook({"A": [[], ["call_id", "b"], [], ["x", 1.5], ["y", 2.0]]}))
    found = excel_table(str(file), Layout())
    assert (found.columns, found.header) == (["call_id", "b"], 2)
    assert rows(found) == {4: ["x", 1.5], 5: ["y", 2]}
    assert found.left_out == 2
    skipped = excel_table(str(file), Layout(skip_lines=3, columns=("call_id",)))
    assert (skipped.columns, rows(skipped)) == (
        ["call_id", "column 2"],
        {4: ["x", 1.5], 5: ["y", 2]},
    )


def test_a_table_that_does_not_fit_its_mapping_is_not_read() -> None:
    mapping = rules("outcome=result")
    with pytest.raises(UnreadableError, match='--map: there is no column "result"'):
        list(table_lines(table("call_id\na\n"), mapping))
    dropping = replace(mapping, same_names=False, rest=type(mapping.rest)("drop"))
    assert [line.body for line in table_lines(table("call_id\na\n"), dropping)] == [{}]


def test_a_sheet_that_is_hidden_is_not_the_first(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook({"Lists": [["word"], ["x"]], "Calls": [["a"], ["y"]]}, "Lists"))
    found = excel_table(str(file), Layout())
    assert (found.columns, found.notes) == (["a"], ['read from the sheet "Calls"; others: Lists'])
    assert excel_table(str(file), Layout(sheet="Lists")).columns == ["word"]
    file.write_bytes(workbook({"Lists": [["word"], ["x"]]}, "Lists"))
    assert excel_table(str(file), Layout()).columns == ["word"]
