#!/usr/bin/env bash
# An UPDATE that is committed while an older transaction reads holds up every checkpoint until that ends.
#
# Version: duckdb 2.0.0.
#
# Behaviour: beside a transaction that only reads, checkpoints are written and the log is freed, as long as
# others insert and delete rows. One UPDATE of one row, in whatever small table, changes that: no checkpoint is
# written until the reader ends, and the log grows by all that is stored meanwhile. CHECKPOINT says "there
# are other write transactions active", though the only other one has written nothing. A DELETE and an INSERT
# in place of the UPDATE do not have this effect.
#
# Where it would be met: in backups, which hold one state in a transaction for as long as it is fetched, while
# each commit updates the one row that keeps the newest time of arrival.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0

cat > "$folder/held.py" <<'PYTHON'
import sys
from pathlib import Path

import duckdb

WAYS = {
    "insert alone": [],
    "delete and insert": ["DELETE FROM newest", "INSERT INTO newest VALUES (1)"],
    "update": ["UPDATE newest SET last = last + 1"],
}


def grown(folder: Path, way: str) -> tuple[bool, str]:
    """Whether the log grew past its limit beside a reader, and what CHECKPOINT says."""
    path = folder / f"{way}.db"
    database = duckdb.connect(str(path), config={"checkpoint_threshold": "1MB"})
    database.execute("CREATE TABLE calls AS SELECT range AS i FROM range(1000)")
    database.execute("CREATE TABLE newest AS SELECT 0 AS last")
    reader, writer = database.cursor(), database.cursor()
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM calls").fetchall()
    largest = 0
    for _ in range(12):
        writer.execute("BEGIN")
        writer.execute("INSERT INTO calls SELECT range FROM range(20000)")
        for statement in WAYS[way]:
            writer.execute(statement)
        writer.execute("COMMIT")
        log = Path(f"{path}.wal")
        largest = max(largest, log.stat().st_size if log.exists() else 0)
    try:
        writer.execute("CHECKPOINT")
        said = "done"
    except duckdb.TransactionException as error:
        said = "other write transactions" if "write transactions" in str(error) else "refused"
    reader.execute("ROLLBACK")
    writer.execute("CHECKPOINT")
    return largest > 1_200_000, said


seen = {way: grown(Path(sys.argv[1]), way) for way in WAYS}
expected = {
    "insert alone": (False, "done"),
    "delete and insert": (False, "done"),
    "update": (True, "other write transactions"),
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/held.py" "$folder"
