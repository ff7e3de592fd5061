#!/usr/bin/env bash
# A frame of pandas that was filtered has one column more than one that was not, for whoever reads it by Arrow's stream.
#
# Versions: pandas 3.1.1, pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.0.
#
# Behaviour: a frame's unnamed index goes over the Arrow stream (`__arrow_c_stream__`) as the column
# `__index_level_0__` wherever it is no plain range: after a filter, a sample, a sort or `concat`. Polars'
# `from_pandas` leaves it out, and so does DuckDB where it reads a frame; what takes any table by the stream gets it.
# Where the rows that are left happen to have even distances, the index becomes a range again and the column is gone.
#
# Where it would be met: in clients that take "any frame": the code works with the whole frame, and with
# `frame[frame.outcome == "BUSY"]` it does not, or not with this month's. Here such a column is no field of a record.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0 polars-runtime-32==2.1.0 duckdb==2.0.0

cat > "$folder/frames.py" <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

calls = pd.DataFrame({"call": list("abcde"), "outcome": ["BUSY", "SOLD", "BUSY", "BUSY", "SOLD"]})
busy, sold = calls[calls.outcome == "BUSY"], calls[calls.outcome == "SOLD"]


def streamed(frame):
    return pa.RecordBatchReader.from_stream(frame).schema.names


seen = {
    "all": streamed(calls),
    "the places 0, 2, 3": streamed(busy),
    "the places 1, 4": streamed(sold),
    "sorted": streamed(calls.sort_values("outcome")),
    "two in one": streamed(pd.concat([calls, calls])),
    "polars": pl.from_pandas(busy).columns,
    "duckdb": duckdb.sql("FROM busy").columns,
}
expected = {name: ["call", "outcome"] for name in seen}
for name in ("the places 0, 2, 3", "sorted", "two in one"):
    expected[name] = ["call", "outcome", "__index_level_0__"]
print(seen)
assert seen == expected, seen
PYTHON
"$folder/venv/bin/python" "$folder/frames.py"
