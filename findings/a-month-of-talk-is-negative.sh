#!/usr/bin/env bash
# The durations of a day's calls add up to less than nothing in polars, without an error, where each is a small number.
#
# Versions: polars 2.1.0, pyarrow 26.0.1, pandas 3.1.1, duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: a sum of whole numbers of 8 or 16 bits is one of 64 in polars; a sum of those of 32 bits has 32, and begins
# anew below zero behind 2,147,483,647. So do running sums, and sums in groups, in windows and in polars' own SQL; the
# average is right. The other four add in 64 bits or more.
#
# Where it would be met: in durations in milliseconds, as Retell and FreeSWITCH have them, that came as 32 bits from a
# Parquet file, from DuckDB's INTEGER or from ClickHouse: 596 hours are the limit, a day of 75 agents. Whole numbers of
# exports and of the client have 64 bits here for that reason.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    polars==2.1.0 polars-runtime-32==2.1.0 pyarrow==26.0.1 pandas==3.1.1 duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0

cat > "$folder/talk.py" <<'PYTHON'
import chdb
import duckdb
import polars as pl
import pyarrow as pa
from pyarrow import compute as pc

# Half an hour in milliseconds, 1,200 times: 600 hours.
talk = duckdb.sql("SELECT 'agent' AS agent, 1800000::INTEGER AS talked FROM range(1200)").to_arrow_table()
assert talk.schema.field("talked").type == pa.int32()
frame, talked = pl.from_arrow(talk), pl.col("talked")
seen = {
    "polars": frame["talked"].sum(),
    "polars, groups": frame.group_by("agent").agg(talked.sum())["talked"][0],
    "polars, windows": frame.select(talked.sum().over("agent"))["talked"][0],
    "polars, running": frame["talked"].cum_sum()[-1],
    "polars, streaming": frame.lazy().select(talked.sum()).collect(engine="streaming").item(),
    "polars, SQL": frame.sql("SELECT sum(talked) FROM self").item(),
    "polars, average": frame["talked"].mean(),
    "polars, 16 bits": pl.Series([30_000] * 1200, dtype=pl.Int16).sum(),
    "pyarrow": pc.sum(talk["talked"]).as_py(),
    "pandas": int(talk.to_pandas()["talked"].sum()),
    "duckdb": duckdb.sql("SELECT sum(talked) FROM talk").fetchall()[0][0],
    "clickhouse": int(str(chdb.query("SELECT sum(talked) FROM Python(talk)"))),
}
expected = {
    "polars": -2_134_967_296,
    "polars, groups": -2_134_967_296,
    "polars, windows": -2_134_967_296,
    "polars, running": -2_134_967_296,
    "polars, streaming": -2_134_967_296,
    "polars, SQL": -2_134_967_296,
    "polars, average": 1_800_000.0,
    "polars, 16 bits": 36_000_000,
    "pyarrow": 2_160_000_000,
    "pandas": 2_160_000_000,
    "duckdb": 2_160_000_000,
    "clickhouse": 2_160_000_000,
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/talk.py"
