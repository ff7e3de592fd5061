#!/usr/bin/env bash
# The 90th percentile of ten calls is the ninth for one engine and the tenth for another; "low" helps for the median.
#
# Versions: duckdb 2.0.0, chdb 4.4.0 (chdb-core 26.9.0), polars 2.1.0, pandas 3.1.1.
#
# Behaviour: by the nearest rank the p-th percentile of n values is the ceil(n p)-th. DuckDB's `quantile_disc` is that.
# ClickHouse's `quantileExact` takes the one behind: of ten values it gives the tenth for 0.9 and the sixth for 0.5;
# `quantileExactLow` gives the fifth for 0.5 and still the tenth for 0.9. Polars, unless told otherwise, does not
# interpolate, as pandas does, but takes the value nearest to 0.9 (n - 1), and of two that are as near the upper one,
# where pandas' `nearest` takes the one with an even place: the median of ten is 6 for one and 5 for the other.
#
# Where it would be met: in percentiles of durations of few calls, such as those of an agent in an hour, wherever two
# of these stand beside each other. Here the nearest rank is taken on every engine, in ClickHouse by the sorted array.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 chdb==4.4.0 chdb-core==26.9.0 pandas==3.1.1 polars==2.1.0 polars-runtime-32==2.1.0

cat > "$folder/ranks.py" <<'PYTHON'
import chdb
import duckdb
import pandas as pd
import polars as pl

CALLS = range(1, 11)


def seen_at(share):
    def in_clickhouse(function):
        return int(str(chdb.query(f"SELECT {function}({share})(number + 1) FROM numbers(10)")))

    disc = f"SELECT quantile_disc(call, {share}) FROM range(1, 11) AS calls(call)"
    return {
        "duckdb": duckdb.sql(disc).fetchall()[0][0],
        "clickhouse": in_clickhouse("quantileExact"),
        "clickhouse, low": in_clickhouse("quantileExactLow"),
        "polars": pl.Series(CALLS).quantile(share),
        "pandas, nearest": float(pd.Series(CALLS).quantile(share, interpolation="nearest")),
        "pandas": round(float(pd.Series(CALLS).quantile(share)), 6),
    }


seen = {share: seen_at(share) for share in (0.5, 0.9)}
expected = {
    0.5: {
        "duckdb": 5,
        "clickhouse": 6,
        "clickhouse, low": 5,
        "polars": 6.0,
        "pandas, nearest": 5.0,
        "pandas": 5.5,
    },
    0.9: {
        "duckdb": 9,
        "clickhouse": 10,
        "clickhouse, low": 10,
        "polars": 9.0,
        "pandas, nearest": 9.0,
        "pandas": 9.1,
    },
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/ranks.py"
