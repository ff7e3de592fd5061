#!/usr/bin/env bash
# 03/04/2025 is 3 April for DuckDB, and 4 March once another row of the file is of the 16th: files of one export differ.
#
# Versions: duckdb 2.0.0.
#
# Behaviour: `read_csv` takes a column of such texts for dates without a word, and where every row would do both ways it
# puts the day first. One row with a second number above 12 turns all rows of that file round. Of several files that
# are read together the first decides: a later one that does not fit is an error, one that fits both ways is read wrong.
# So the same call has one day in Monday's file and another in that of the whole month.
#
# Where it would be met: in exports of American platforms, read a day or a month at a time. Here a date whose day and
# month could change places is refused unless its format is named.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0

cat > "$folder/days.py" <<'PYTHON'
import sys

import duckdb

FILES = {"few": ["03/04/2025", "03/05/2025"], "month": ["03/04/2025", "03/05/2025", "03/16/2025"]}
for name, days in FILES.items():
    with open(f"{sys.argv[1]}/{name}.csv", "w") as file:
        file.write("day,calls\n" + "".join(f"{day},1\n" for day in days))


def first_day(*names):
    files = [f"{sys.argv[1]}/{name}.csv" for name in names]
    try:
        rows = duckdb.sql(f"SELECT typeof(day), day::VARCHAR FROM read_csv({files})").fetchall()
    except duckdb.ConversionException:
        return "an error"
    return rows[0]


seen = {names: first_day(*names) for names in [("few",), ("month",), ("few", "month"), ("month", "few")]}
expected = {
    ("few",): ("DATE", "2025-04-03"),
    ("month",): ("DATE", "2025-03-04"),
    ("few", "month"): "an error",
    ("month", "few"): ("DATE", "2025-03-04"),
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/days.py" "$folder"
