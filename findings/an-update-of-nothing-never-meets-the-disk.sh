#!/usr/bin/env bash
# An UPDATE that sets a column to what it is writes nothing in DuckDB, though it counts its rows, until one was changed.
#
# Versions: duckdb 2.0.0, Python 3.11.
#
# Behaviour: `UPDATE … SET last = last` says that it has updated each row, and its commit succeeds; the log has not grown
# by a byte, nor was it opened. Once any value of that column was changed since the last checkpoint, the same statement
# is written to the log.
#
# Where it would be met: where a server asks with such a statement whether its disk can be written to again, as a health
# check or after a failure: on a disk that is full it says that all is well, and the next call that comes is refused.
# A row is deleted and inserted again here, which is written.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0

cat > "$folder/updates.py" <<'PYTHON'
from pathlib import Path

import duckdb

SAME, OTHER = "UPDATE arrivals SET last = last", "UPDATE arrivals SET last = last + 1"


def grown(log: Path, execute) -> str:
    before = log.stat().st_size if log.exists() else 0
    execute()
    after = log.stat().st_size if log.exists() else 0
    return "written" if after > before else "nothing written"


file = duckdb.connect("arrivals.db")
file.execute("CREATE TABLE arrivals (last BIGINT)")
file.execute("INSERT INTO arrivals VALUES (7)")
file.execute("CHECKPOINT")
log = Path("arrivals.db.wal")
print("DuckDB, rows that it says it has updated:", file.execute(SAME).fetchone()[0])
print("DuckDB, to the same value:", grown(log, lambda: file.execute(SAME)))
print("DuckDB, to another value:", grown(log, lambda: file.execute(OTHER)))
print("DuckDB, to the same value after that:", grown(log, lambda: file.execute(SAME)))
file.execute("CHECKPOINT")
print("DuckDB, to the same value after a checkpoint:", grown(log, lambda: file.execute(SAME)))
PYTHON

found=$(cd "$folder" && venv/bin/python updates.py)
expected="DuckDB, rows that it says it has updated: 1
DuckDB, to the same value: nothing written
DuckDB, to another value: written
DuckDB, to the same value after that: written
DuckDB, to the same value after a checkpoint: nothing written"
echo "$found"
diff <(echo "$expected") <(echo "$found")
echo "As seen."
