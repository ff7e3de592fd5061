#!/usr/bin/env bash
# An Arrow stream that was cut between two batches is read as a whole one, without an error.
#
# Version: pyarrow 26.0.1.
#
# Behaviour: the IPC stream format ends with a marker of eight bytes. A server that fails in the middle
# of an export and just closes the connection leaves a stream without it. Cut inside a batch the reader
# raises; cut between two batches it takes the end of the bytes for the end of the stream, and the table
# has fewer rows than were asked for. Parquet, whose footer comes last, cannot be opened then.
#
# Where it would be met: in exports. The last bytes of a file are held back here until all of it was
# made, and the connection is broken off where something fails, so that no cut falls between batches
# and looks whole.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install pyarrow==26.0.1

cat > "$folder/cut.py" <<'PYTHON'
import io

import pyarrow as pa
import pyarrow.ipc as ipc

batch = pa.record_batch({"calls": pa.array(range(1_000), pa.int64())})
out = io.BytesIO()
ends = []
with ipc.new_stream(out, batch.schema) as writer:
    for _ in range(3):
        writer.write_batch(batch)
        ends.append(out.tell())
whole = out.getvalue()


def rows(stream: bytes) -> int | str:
    try:
        return ipc.open_stream(stream).read_all().num_rows
    except (OSError, pa.ArrowInvalid) as error:
        return type(error).__name__


seen = {
    "whole": rows(whole),
    "without its marker": rows(whole[: ends[2]]),
    "cut after the first batch": rows(whole[: ends[0]]),
    "cut inside the second batch": isinstance(rows(whole[: ends[0] + 100]), str),
    "bytes of the marker": len(whole) - ends[2],
}
expected = {
    "whole": 3_000,
    "without its marker": 3_000,
    "cut after the first batch": 1_000,
    "cut inside the second batch": True,
    "bytes of the marker": 8,
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/cut.py"
