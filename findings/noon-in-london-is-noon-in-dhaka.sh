#!/usr/bin/env bash
# 12:00 BST in a file is noon in Bangladesh to DuckDB, and 12:00 PST in July another moment than to Python's mail dates.
#
# Versions: duckdb 2.0.0, Python 3.11, pandas 3.1.1, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: `read_csv` takes a column of such texts for moments without a word, and a short name for a region of its own
# list: BST is Asia/Dhaka, not British summer time, AST Alaska, not the Atlantic coast, and IST India, neither
# Israel nor Ireland. In July AST, CST and PST are an hour less than they say, as the clocks of the region are; EST is as
# it says. EDT is not in the list, and makes the column text: a file of a week in winter has moments, and one of a week
# in summer texts. Python's reader of mail dates knows the American names to the letter; of any other, such as BST, it
# makes a time without a zone. pandas and ClickHouse refuse all of these.
#
# Where it would be met: in exports of PBXs and diallers that put the zone's short name behind the time. All calls of a
# British summer are five hours too early, and those of a Californian one an hour, by who reads them. Here no name but
# UTC and GMT is read as an offset: such times are refused, and the zone is named for all of them.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 pandas==3.1.1 chdb==4.4.0 chdb-core==26.9.0

cat > "$folder/noon.py" <<'PYTHON'
import sys
from datetime import UTC
from email.utils import parsedate_to_datetime

import chdb
import duckdb
import pandas as pd

path = f"{sys.argv[1]}/calls.csv"
duckdb.sql("SET TimeZone = 'UTC'")


def in_duckdb(zone):
    """The time in UTC, and the type that the column of the file got."""
    with open(path, "w") as file:
        file.write(f"call_id,started_at\na,2026-07-01 12:00:00 {zone}\nb,2026-07-02 12:00:00 {zone}\n")
    read = duckdb.sql(f"SELECT substr(started_at::VARCHAR, 12, 5), typeof(started_at) FROM '{path}'")
    time, kind = read.fetchall()[0]
    return time if kind == "TIMESTAMP WITH TIME ZONE" else "text"


def in_mail(zone):
    read = parsedate_to_datetime(f"Wed, 01 Jul 2026 12:00:00 {zone}")
    return "no zone" if read.tzinfo is None else f"{read.astimezone(UTC):%H:%M}"


def refused(read):
    try:
        read()
    except (ValueError, RuntimeError, chdb.ChdbError):
        return True
    return False


zones = ("BST", "IST", "AST", "EST", "EDT", "CST", "PST")
seen = {zone: (in_duckdb(zone), in_mail(zone)) for zone in zones}
for zone in zones:
    time = f"2026-07-01 12:00:00 {zone}"
    assert refused(lambda: pd.to_datetime([time])), zone
    assert refused(lambda: chdb.query(f"SELECT parseDateTimeBestEffort('{time}')")), zone
expected = {
    "BST": ("06:00", "no zone"),
    "IST": ("06:30", "no zone"),
    "AST": ("20:00", "16:00"),
    "EST": ("17:00", "17:00"),
    "EDT": ("text", "16:00"),
    "CST": ("17:00", "18:00"),
    "PST": ("19:00", "20:00"),
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/noon.py" "$folder"
