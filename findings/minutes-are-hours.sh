#!/usr/bin/env bash
# The duration 02:46 of a call is 2 minutes 46 seconds to one version of pydantic, and to the next nearly 3 hours.
#
# Versions: pydantic 2.12.5 with its `pydantic.v1`, duckdb 2.0.0, pyarrow 26.0.1, polars 2.1.0, pandas 3.1.1,
# Python 3.11.
#
# Behaviour: logs of calls and sheets of diallers have durations as MM:SS. A field of type timedelta takes the two
# parts for minutes and seconds in pydantic 1, and for hours and minutes in pydantic 2, where `2:46` is refused and
# `02:46` is not. DuckDB's INTERVAL takes hours and minutes. The CSV readers of DuckDB, pyarrow and polars make it a
# time of day, at 02:46, as long as no call is longer than 24 minutes: with a `75:00` the column is text. pandas
# refuses it. Three parts, as in `00:02:46`, are the same to all.
#
# Where it would be met: in imports of durations, which become sixty times as long. MM:SS is minutes and seconds here.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    pydantic==2.12.5 duckdb==2.0.0 pyarrow==26.0.1 polars==2.1.0 polars-runtime-32==2.1.0 pandas==3.1.1

cat > "$folder/durations.py" <<'PYTHON'
import io
import sys
import warnings
from datetime import timedelta

import duckdb
import pandas as pd
import polars as pl
import pyarrow.csv
from pydantic import TypeAdapter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydantic.v1 import parse_obj_as


def said(read, text):
    try:
        return str(read(text))
    except ValueError:
        return "refused"


def in_csv_of_duckdb(text):
    with open(sys.argv[1], "w") as file:
        file.write(f"call_id,duration\ncall-1,{text}\n")
    return duckdb.read_csv(sys.argv[1], header=True).fetchall()[0][1]


def csv(text):
    return io.BytesIO(f"duration\n{text}\n".encode())


READERS = {
    "pydantic 1": lambda text: parse_obj_as(timedelta, text),
    "pydantic 2": TypeAdapter(timedelta).validate_python,
    "duckdb INTERVAL": lambda text: duckdb.execute("SELECT ?::INTERVAL", [text]).fetchall()[0][0],
    "pandas": pd.to_timedelta,
    "duckdb CSV": in_csv_of_duckdb,
    "pyarrow CSV": lambda text: pyarrow.csv.read_csv(csv(text))[0][0],
    "polars CSV": lambda text: pl.read_csv(csv(text), try_parse_dates=True).item(),
}
seen = {name: [said(read, text) for text in ("02:46", "2:46")] for name, read in READERS.items()}
expected = {
    "pydantic 1": ["0:02:46", "0:02:46"],
    "pydantic 2": ["2:46:00", "refused"],
    "duckdb INTERVAL": ["2:46:00", "2:46:00"],
    "pandas": ["refused", "refused"],
    "duckdb CSV": ["02:46:00", "02:46:00"],
    "pyarrow CSV": ["02:46:00", "2:46"],
    "polars CSV": ["02:46:00", "02:46:00"],
}
for name, values in seen.items():
    print(f"{name}: {values}")
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/durations.py" "$folder/calls.csv"
