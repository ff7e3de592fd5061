#!/usr/bin/env bash
# A DuckDB file that is loaded in large commits and checkpointed once has room for its rows twice.
#
# Version: duckdb 2.0.0.
#
# Behaviour: a large commit writes its rows into the file at once, in groups of 122,880 of which the
# last is not full; the log hardly grows, so that its size brings no checkpoint about. The first
# checkpoint, at the latest that of closing the file, merges the groups that are not full and writes
# all rows again. What was written before is free then, but lies before what is in use: the file keeps
# its size. With checkpoints in between, each writes again what came since, into room that is free.
#
# Where it would be met: in imports. One of ten million calls left a file of 238 bytes a call; with a
# checkpoint after each million rows, as it is here now, of 154.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0

cat > "$folder/load.py" <<'PYTHON'
import sys
from pathlib import Path

import duckdb

COMMITS, ROWS = 12, 300_000


def loaded(name: str, every: int | None) -> dict[str, int]:
    path = Path(sys.argv[1]) / f"{name}.db"
    with duckdb.connect(str(path), config={"checkpoint_threshold": "4GB"}) as connection:
        connection.execute("CREATE TABLE calls (id UHUGEINT, number BIGINT)")
        for commit in range(COMMITS):
            connection.execute(
                "INSERT INTO calls SELECT md5_number(i::VARCHAR), i FROM range(?, ?) AS r(i)",
                [commit * ROWS, (commit + 1) * ROWS],
            )
            if every and (commit + 1) % every == 0:
                connection.execute("CHECKPOINT")
    with duckdb.connect(str(path), read_only=True) as connection:
        size = connection.execute("SELECT total_blocks, used_blocks FROM pragma_database_size()")
        total, used = size.fetchall()[0]
    return {"total": total, "used": used}


once, often = loaded("once", None), loaded("often", 3)
print("once", once, "often", often)
assert once["total"] > 1.4 * once["used"]
assert often["total"] < 1.3 * often["used"]
assert abs(once["used"] - often["used"]) < 0.05 * often["used"]
PYTHON
"$folder/venv/bin/python" "$folder/load.py" "$folder"
