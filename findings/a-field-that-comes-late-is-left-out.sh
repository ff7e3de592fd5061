#!/usr/bin/env bash
# A field that records have from some record on is left out without a word: after 1, 100 or 25,000 records, by reader.
#
# Versions: pyarrow 26.0.1, polars 2.1.0, chdb 4.4.0 (chdb-core 26.9.0), duckdb 2.0.0, pandas 3.1.1.
#
# Behaviour: records as lines of JSON, or as Python's dicts, of which the last one alone has `voicemail`. Who makes a
# table of them takes its columns from the first ones. `pyarrow.Table.from_pylist` asks the first record alone, polars
# the first 100, whether dicts or lines, ClickHouse the first 25,000 lines, and pyarrow's `dataset` the first megabyte:
# what comes later has no column, the rows are all there, and nothing is said. `pyarrow.json.read_json` and pandas
# keep it. DuckDB asks the first 20,480 lines; then a query for all columns is refused, and one for some of them runs.
# An object within a record loses its late keys in the same way.
#
# Where it would be met: in logs of calls to which a platform adds a field in the middle of a day, or that have one
# only where something was special: a voicemail, a transfer, an error. The column is there on one day and not on the
# next. Records are read here one by one, so that the last line may have what no other had.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    pyarrow==26.0.1 polars==2.1.0 polars-runtime-32==2.1.0 chdb==4.4.0 chdb-core==26.9.0 duckdb==2.0.0 pandas==3.1.1

cat > "$folder/late.py" <<'PYTHON'
import json
import sys

import chdb
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from pyarrow import dataset
from pyarrow import json as arrow_json

CALL = {"call_id": "call", "duration": 90}
path = f"{sys.argv[1]}/calls.ndjson"


def of_dicts(make):
    """A reader of dicts: the columns where the last of so many has a field of its own."""
    return lambda count: make([CALL] * (count - 1) + [{**CALL, "voicemail": True}])


def of_lines(read):
    """A reader of lines, likewise."""

    def columns(count):
        with open(path, "w") as file:
            file.write((json.dumps(CALL) + "\n") * (count - 1) + json.dumps({**CALL, "voicemail": True}))
        return read(path)

    return columns


def in_clickhouse(path):
    described = str(chdb.query(f"DESCRIBE file('{path}', 'JSONEachRow')", "TSV"))
    rows = int(str(chdb.query(f"SELECT count() FROM file('{path}', 'JSONEachRow')")))
    assert rows == sum(1 for _ in open(path))
    return [line.split("\t")[0] for line in described.splitlines() if line]


def in_duckdb(path):
    """`refused` where a query for all columns is, and one for some is not."""
    try:
        duckdb.sql(f"SELECT * FROM '{path}'").fetchall()
        return duckdb.sql(f"FROM '{path}'").columns
    except duckdb.Error:
        (counted,) = duckdb.sql(f"SELECT count(duration) FROM '{path}'").fetchall()
        assert counted == (sum(1 for _ in open(path)),)
        return ["refused"]


def last_kept(columns):
    """The last record whose field has a column, of up to 100,000; None where each of them has."""
    if "voicemail" in columns(100_000):
        return None
    kept, lost = 1, 100_000
    while lost - kept > 1:
        middle = (kept + lost) // 2
        kept, lost = (middle, lost) if "voicemail" in columns(middle) else (kept, middle)
    return kept


seen = {
    "pyarrow, from_pylist": last_kept(of_dicts(lambda rows: pa.Table.from_pylist(rows).column_names)),
    "polars, from_dicts": last_kept(of_dicts(lambda rows: pl.from_dicts(rows).columns)),
    "polars, read_ndjson": last_kept(of_lines(lambda path: pl.read_ndjson(path).columns)),
    "clickhouse": last_kept(of_lines(in_clickhouse)),
    "pyarrow, read_json": last_kept(of_lines(lambda path: arrow_json.read_json(path).column_names)),
    "pandas, read_json": last_kept(of_lines(lambda path: list(pd.read_json(path, lines=True)))),
    "duckdb, all columns": last_kept(of_lines(in_duckdb)),
    "duckdb, beyond": of_lines(in_duckdb)(30_000),
    "pyarrow, dataset, 3 MB": of_lines(lambda path: dataset.dataset(path, format="json").schema.names)(100_000),
}
nested = pl.from_dicts([{"extra": {"city": "Delhi"}}] * 100 + [{"extra": {"city": "Pune", "plan": "gold"}}])
seen["polars, in an object"] = nested["extra"][-1]
expected = {
    "pyarrow, from_pylist": 1,
    "polars, from_dicts": 100,
    "polars, read_ndjson": 100,
    "clickhouse": 25_000,
    "pyarrow, read_json": None,
    "pandas, read_json": None,
    "duckdb, all columns": 20_480,
    "duckdb, beyond": ["refused"],
    "pyarrow, dataset, 3 MB": ["call_id", "duration"],
    "polars, in an object": {"city": "Pune"},
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/late.py" "$folder"
