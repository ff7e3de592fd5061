#!/usr/bin/env bash
# pandas reads whole numbers of Parquet as floats where one of the column is absent, and rounds them.
#
# Versions: pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6.
#
# Behaviour: `read_parquet` makes an int64 column without nulls int64, and one with a null float64. From
# 2^53 on neighbours become the same number. It says nothing of it. With `dtype_backend="pyarrow"` or
# `"numpy_nullable"` the numbers stay. Which of both a column is depends on the rows: a day on which
# every call was answered has other types than the one after it.
#
# Where it would be met: by who reads exports with pandas. The page on exports says which argument to
# give.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6

cat > "$folder/whole.py" <<'PYTHON'
import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

LARGE = 2**53 + 1


def read(values: list[int | None], **options: str) -> tuple[str, bool]:
    out = io.BytesIO()
    pq.write_table(pa.table({"sum": pa.array(values, pa.int64())}), out)
    column = pd.read_parquet(io.BytesIO(out.getvalue()), **options)["sum"]
    return str(column.dtype), int(column[0]) == LARGE


seen = {
    "all there": read([LARGE, 1]),
    "one absent": read([LARGE, None]),
    "one absent, pyarrow": read([LARGE, None], dtype_backend="pyarrow"),
    "one absent, nullable": read([LARGE, None], dtype_backend="numpy_nullable"),
}
expected = {
    "all there": ("int64", True),
    "one absent": ("float64", False),
    "one absent, pyarrow": ("int64[pyarrow]", True),
    "one absent, nullable": ("Int64", True),
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/whole.py"
