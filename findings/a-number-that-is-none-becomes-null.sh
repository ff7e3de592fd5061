#!/usr/bin/env bash
# NaN and infinity are written as null by one JSON encoder; NaN of a frame is null or NaN by its maker.
#
# Versions: msgspec 0.22.0, pandas 3.1.1, polars 2.1.0, pyarrow 26.0.1.
#
# Behaviour: msgspec encodes NaN and infinity as null without a word, where the
# standard library writes `NaN`, which is no JSON, or raises with `allow_nan=False`. The Arrow stream of a frame of
# pandas has a null where the frame has NaN; that of a frame of Polars keeps NaN beside null.
#
# Where it would be met: in records that a client sends. In a record null clears a stored field, so that a score that
# could not be computed would erase the one that is there. NaN and infinity in records are refused here before they
# are encoded; in tables NaN is absent, whoever made them.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    msgspec==0.22.0 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1

cat > "$folder/nan.py" <<'PYTHON'
import msgspec
import pandas as pd
import polars as pl
import pyarrow as pa

nan = float("nan")


def streamed(frame: object) -> str:
    return str(pa.RecordBatchReader.from_stream(frame).read_all()["score"].to_pylist())


seen = {
    "msgspec": msgspec.json.encode([nan, float("inf")]).decode(),
    "pandas": streamed(pd.DataFrame({"score": [0.5, nan]})),
    "polars": streamed(pl.DataFrame({"score": [0.5, nan, None]})),
}
expected = {
    "msgspec": "[null,null]",
    "pandas": "[0.5, None]",
    "polars": "[0.5, nan, None]",
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/nan.py"
