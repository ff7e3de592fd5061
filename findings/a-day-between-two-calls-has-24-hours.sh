#!/usr/bin/env bash
# The time between two calls depends on the session's time zone in DuckDB, and is wrong by an hour in some.
#
# Versions: duckdb 2.0.0, polars 2.1.0, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: two TIMESTAMPTZ are two moments, and what lies between them is the same in every zone. DuckDB subtracts
# them by the calendar of the session's zone: of 23 hours over the change to summer time it makes "1 day", and `epoch`
# makes 24 hours of that. It does so only where the time between is a day of the calendar or more. The difference of
# the epochs, `date_diff('second', ...)`, and the other engines give 23 hours. The session's zone is the machine's
# where nobody sets it.
#
# Where it would be met: in the time until a number is called again, as an average or as a limit: an hour more or less
# for all retries over two weekends of the year, and only for who has a zone with summer time. Here moments are stored
# as TIMESTAMP in UTC, whose days all have 24 hours.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 polars==2.1.0 polars-runtime-32==2.1.0 chdb==4.4.0 chdb-core==26.9.0 tzdata==2026.6

cat > "$folder/between.py" <<'PYTHON'
import chdb
import duckdb
import polars as pl

FIRST, AGAIN = "2026-03-28 12:00:00+01:00", "2026-03-29 12:00:00+02:00"


def in_duckdb(zone, what):
    connection = duckdb.connect()
    connection.execute(f"SET TimeZone = '{zone}'")
    between = f"SELECT TIMESTAMPTZ '{FIRST}' AS first, TIMESTAMPTZ '{AGAIN}' AS again"
    return connection.execute(f"SELECT ({what}) / 3600 FROM ({between})").fetchone()[0]


def in_clickhouse():
    moments = [f"parseDateTimeBestEffort('{text}', 'Europe/Berlin')" for text in (AGAIN, FIRST)]
    return int(str(chdb.query(f"SELECT ({moments[0]} - {moments[1]}) / 3600")))


def in_polars():
    moments = pl.Series([FIRST, AGAIN]).str.to_datetime("%F %T%z").dt.convert_time_zone("Europe/Berlin")
    return moments.diff().dt.total_seconds()[1] / 3600


seen = {
    "duckdb, Berlin": in_duckdb("Europe/Berlin", "epoch(again - first)"),
    "duckdb, UTC": in_duckdb("UTC", "epoch(again - first)"),
    "duckdb, Berlin, epochs": in_duckdb("Europe/Berlin", "epoch(again) - epoch(first)"),
    "duckdb, Berlin, date_diff": in_duckdb("Europe/Berlin", "date_diff('second', first, again)"),
    "clickhouse, Berlin": in_clickhouse(),
    "polars, Berlin": in_polars(),
}
expected = {
    "duckdb, Berlin": 24,
    "duckdb, UTC": 23,
    "duckdb, Berlin, epochs": 23,
    "duckdb, Berlin, date_diff": 23,
    "clickhouse, Berlin": 23,
    "polars, Berlin": 23,
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/between.py"
