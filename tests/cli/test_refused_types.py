"""Types and values of columns that cannot be read are named."""

# pyright: reportAttributeAccessIssue=false

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from callistics.files.arrow.types import TYPES
from callistics.files.lines import UnreadableError
from callistics.files.parquet import arrow_lines, parquet_lines

from .reading import numbered, records, rules
from .writing import arrow_of, extension


def variant(path: Path) -> None:
    query = "SELECT 'c' AS call_id, {'a': 1}::VARIANT AS \"payload.x\""
    duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def unknown_extension(path: Path) -> None:
    field = pa.field("payload.x", pa.int64(), metadata={b"ARROW:extension:name": b"made.up"})
    schema = pa.schema([pa.field("call_id", pa.string()), field])
    parquet.write_table(pa.table([["c"], [1]], schema=schema), path)


def opaque(path: Path) -> None:
    kind = pa.opaque(pa.binary(8), "time_tz", "DuckDB")
    parquet.write_table(
        pa.table({"call_id": ["c"], "payload.x": extension(kind, [b"8" * 8])}), path
    )


@pytest.mark.parametrize(
    ("write", "named"),
    [
        (variant, "VARIANT"),
        (unknown_extension, "extension made.up"),
        (opaque, "extension DuckDB time_tz"),
    ],
)
def test_types_that_are_refused_are_named(
    tmp_path: Path, write: Callable[[Path], None], named: str
) -> None:
    path = tmp_path / "x.parquet"
    write(path)
    with pytest.raises(UnreadableError) as caught:
        list(parquet_lines(str(path), rules()))
    assert f'"payload.x": {named}' in str(caught.value)
    dropped = rules(dropped=("payload.x",))
    assert records(list(parquet_lines(str(path), dropped))) == [{"call_id": "c"}]


def test_a_union_is_refused(tmp_path: Path) -> None:
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])
    with pytest.raises(UnreadableError, match=r'"payload\.x": union'):
        arrow_of(tmp_path / "x.arrow", pa.table({"call_id": ["c"], "payload.x": union}))


@pytest.mark.parametrize("note", ["BSON", "GEOMETRY", "GEOGRAPHY"])
def test_annotated_bytes_are_refused(note: str) -> None:
    refused = [row for row in TYPES if row.holds(pa.binary(), note)]
    assert refused[0].read is None


def test_a_value_that_cannot_be_read_spoils_its_row_only(tmp_path: Path) -> None:
    texts = extension(pa.json_(), ['{"a": 1}', "{", "2"])
    table = pa.table({"call_id": ["a", "b", "c"], "payload.x": texts})
    parquet.write_table(table, tmp_path / "x.parquet")
    lines = list(parquet_lines(str(tmp_path / "x.parquet"), rules()))
    wrong = numbered(lines)
    assert (wrong[1], wrong[3]) == (None, None)
    assert wrong[2]
    assert [one["payload"]["x"] for one in records([line for line in lines if not line.wrong])] == [
        {"a": 1},
        2,
    ]


@pytest.mark.parametrize(
    "content", [b"", b"ARROW1", b"call_id\nc\n", b"ARROW1" + b"x" * 100 + b"ARROW1"]
)
def test_a_file_that_is_no_arrow(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calls.arrow"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match="cannot be read as Arrow"):
        list(arrow_lines(str(path), rules()))
