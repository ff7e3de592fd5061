#!/usr/bin/env bash
# The average of 5 and 10 cents is 7, 8 or 7.5 cents, and a second at 5 cents a minute is free, by who computes it.
#
# Versions: polars 2.1.0, pyarrow 26.0.1, pandas 3.1.1, chdb 4.4.0 (chdb-core 26.9.0), duckdb 2.0.0.
#
# Behaviour: a decimal keeps the exact value, so one expects no less of what is computed of it. In polars a quotient and
# a product of decimals have the places of the operands: 0.05 / 60 is 0.00, 0.05 * 0.05 is 0.00, and 12.34 % / 100 is
# 0.12; but `mean` gives a double. pyarrow does it the other way round: quotients have more places, and `mean` has those
# of the column, 0.08, also in a pandas frame of Arrow's types and in its groups. ClickHouse cuts a quotient off at the
# places of the first operand, so that sum / count is 0.07 where `avg` is 0.075. DuckDB divides as doubles. Doubles in
# place of decimals have more places in all of them.
#
# Where it would be met: in prices by the minute, shares and means of rates that somebody computes of what was exported
# as decimals for the sake of exactness. The figures of the client and of exports are such decimals, too: a success rate
# has two places, and its hundredth as well. The documentation says what to do: cast to a double first.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    polars==2.1.0 polars-runtime-32==2.1.0 pyarrow==26.0.1 pandas==3.1.1 chdb==4.4.0 chdb-core==26.9.0 duckdb==2.0.0

cat > "$folder/cents.py" <<'PYTHON'
from decimal import Decimal

import chdb
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from pyarrow import compute as pc

calls = pa.table({"cost": [Decimal("0.05"), Decimal("0.10")], "rate": [Decimal("12.34"), Decimal("7.50")]})
mean, second, hundredth = "mean", "cost of a second", "rate as a share"


def in_sql(ask):
    asked = {
        "sum / count": "sum(cost) / count(*)",
        mean: "avg(cost)",
        second: "min(cost) / 60",
        hundredth: "max(rate) / 100",
    }
    return {name: ask(expression) for name, expression in asked.items()}


def in_duckdb(expression):
    ((value,),) = duckdb.sql(f"SELECT {expression} FROM calls").fetchall()
    return f"{value:.4g}"


def in_clickhouse(expression):
    return str(chdb.query(f"SELECT {expression} FROM Python(calls)", "TSV")).strip()


def in_polars(frame, form=""):
    cost, rate = pl.col("cost"), pl.col("rate")
    asked = {
        "sum / count": cost.sum() / pl.len(),
        mean: cost.mean(),
        second: cost.min() / 60,
        hundredth: rate.max() / 100,
    }
    return {name: f"{frame.select(expression).item():{form}}" for name, expression in asked.items()}


def in_pandas(frame):
    asked = {mean: frame["cost"].mean(), second: frame["cost"].min() / 60, hundredth: (frame["rate"] / 100).max()}
    return {name: f"{value:.4g}" for name, value in asked.items()}


frame = pl.from_arrow(calls)
arrow_types = calls.to_pandas(types_mapper=pd.ArrowDtype)
grouped = arrow_types.groupby([1, 1])["cost"].mean()
seen = {
    "duckdb": in_sql(in_duckdb),
    "clickhouse": in_sql(in_clickhouse),
    "polars": in_polars(frame),
    "polars, doubles": in_polars(frame.cast(pl.Float64), ".4g"),
    "polars, 0.05 * 0.05": str((frame["cost"] * frame["cost"])[0]),
    "pyarrow": {mean: str(pc.mean(calls["cost"])), "doubles": str(pc.mean(calls["cost"].cast(pa.float64())))[:5]},
    "pandas of Arrow": in_pandas(arrow_types),
    "pandas of Arrow, groups": str(grouped[1]),
}
expected = {
    "duckdb": {"sum / count": "0.075", mean: "0.075", second: "0.0008333", hundredth: "0.1234"},
    "clickhouse": {"sum / count": "0.07", mean: "0.075", second: "0", hundredth: "0.12"},
    "polars": {"sum / count": "0.08", mean: "0.075", second: "0.00", hundredth: "0.12"},
    "polars, doubles": {"sum / count": "0.075", mean: "0.075", second: "0.0008333", hundredth: "0.1234"},
    "polars, 0.05 * 0.05": "0.00",
    "pyarrow": {mean: "0.08", "doubles": "0.075"},
    "pandas of Arrow": {mean: "0.08", second: "0.0008333", hundredth: "0.1234"},
    "pandas of Arrow, groups": "0.08",
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/cents.py"
