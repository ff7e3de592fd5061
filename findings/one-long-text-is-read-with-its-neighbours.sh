#!/usr/bin/env bash
# To read one long text by its id, DuckDB unpacks those of thousands of other rows.
#
# Versions: duckdb 2.0.0, Python 3.11.
#
# Behaviour: long texts of a VARCHAR column are compressed with ZSTD once they are in the file. To give one of
# them, which a whole number in the same row picks out, takes a large share of the time that all of them take;
# where the same texts were compressed by the writer, one BLOB each, it takes hardly any.
#
# Where it would be met: calls with their transcripts, some ten to hundred KB each, in a column of an analytic
# table, and one call shown, corrected or erased. It takes as long as reading some thousand transcripts.
# Here that is what a late score of such a call takes; commits bring many of them together.
#
# Output seen: see `expected` below. The script fails where it becomes another one. Times are compared with each
# other only, and are ten times apart.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install duckdb==2.0.0
cd "$folder"

cat > one.py <<'PYTHON'
import random
import time
import zlib

import duckdb

chance = random.Random(1)
words = ["".join(chance.choices("abcdefghij", k=6)) for _ in range(3_000)]
texts = [" ".join(chance.choices(words, k=4_000)) for _ in range(2_048)]

with duckdb.connect("calls.db") as database:
    database.execute("CREATE TABLE calls (id INTEGER, said VARCHAR, packed BLOB)")
    for start in range(0, len(texts), 256):
        rows = enumerate(texts[start : start + 256], start)
        database.executemany(
            "INSERT INTO calls VALUES (?, ?, ?)",
            [(number, text, zlib.compress(text.encode())) for number, text in rows],
        )
    database.execute("CHECKPOINT")


def seconds(ask):
    """The least of five, by processor time of all threads."""
    found = []
    for _ in range(5):
        begun = time.process_time()
        ask()
        found.append(time.process_time() - begun)
    return min(found)


with duckdb.connect("calls.db", read_only=True) as database:
    (how,) = database.execute(
        "SELECT DISTINCT compression FROM pragma_storage_info('calls')"
        " WHERE column_name = 'said' AND segment_type = 'VARCHAR'"
    ).fetchone()
    one = seconds(lambda: database.execute("SELECT said FROM calls WHERE id = 1000").fetchall())
    all_ = seconds(lambda: database.execute("SELECT sum(strlen(said)) FROM calls").fetchall())
    ((packed,),) = database.execute("SELECT packed FROM calls WHERE id = 1000").fetchall()
    blob = seconds(lambda: database.execute("SELECT packed FROM calls WHERE id = 1000").fetchall())

assert zlib.decompress(packed).decode() == texts[1_000]
print(f"compressed with {how}")
print(f"one text takes a tenth of all 2,048 or more: {one > all_ / 10}")
print(f"one BLOB takes a tenth of one text or less: {blob < one / 10}")
PYTHON

seen=$("$folder/venv/bin/python" one.py)
expected="compressed with ZSTD
one text takes a tenth of all 2,048 or more: True
one BLOB takes a tenth of one text or less: True"
echo "$seen"
[ "$seen" = "$expected" ]
