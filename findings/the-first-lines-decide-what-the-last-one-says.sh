#!/usr/bin/env bash
# An outcome is null and 60.7 seconds are 61 to DuckDB, where 20,480 lines before it had no outcome and whole seconds.
#
# Versions: duckdb 2.0.0, polars 2.1.0, chdb 4.4.0 (chdb-core 26.9.0).
#
# Behaviour: `read_json` takes the types of columns from the first 20,480 lines of JSON. A value that does not fit is an
# error that names `sample_size`, as one expects, but not a number, which is rounded, and not where the field was null in
# all of those lines: its type is that of null, and every later value is null. With one such column in the file a field
# that is new is left out as well, which is an error otherwise. Polars looks at 100 lines and refuses both, but reads
# the texts of a list that was empty before as nulls. ClickHouse looks at 25,000; to it null is text, so that the value
# stays, and the number is refused. With `sample_size = -1` and `infer_schema_length = None` all of the file is read
# first, and the values stay.
#
# Where it would be met: in logs by time: the first day's calls have no score, no voicemail, no cost yet, or come from a
# platform that counts whole seconds. The NDJSON of exports is such a file, too: the documentation names both options.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    duckdb==2.0.0 polars==2.1.0 polars-runtime-32==2.1.0 chdb==4.4.0 chdb-core==26.9.0

cat > "$folder/lines.py" <<'PYTHON'
import json
import sys

import chdb
import duckdb
import polars as pl

path = f"{sys.argv[1]}/calls.ndjson"


def in_duckdb(options=""):
    read = duckdb.sql(f"FROM read_json('{path}'{options})")
    return dict(zip(read.columns, read.fetchall()[-1], strict=True))


def in_polars(**options):
    return pl.read_ndjson(path, **options).tail(1).to_dicts()[0]


def in_clickhouse():
    asked = f"SELECT * FROM file('{path}', 'JSONEachRow') ORDER BY place DESC LIMIT 1"
    return json.loads(str(chdb.query(asked, "JSONEachRow")))


readers = {
    "duckdb": in_duckdb,
    "duckdb, all lines": lambda: in_duckdb(", sample_size = -1"),
    "polars": in_polars,
    "polars, all lines": lambda: in_polars(infer_schema_length=None),
    "clickhouse": in_clickhouse,
}


def last_read(first, last):
    """What each reader makes of the last of 30,000 lines; all before it say the same."""
    with open(path, "w") as file:
        for place in range(30_000):
            file.write(json.dumps({"place": place, **(last if place == 29_999 else first)}) + "\n")
    found = {}
    for name, read in readers.items():
        try:
            found[name] = {key: value for key, value in read().items() if key != "place"}
        except (duckdb.Error, pl.exceptions.PolarsError, RuntimeError, chdb.ChdbError):
            found[name] = "refused"
    return found


none, busy = {"outcome": None}, {"outcome": "BUSY"}
seen = {
    "an outcome": last_read(none, busy),
    "a fraction": last_read({"seconds": 60}, {"seconds": 60.7}),
    "a tag": last_read({"tags": []}, {"tags": ["vip"]}),
    "a new field": last_read({}, {"voicemail": True}),
    "a new field beside null": last_read(none, {**none, "voicemail": True}),
}
expected = {
    "an outcome": {
        "duckdb": none,
        "duckdb, all lines": busy,
        "polars": "refused",
        "polars, all lines": busy,
        "clickhouse": busy,
    },
    "a fraction": {
        "duckdb": {"seconds": 61},
        "duckdb, all lines": {"seconds": 60.7},
        "polars": "refused",
        "polars, all lines": {"seconds": 60.7},
        "clickhouse": "refused",
    },
    "a tag": {
        "duckdb": {"tags": ['"vip"']},
        "duckdb, all lines": {"tags": ["vip"]},
        "polars": {"tags": [None]},
        "polars, all lines": {"tags": ["vip"]},
        "clickhouse": {"tags": ["vip"]},
    },
    "a new field": {
        "duckdb": "refused",
        "duckdb, all lines": {"voicemail": True},
        "polars": {},
        "polars, all lines": {"voicemail": True},
        "clickhouse": {},
    },
    "a new field beside null": {
        "duckdb": none,
        "duckdb, all lines": {**none, "voicemail": True},
        "polars": none,
        "polars, all lines": {**none, "voicemail": True},
        "clickhouse": none,
    },
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/lines.py" "$folder"
