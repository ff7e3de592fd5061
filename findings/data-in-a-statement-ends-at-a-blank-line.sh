#!/usr/bin/env bash
# Data written into an INSERT of chDB ends at its first blank line, also within a quoted cell and in binary data.
#
# Version: chdb 4.4.0 with chdb-core 26.9.0.
#
# Behaviour: chDB reads a query as a script of ClickHouse's command line, where data that follows FORMAT ends
# at the first two line feeds in a row, whatever the format says of them. A CSV file with a blank line between
# its records or in a quoted cell keeps the rows before it, and what follows is run as the next statement,
# which mostly is a syntax error: rows are in the table, and the insert has failed. An Arrow file is cut where
# two of its bytes happen to be 0A 0A, as in the length of a text of 2,570 bytes. FROM INFILE reads all.
#
# Where it would be met: by whoever puts a file's bytes behind INSERT ... FORMAT in process, as over HTTP.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    chdb==4.4.0 chdb-core==26.9.0 pyarrow==25.0.0

cat > "$folder/insert.py" <<'PYTHON'
import sys
from pathlib import Path

import chdb
import pyarrow as pa

FOLDER = Path(sys.argv[1])
connection = chdb.connect(":memory:")
connection.query("CREATE TABLE t (n Int32, a String) ENGINE = MergeTree ORDER BY n")


def arrow(length):
    table = pa.table({"n": pa.array([1], pa.int32()), "a": ["x" * length]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def insert(name, format_, data, *, file=False):
    connection.query("TRUNCATE TABLE t")
    path = FOLDER / "data"
    path.write_bytes(data)
    inline = f"INSERT INTO t FORMAT {format_}\n".encode() + data
    try:
        connection.query(f"INSERT INTO t FROM INFILE '{path}' FORMAT {format_}" if file else inline)
        end = "ends well"
    except Exception as error:
        end = "fails with " + str(error)[:9]
    rows = connection.query("SELECT count() FROM t").bytes().decode().strip()
    print(f"{name}: {end}, rows: {rows}")


for file in (False, True):
    print("from a file" if file else "in the statement")
    insert("CSV, a blank line in a quoted cell", "CSV", b'1,"x"\n2,"a\n\nb"\n3,"y"\n', file=file)
    insert("Arrow, a text of 2,569 bytes", "Arrow", arrow(2_569), file=file)
    insert("Arrow, a text of 2,570 bytes", "Arrow", arrow(2_570), file=file)
PYTHON

expected="in the statement
CSV, a blank line in a quoted cell: fails with Code: 62., rows: 2
Arrow, a text of 2,569 bytes: ends well, rows: 1
Arrow, a text of 2,570 bytes: fails with Code: 117, rows: 0
from a file
CSV, a blank line in a quoted cell: ends well, rows: 3
Arrow, a text of 2,569 bytes: ends well, rows: 1
Arrow, a text of 2,570 bytes: ends well, rows: 1"

found=$("$folder/venv/bin/python" "$folder/insert.py" "$folder")
echo "$found"
if [ "$found" != "$expected" ]; then
    echo "the behaviour has changed" >&2
    exit 1
fi
