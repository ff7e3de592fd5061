#!/usr/bin/env bash
# The first query that fails in chDB opens the shared libraries of the process, and keeps them open.
#
# Version: chdb 4.4.0 with chdb-core 26.9.0, and numpy 2.4.6 as an example of what else a process loads.
#
# Behaviour: for the trace of an error the engine looks up the names of functions in each library that is
# loaded, its own or not, and keeps a file open for each until the process ends. A query that succeeds opens
# none; any further error opens none but for libraries that were loaded meanwhile. A process that works with
# Arrow, NumPy and another engine so holds 150 files more from its first wrong query on.
#
# Where it would be met: where a process may have 1,024 files open, the usual limit, or calls select(), which
# takes no greater number: long after the query that failed, in what has nothing to do with it.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    chdb==4.4.0 chdb-core==26.9.0 numpy==2.4.6

cat > "$folder/opened.py" <<'PYTHON'
import os
from pathlib import Path

import chdb.state.sqlitelike
import numpy  # noqa: F401 - its libraries are loaded


def loaded():
    lines = Path("/proc/self/maps").read_text().splitlines()
    return {line.split(maxsplit=5)[5] for line in lines if ".so" in line}


def opened():
    found = set()
    for file in Path("/proc/self/fd").iterdir():
        try:
            found.add(os.readlink(file))
        except OSError:
            pass
    return found & loaded()


connection = chdb.state.sqlitelike.connect(":memory:")
connection.query("SELECT 1")
print("open after a query:", len(opened()))
told = []
for number in range(2):
    try:
        connection.query("SELECT throwIf(1)")
    except Exception as error:
        told.append("FUNCTION_THROW_IF" in str(error))
    found = opened()
    others = {one for one in loaded() if "numpy" in one}
    print(f"open after error {number + 1}: more than ten:", len(found) > 10)
    print("all of NumPy's among them:", bool(others) and others <= found)
print("told:", told)
os._exit(0)
PYTHON

expected="open after a query: 0
open after error 1: more than ten: True
all of NumPy's among them: True
open after error 2: more than ten: True
all of NumPy's among them: True
told: [True, True]"

found=$("$folder/venv/bin/python" -u "$folder/opened.py")
echo "$found"
if [ "$found" != "$expected" ]; then
    echo "the behaviour has changed" >&2
    exit 1
fi
