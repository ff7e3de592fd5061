#!/usr/bin/env bash
# Calls of Asterisk become one call, and others get another id, in whatever guesses the types of columns.
#
# Versions: duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0), pandas 3.1.1, polars 2.1.0, pyarrow 26.0.1.
#
# Behaviour: the unique id of a call in Asterisk's Master.csv is the second of its beginning, a point, and a running
# number that starts anew with the server: 1764490000.1234567. All five take a column of these for numbers. A number of
# 64 bits has about 16 digits, so that from the millionth channel on calls of the same second have the same id; and
# the zero at the end of every tenth is lost, so that 1764490000.1 and 1764490000.10 are one, and neither is found by
# the id that another file, such as that of the events of calls, has as text.
#
# Where it would be met: in imports of call records and joins of them. Nothing is told: counts by id are too low.
# Here text files are read as text, and an id that is a number with a fraction is refused.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0 pandas==3.1.1 polars==2.1.0 polars-runtime-32==2.1.0 pyarrow==26.0.1

cat > "$folder/ids.py" <<'PYTHON'
import sys

import chdb
import duckdb
import pandas as pd
import polars as pl
import pyarrow.csv

IDS = [
    "1764490000.1234566",
    "1764490000.1234567",
    "1764490000.1234568",
    "1764490000.1234569",
    "1764490001.1",
    "1764490001.10",
]
name = f"{sys.argv[1]}/Master.csv"
with open(name, "w") as file:
    file.write("uniqueid,duration\n" + "".join(f"{one},30\n" for one in IDS))

counted = "SELECT count(DISTINCT uniqueid) FROM"
seen = {
    "duckdb": duckdb.sql(f"{counted} read_csv('{name}')").fetchall()[0][0],
    "clickhouse": int(str(chdb.query(f"{counted} file('{name}', CSVWithNames)"))),
    "pandas": pd.read_csv(name)["uniqueid"].nunique(),
    "polars": pl.read_csv(name)["uniqueid"].n_unique(),
    "pyarrow": len(pyarrow.csv.read_csv(name)["uniqueid"].unique()),
}
expected = dict.fromkeys(seen, 3)
print(len(IDS), "calls:", seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/ids.py" "$folder"
