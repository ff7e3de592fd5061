#!/usr/bin/env bash
# A checkpoint of DuckDB writes over a block that the header in force refers to, so that one that is cut off costs the file.
#
# Versions: duckdb 2.0.0, Python 3.11.
#
# Behaviour: two headers take turns, and rows go into blocks that are free; a file would seem to be whole at each moment.
# Metadata is kept in 64 parts of a block, though, with one checksum for all of them. New metadata goes into parts that
# are free, and the whole block of 262,144 bytes is written at its place, some time before the new header is. In use is
# the same afterwards as before; but where only some of these bytes have come to the disk (a loss of power, a volume that
# is full or fails), the checksum is wrong, and the file is not opened any more: "Corrupt database file".
#
# Where it would be met: where a server that stores calls loses power, or its disk fills up, while a checkpoint is under
# way. Here such blocks are kept in a journal beside the file until the checkpoint has ended, and put back by a start.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0

cat > "$folder/checkpoints.py" <<'PYTHON'
import struct
from pathlib import Path

import duckdb

BLOCK, FIRST = 262_144, 12_288
file = Path("calls.db")
connection = duckdb.connect(file)
connection.execute("CREATE TABLE calls (call_id VARCHAR, duration INTEGER)")
INSERT = "INSERT INTO calls SELECT md5(i::VARCHAR), i % 600 FROM range(10_000) AS r(i)"


def header(content: bytes) -> bytes:
    return max((content[at : at + 4_096] for at in (4_096, 8_192)), key=lambda one: struct.unpack_from("<Q", one, 8))


def block(content: bytes, number: int) -> bytes:
    return content[FIRST + number * BLOCK : FIRST + (number + 1) * BLOCK]


for _ in range(2):
    connection.execute(INSERT)
    connection.execute("CHECKPOINT")
before = file.read_bytes()
# The header has its checksum, its number, and then where the metadata begins: the number of a block, and of a part.
(begins,) = struct.unpack_from("<Q", header(before), 16)
number = begins & ((1 << 56) - 1)
((used,),) = connection.execute(
    f"SELECT total_blocks - free_blocks FROM pragma_metadata_info() WHERE block_id = {number}"
).fetchall()
print("parts in use of the block that the header names:", "some" if 0 < used < 64 else used)
connection.execute(INSERT)
connection.execute("CHECKPOINT")
after = file.read_bytes()
connection.close()
print("the next checkpoint has another header:", header(before) != header(after))
print("it has written over that block:", block(before, number) != block(after, number))

cut = FIRST + number * BLOCK + 4_096
Path("cut.db").write_bytes(before[:FIRST] + after[FIRST:cut] + before[cut : FIRST + (number + 1) * BLOCK]
                           + after[FIRST + (number + 1) * BLOCK :])
try:
    duckdb.connect("cut.db")
except duckdb.Error as error:
    print("after a page of it, with the header of before:", str(error).split(": computed")[0])
Path("all.db").write_bytes(before[:FIRST] + after[FIRST:])
with duckdb.connect("all.db") as connection:
    print("after all of it:", connection.execute("SELECT count(*) FROM calls").fetchone()[0], "calls")
PYTHON

found=$(cd "$folder" && venv/bin/python checkpoints.py)
expected="parts in use of the block that the header names: some
the next checkpoint has another header: True
it has written over that block: True
after a page of it, with the header of before: Corrupt database file
after all of it: 20000 calls"
echo "$found"
diff <(echo "$expected") <(echo "$found")
echo "As seen."
