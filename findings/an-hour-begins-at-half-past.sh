#!/usr/bin/env bash
# In India an hour begins at half past, in both engines, by functions that look the same as those for which it does not.
#
# Versions: duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0), polars 2.1.0, tzdata 2026.6.
#
# Behaviour: 10:10 in Asia/Kolkata, 5:30 h before UTC. DuckDB's `date_trunc('hour')` of a TIMESTAMPTZ is 10:00 in the zone
# of the session; `time_bucket` of one hour is 09:30, an hour of UTC, and of one day 05:30. ClickHouse's
# `toStartOfInterval` of 1 hour is 10:00, and of 60 minutes 09:30. Polars gives 10:00 for both.
#
# Where it would be met: in calls by hour wherever people have half hours: India, Nepal, South Australia, Newfoundland.
# The chart looks right, and every bar has half an hour of its neighbour. Here buckets are worked out in local time
# before the engine is asked.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0 polars==2.1.0 polars-runtime-32==2.1.0 tzdata==2026.6

cat > "$folder/hours.py" <<'PYTHON'
from datetime import datetime
from zoneinfo import ZoneInfo

import chdb
import duckdb
import polars as pl

ZONE = "Asia/Kolkata"
duckdb.sql(f"SET TimeZone = '{ZONE}'")
CALLED = "TIMESTAMPTZ '2025-01-01 10:10:00+05:30'"


def in_duckdb(bucket):
    return duckdb.sql(f"SELECT strftime({bucket}, '%H:%M')").fetchall()[0][0]


def in_clickhouse(interval):
    begins = f"toStartOfInterval(toDateTime('2025-01-01 10:10:00', '{ZONE}'), INTERVAL {interval})"
    return str(chdb.query(f"SELECT formatDateTime({begins}, '%H:%i')")).strip().strip('"')


def in_polars(every):
    called = pl.Series([datetime(2025, 1, 1, 10, 10, tzinfo=ZoneInfo(ZONE))])
    return called.dt.truncate(every)[0].strftime("%H:%M")


seen = {
    "duckdb, date_trunc hour": in_duckdb(f"date_trunc('hour', {CALLED})"),
    "duckdb, time_bucket 1 hour": in_duckdb(f"time_bucket(INTERVAL '1 hour', {CALLED})"),
    "duckdb, time_bucket 1 day": in_duckdb(f"time_bucket(INTERVAL '1 day', {CALLED})"),
    "clickhouse, 1 hour": in_clickhouse("1 HOUR"),
    "clickhouse, 60 minutes": in_clickhouse("60 MINUTE"),
    "polars, 1 hour": in_polars("1h"),
    "polars, 60 minutes": in_polars("60m"),
}
expected = {
    "duckdb, date_trunc hour": "10:00",
    "duckdb, time_bucket 1 hour": "09:30",
    "duckdb, time_bucket 1 day": "05:30",
    "clickhouse, 1 hour": "10:00",
    "clickhouse, 60 minutes": "09:30",
    "polars, 1 hour": "10:00",
    "polars, 60 minutes": "10:00",
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/hours.py"
