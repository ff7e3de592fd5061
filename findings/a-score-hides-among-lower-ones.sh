#!/usr/bin/env bash
# A query of a Parquet file finds a score that is no number or not, by what else is beside it and by who wrote the file.
#
# Versions: pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: the smallest and the largest value of a group of rows are stored with it, so that a reader can pass over
# groups in which nothing can match. NaN counts for neither. To DuckDB NaN is greater than any number, to ClickHouse and
# pyarrow `NOT score <= 1` holds for it; all three pass over the group nevertheless, and DuckDB does so even where it is
# asked for NaN by name: `WHERE isnan(score)` finds none in a file in which `count(*) FILTER (isnan(score))` counts one.
# They find it in the same rows of a table, and in a file that DuckDB wrote, which stores
# no such values beside a NaN. DuckDB's maximum is 0.9 in pyarrow's file, from the stored values, and NaN in polars'
# file, where these are the same. Polars finds it always.
#
# Where it would be met: in the check that no score lies outside of 0 to 1. It finds nothing, and the average of the
# same column is NaN. In files and frames that are imported NaN is absent here, whatever the file says of its groups.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    pyarrow==26.0.1 polars==2.1.0 polars-runtime-32==2.1.0 duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0

cat > "$folder/scores.py" <<'PYTHON'
import sys

import chdb
import duckdb
import polars as pl
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import dataset, parquet

calls = pa.table({"call_id": ["a", "b", "c", "d"], "score": [0.1, float("nan"), 0.9, 0.2]})
pyarrow, polars, by_duckdb = (f"{sys.argv[1]}/{name}.parquet" for name in ("pyarrow", "polars", "duckdb"))
parquet.write_table(calls, pyarrow, row_group_size=2)
pl.from_arrow(calls).write_parquet(polars, row_group_size=2)
duckdb.sql(f"COPY (FROM calls) TO '{by_duckdb}'")


def stored(path):
    """What is stored as the largest score of each group."""
    about = parquet.ParquetFile(path).metadata
    groups = (about.row_group(number).column(1).statistics for number in range(about.num_row_groups))
    return [one.max if one.has_min_max else None for one in groups]


def in_duckdb(condition, source):
    return "".join(row[0] for row in duckdb.sql(f"SELECT call_id FROM {source} WHERE {condition}").fetchall())


def in_clickhouse(condition, source):
    found = chdb.query(f"SELECT arrayStringConcat(groupArray(call_id)) FROM {source} WHERE {condition}", "TSV")
    return str(found).strip()


def in_pyarrow(table):
    return "".join(table["call_id"].to_pylist())


def in_polars(frame):
    return "".join(frame.filter(pl.col("score") > 1).collect()["call_id"])


wrong = pc.invert(pc.field("score") <= 1)
sources = {"rows": None, "file of duckdb": by_duckdb, "file of pyarrow": pyarrow, "file of polars": polars}
seen = {"largest stored": {name: stored(path) for name, path in sources.items() if path}}
for name, path in sources.items():
    own, other = ("calls", "Python(calls)") if path is None else (f"'{path}'", f"file('{path}')")
    told = f"read_parquet({own}, can_have_nan = true)"
    seen[name] = {
        "duckdb": in_duckdb("score > 1", own),
        "duckdb, isnan": in_duckdb("isnan(score)", own),
        "duckdb, isnan counted": duckdb.sql(f"SELECT count(*) FILTER (isnan(score)) FROM {own}").fetchall()[0][0],
        "duckdb, told of NaN": in_duckdb("score > 1", told if path else own),
        "duckdb, max": duckdb.sql(f"SELECT max(score)::VARCHAR FROM {own}").fetchall()[0][0],
        "clickhouse": in_clickhouse("NOT score <= 1", other),
        "clickhouse, isNaN": in_clickhouse("isNaN(score)", other),
        "pyarrow": in_pyarrow(calls.filter(wrong) if path is None else dataset.dataset(path).to_table(filter=wrong)),
        "polars": in_polars(pl.from_arrow(calls).lazy() if path is None else pl.scan_parquet(path)),
    }
whole = {
    "duckdb": "b",
    "duckdb, isnan": "b",
    "duckdb, isnan counted": 1,
    "duckdb, told of NaN": "b",
    "duckdb, max": "nan",
    "clickhouse": "b",
    "clickhouse, isNaN": "b",
    "pyarrow": "b",
    "polars": "b",
}
hidden = {**whole, "duckdb": "", "duckdb, isnan": "", "clickhouse": "", "pyarrow": ""}
expected = {
    "largest stored": {
        "file of duckdb": [None],
        "file of pyarrow": [0.1, 0.9],
        "file of polars": [0.1, 0.9],
    },
    "rows": whole,
    "file of duckdb": whole,
    "file of pyarrow": {**hidden, "duckdb, max": "0.9"},
    "file of polars": hidden,
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/scores.py" "$folder"
