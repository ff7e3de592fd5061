#!/usr/bin/env bash
# A `rowid` of DuckDB names another row, or none, once a checkpoint has followed deletions.
#
# Versions: duckdb 2.0.0.
#
# Behaviour: `rowid` looks like a key of a row that lasts as long as the row: it stays the same over
# updates of other rows, over commits and over deletions. A checkpoint of a file closes the gaps that
# deletions left where a row group is mostly gone, and numbers the rows behind it anew. Nothing tells
# of it, and a statement with an old number reads or changes another row.
#
# Output seen: 1,200,000 rows, of the first half of which 98 % are deleted: the numbers are all the
# same before the checkpoint, and some differ after it. The script fails where that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0

cat > "$folder/rows.py" <<'PYTHON'
import sys

import duckdb

connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE calls AS SELECT range AS id FROM range(1200000)")
connection.execute("CHECKPOINT")


def numbers() -> dict[int, int]:
    return dict(connection.execute("SELECT id, rowid FROM calls WHERE id % 2000 = 1999").fetchall())


connection.execute("DELETE FROM calls WHERE id < 600000 AND id % 50 <> 49")
before = numbers()
connection.execute("INSERT INTO calls VALUES (1200000)")
assert numbers() == before
connection.execute("CHECKPOINT")
after = numbers()
moved = sum(after[one] != before[one] for one in before)
print("rows looked at:", len(before), "moved by the checkpoint:", moved)
assert after.keys() == before.keys()
assert moved > 0
PYTHON
"$folder/venv/bin/python" "$folder/rows.py" "$folder/calls.db"
