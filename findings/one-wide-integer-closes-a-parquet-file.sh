#!/usr/bin/env bash
# One column of 128-bit integers closes a whole Parquet file to pyarrow, and is bytes to DuckDB.
#
# Versions: polars 2.1.0, pyarrow 26.0.1, duckdb 2.0.0.
#
# Behaviour: polars writes such a column as FIXED_LEN_BYTE_ARRAY(16) without a logical type and says
# what it is only in the Arrow schema among the file's metadata, as `Int(128)`. pyarrow does not open
# a file with such a schema: not another column of it, not its schema, not even the number of rows in
# its footer. DuckDB does not read that schema; it gives the 16 bytes, little-endian, as a BLOB.
# Neither lets the Arrow schema be passed over or asked for. Once the words `ARROW:schema` in the
# footer are others of the same length, pyarrow opens the file and gives the bytes too.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    polars==2.1.0 polars-runtime-32==2.1.0 pyarrow==26.0.1 duckdb==2.0.0

cat > "$folder/read.py" <<'PYTHON'
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars
from pyarrow import parquet

FILE, RENAMED = "calls.parquet", "renamed.parquet"
numbers = polars.Series([2**64, -1], dtype=polars.Int128)
polars.DataFrame({"call": ["a", "b"], "number": numbers}).write_parquet(FILE)
Path(RENAMED).write_bytes(Path(FILE).read_bytes().replace(b"ARROW:schema", b"arrow:schema"))


def said(read: Callable[[], object]) -> object:
    try:
        return read()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def in_pyarrow(name: str) -> list[list[int]]:
    raw = parquet.read_table(name)["number"].to_pylist()
    return [int.from_bytes(one, "little", signed=True) for one in raw]


def in_duckdb() -> tuple[str, list[int]]:
    found = duckdb.sql(f"SELECT number FROM '{FILE}'")
    raw = [row[0] for row in found.fetchall()]
    return str(found.types[0]), [int.from_bytes(one, "little", signed=True) for one in raw]


closed = "ArrowNotImplementedError: Integers with more than 64 bits not implemented"
found = {
    "polars": said(lambda: polars.read_parquet(FILE)["number"].to_list()),
    "pyarrow, rows": said(lambda: parquet.read_metadata(FILE).num_rows),
    "pyarrow, schema": said(lambda: parquet.read_schema(FILE)),
    "pyarrow, other column": said(lambda: parquet.read_table(FILE, columns=["call"])),
    "pyarrow, without Arrow's schema": said(lambda: in_pyarrow(RENAMED)),
    "duckdb": said(in_duckdb),
}
expected = {
    "polars": [2**64, -1],
    "pyarrow, rows": closed,
    "pyarrow, schema": closed,
    "pyarrow, other column": closed,
    "pyarrow, without Arrow's schema": [2**64, -1],
    "duckdb": ("BLOB", [2**64, -1]),
}
for name, value in found.items():
    print(f"{name}: {value}")
assert found == expected
PYTHON
cd "$folder"
venv/bin/python read.py
