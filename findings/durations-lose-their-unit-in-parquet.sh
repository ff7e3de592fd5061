#!/usr/bin/env bash
# The same 90 seconds in a Parquet file are 90, 90,000, 90,000,000 or 90,000,000,000 to a database.
#
# Versions: polars 2.1.0, pyarrow 26.0.1, duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: Parquet has no logical type for a duration. polars and pyarrow write it as a bare INT64
# and put its unit only into the Arrow schema among the file's metadata; they read it back from there.
# DuckDB and chDB (ClickHouse) do not look at it: they give the count of whatever unit it was as a
# plain integer, and no type, error or warning tells that it is no number of seconds. The default unit
# of polars is the microsecond.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    polars==2.1.0 polars-runtime-32==2.1.0 pyarrow==26.0.1 duckdb==2.0.0 chdb==4.4.0 \
    chdb-core==26.9.0 pandas==3.1.1

cat > "$folder/read.py" <<'PYTHON'
from datetime import timedelta

import chdb
import duckdb
import polars
import pyarrow
from pyarrow import parquet

LASTED = timedelta(seconds=90)
FILES = {"polars": ("ms", "us", "ns"), "pyarrow": ("s", "ms", "us", "ns")}
COUNTS = {"s": 90, "ms": 90_000, "us": 90_000_000, "ns": 90_000_000_000}


def write(by: str, unit: str, name: str) -> None:
    if by == "polars":
        column = polars.Series([LASTED], dtype=polars.Duration(unit))
        polars.DataFrame({"duration": column}).write_parquet(name)
    else:
        column = pyarrow.array([LASTED], pyarrow.duration(unit))
        parquet.write_table(pyarrow.table({"duration": column}), name)


for by, units in FILES.items():
    for unit in units:
        name = f"{by}-{unit}.parquet"
        write(by, unit, name)
        found = duckdb.sql(f"SELECT duration FROM '{name}'")
        seen = {
            "pyarrow": parquet.read_table(name)["duration"].cast("duration[ns]").cast("int64")[0].as_py(),
            "polars": polars.read_parquet(name)["duration"].dt.total_nanoseconds()[0],
            "duckdb": (str(found.types[0]), found.fetchall()[0][0]),
            "chdb": str(chdb.query(f"SELECT toTypeName(duration), duration FROM file('{name}')", "CSV")).strip(),
        }
        expected = {
            "pyarrow": COUNTS["ns"],
            "polars": COUNTS["ns"],
            "duckdb": ("BIGINT", COUNTS[unit]),
            "chdb": f'"Nullable(Int64)",{COUNTS[unit]}',
        }
        print(name, seen)
        assert seen == expected
PYTHON
cd "$folder"
venv/bin/python read.py
