#!/usr/bin/env bash
# An average of 12.5 cents is 13 cents in one engine and 12 in another, and in one of them both, by the type.
#
# Versions: duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0), polars 2.1.0, pandas 3.1.1.
#
# Behaviour: `round` to two places, of 0.125, which a double has exactly. DuckDB rounds halves away from zero. ClickHouse
# rounds doubles to the even neighbour and decimals away from zero, with the same function. Polars and pandas round
# doubles to the even one; Polars does so with decimals as well.
#
# Where it would be met: in shares and average costs that are rounded by whoever shows them: one in eight calls is 12.5 %.
# Here figures are rounded half away from zero on their exact values, in both engines alike.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0 pandas==3.1.1 polars==2.1.0 polars-runtime-32==2.1.0

cat > "$folder/halves.py" <<'PYTHON'
from decimal import Decimal

import chdb
import duckdb
import pandas as pd
import polars as pl


def in_duckdb(value):
    return str(duckdb.sql(f"SELECT round({value}, 2)").fetchall()[0][0])


def in_clickhouse(value):
    return str(chdb.query(f"SELECT round({value}, 2)")).strip()


seen = {
    "duckdb, double": in_duckdb("0.125::DOUBLE"),
    "duckdb, decimal": in_duckdb("0.125::DECIMAL(9, 3)"),
    "clickhouse, double": in_clickhouse("toFloat64(0.125)"),
    "clickhouse, decimal": in_clickhouse("toDecimal64('0.125', 3)"),
    "polars, double": str(pl.Series([0.125]).round(2)[0]),
    "polars, decimal": str(pl.Series([Decimal("0.125")]).round(2)[0]),
    "pandas, double": str(pd.Series([0.125]).round(2)[0]),
}
expected = {
    "duckdb, double": "0.13",
    "duckdb, decimal": "0.13",
    "clickhouse, double": "0.12",
    "clickhouse, decimal": "0.13",
    "polars, double": "0.12",
    "polars, decimal": "0.120",
    "pandas, double": "0.12",
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/halves.py"
