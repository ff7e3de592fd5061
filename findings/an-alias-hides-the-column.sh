#!/usr/bin/env bash
# The same SELECT filters by the stored duration in DuckDB and by the shown one in ClickHouse.
#
# Versions: duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: in standard SQL the names in WHERE are those of the columns. In ClickHouse an alias of the
# select list goes before a column of the same name, everywhere in the statement. A statement that
# shows seconds as whole minutes under the old name then filters by minutes: no error, other calls.
# Inside an aggregate it is an error at best (ILLEGAL_AGGREGATION for `sum(n) AS n, sum(n * d)`). The
# setting `prefer_column_name_to_alias` turns it round; it is off by default.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0 pandas==3.1.1

cat > "$folder/alias.py" <<'PYTHON'
import chdb
import duckdb

CALLS = "(SELECT 59 AS duration UNION ALL SELECT 90 UNION ALL SELECT 3600) AS calls"
MINUTES = f"SELECT CAST(floor(duration / 60) AS INTEGER) AS duration FROM {CALLS} WHERE duration >= 60"
AGGREGATE = "SELECT sum(n) AS n, sum(n * d) AS total FROM (SELECT 2 AS n, 3 AS d) AS counted"


def clickhouse(sql: str, settings: str = "") -> list[str]:
    try:
        return sorted(str(chdb.query(sql + settings, "CSV")).split())
    except Exception as error:
        return ["ILLEGAL_AGGREGATION"] if "ILLEGAL_AGGREGATION" in str(error) else [str(error)]


def in_duckdb(sql: str) -> list[str]:
    return sorted(",".join(map(str, row)) for row in duckdb.sql(sql).fetchall())


COLUMN_FIRST = " SETTINGS prefer_column_name_to_alias = 1"
seen = {
    "duckdb": in_duckdb(MINUTES),
    "clickhouse": clickhouse(MINUTES),
    "clickhouse, column first": clickhouse(MINUTES, COLUMN_FIRST),
    "duckdb, aggregate": in_duckdb(AGGREGATE),
    "clickhouse, aggregate": clickhouse(AGGREGATE),
}
expected = {
    "duckdb": ["1", "60"],
    "clickhouse": ["60"],
    "clickhouse, column first": ["1", "60"],
    "duckdb, aggregate": ["2,6"],
    "clickhouse, aggregate": ["ILLEGAL_AGGREGATION"],
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/alias.py"
