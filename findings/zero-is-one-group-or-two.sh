#!/usr/bin/env bash
# A score of 0.0 and one of -0.0 are one group to DuckDB and polars, and two to ClickHouse and pyarrow.
#
# Versions: duckdb 2.0.0, polars 2.1.0, pyarrow 26.0.1, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: IEEE 754 has two zeros that compare equal. JSON writes both, so `"sentiment": -0.0` is
# valid, and rounding a tiny negative number gives one too. Grouping goes by the bits in ClickHouse and
# pyarrow, which then show a group twice, and by the value in DuckDB and polars. pyarrow differs from
# itself: `equal` finds the zeros equal, `is_in`, `unique` and `dictionary_encode` do not.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    polars==2.1.0 polars-runtime-32==2.1.0 pyarrow==26.0.1 duckdb==2.0.0 chdb==4.4.0 \
    chdb-core==26.9.0 pandas==3.1.1

cat > "$folder/zeros.py" <<'PYTHON'
import chdb
import duckdb
import polars
import pyarrow as pa
import pyarrow.compute as pc

ZEROS = [0.0, -0.0]
scores = pa.table({"score": ZEROS})
in_clickhouse = chdb.query(
    "SELECT count() FROM (SELECT score FROM (SELECT arrayJoin([0.0, -0.0]) AS score) GROUP BY score)"
)
seen = {
    "duckdb groups": len(duckdb.sql("SELECT score FROM scores GROUP BY score").fetchall()),
    "polars groups": polars.DataFrame({"score": ZEROS}).group_by("score").len().height,
    "pyarrow groups": scores.group_by("score").aggregate([]).num_rows,
    "clickhouse groups": int(str(in_clickhouse)),
    "pyarrow equal": pc.equal(pa.array(ZEROS), 0.0).to_pylist(),
    "pyarrow is_in": pc.is_in(pa.array(ZEROS), pa.array([0.0])).to_pylist(),
}
expected = {
    "duckdb groups": 1,
    "polars groups": 1,
    "pyarrow groups": 2,
    "clickhouse groups": 2,
    "pyarrow equal": [True, True],
    "pyarrow is_in": [True, False],
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/zeros.py"
