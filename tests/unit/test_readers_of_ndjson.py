"""What readers make of an export as NDJSON whose first lines lack what the last one has."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from callistics.exports.formats import NDJSON
from callistics.exports.rows import Row, some_at_a_time

FIRST: Row = {"outcome": None, "duration": Decimal(60), "payload": {"city": "Pune"}}
LAST: Row = {
    "outcome": "BUSY",
    "duration": Decimal("60.7"),
    "payload": {"city": "Pune", "plan": "a"},
}
SCHEMA: Any = pa.schema(
    {"outcome": pa.string(), "duration": pa.decimal128(18, 3), "payload": pa.string()}
)
# What DuckDB 2.0 reads of the last of 20,481 lines, without a word; polars 2.1 refuses the file.
# See findings/the-first-lines-decide-what-the-last-one-says.sh.
GUESSED = {"outcome": None, "duration": 61, "payload": {"city": "Pune"}}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = [FIRST] * 20_480 + [LAST]
    found = tmp_path_factory.mktemp("ndjson") / "calls.ndjson"
    found.write_bytes(b"".join(NDJSON.write(SCHEMA, some_at_a_time(rows, 5_000))))
    return str(found)


def in_duckdb(path: str, options: str = "") -> dict[str, Any]:
    with duckdb.connect() as connection:
        read = connection.sql(f"FROM read_json('{path}'{options})")
        return dict(zip(read.columns, read.fetchall()[-1], strict=True))


def in_polars(path: str, **options: Any) -> dict[str, Any]:
    return pl.read_ndjson(path, **options).tail(1).to_dicts()[0]


def test_types_that_are_guessed(path: str) -> None:
    assert in_duckdb(path) == GUESSED
    with pytest.raises(pl.exceptions.ComputeError):
        in_polars(path)


@pytest.mark.parametrize(
    "read",
    [
        lambda path: in_duckdb(path, ", sample_size = -1"),
        lambda path: in_polars(path, infer_schema_length=None),
    ],
    ids=["duckdb", "polars"],
)
def test_types_of_all_lines(path: str, read: Callable[[str], dict[str, Any]]) -> None:
    assert read(path) == {**LAST, "duration": 60.7}
