"""Rows as tables and CSV, and errors as lines."""

import io

import httpx
import pytest
from rich.console import Console

from callistics.cli.api_errors import api_error
from callistics.cli.output import cell_text, columns_of, table_of, total_line
from callistics.model.field_error import FieldError

ROWS: list[dict[str, object]] = [
    {"provider": "TWILIO", "count": 1234567, "avg": 12.5},
    {"provider": None, "count": 8, "avg": None},
    {"provider": "[bold]", "count": 0, "avg": 1000.25},
]


def drawn(rows: list[dict[str, object]]) -> list[str]:
    text = io.StringIO()
    Console(width=100, color_system=None, file=text).print(table_of(columns_of(rows), rows))
    return text.getvalue().splitlines()


def test_a_table_for_people() -> None:
    lines = drawn(ROWS)
    assert [line.replace("│", "|").rstrip() for line in lines[2:]] == [
        "TWILIO   | 1,234,567 |     12.5",
        "\N{EN DASH}        |         8 |        \N{EN DASH}",
        "[bold]   |         0 | 1,000.25",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (True, "true"),
        (False, "false"),
        (1000, "1,000"),
        (0.5, "0.5"),
        ("1000", "1000"),
    ],
)
def test_cells(value: object, text: str) -> None:
    assert cell_text(value, "-") == text


def test_columns_without_rows_are_the_documented_ones() -> None:
    assert columns_of([], ["date", "count"]) == ["date", "count"]
    assert columns_of(ROWS) == ["provider", "count", "avg"]


@pytest.mark.parametrize(
    ("total", "page", "size", "shown", "text"),
    [
        (1, 1, 1000, 1, "1 row"),
        (0, 1, 1000, 0, "0 rows"),
        (12345, 1, 12345, 12345, "12,345 rows"),
        (2500, 2, 1000, 1000, "rows 1,001 to 2,000 of 2,500; --page for others, --all for all"),
        (2500, 9, 1000, 0, "2,500 rows, none of them on page 9"),
    ],
)
def test_the_line_below(total: int, page: int, size: int, shown: int, text: str) -> None:
    assert total_line({"total": total, "page": page, "page_size": size}, shown) == text


def test_a_problem_names_every_field() -> None:
    errors = [
        {"pointer": "/filters/date_from", "message": "not a date", "value": "x"},
        {"pointer": "/page", "message": "must be at least 1", "value": 0},
        {"pointer": "", "message": "too odd", "value": None},
    ]
    response = httpx.Response(422, json={"title": "Invalid values", "errors": errors})
    assert api_error(response).message.splitlines() == [
        "422 Invalid values:",
        '  /filters/date_from: not a date (was "x")',
        "  /page: must be at least 1 (was 0)",
        "  too odd",
    ]


def test_many_problems_are_cut() -> None:
    errors = [{"pointer": f"/{n}", "message": "wrong"} for n in range(100)]
    lines = api_error(httpx.Response(422, json={"errors": errors})).message.splitlines()
    assert len(lines) == 22
    assert lines[-1] == "  … and 80 more"


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"errors": 3}', b'"text"', b"<html>"])
def test_any_body_makes_some_error(body: bytes) -> None:
    error = api_error(httpx.Response(500, content=body))
    assert error.message == "500 Internal Server Error"


def test_long_values_are_cut() -> None:
    assert len(FieldError("/a", "wrong", "x" * 1000).line()) < 120


def test_pointers_are_taken_apart_and_shortened() -> None:
    error = FieldError("/3/payload/a~1b~0c", "wrong", 1)
    assert error.steps == ["3", "payload", "a/b~c"]
    assert error.below(1) == FieldError("/payload/a~1b~0c", "wrong", 1)
    assert error.below(9) == FieldError("", "wrong", 1)
