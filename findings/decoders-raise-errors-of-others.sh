#!/usr/bin/env bash
# Decoders of JSON and of gzip raise errors that are none of their own.
#
# Versions: msgspec 0.22.0; gzip of Python 3.11.
#
# Behaviour: msgspec raises its `DecodeError` for what is no JSON, but the `UnicodeDecodeError` of Python for a text
# that is no UTF-8, which is no `MsgspecError`, and `RecursionError` for what is nested deeply. The module gzip raises
# `BadGzipFile` for a wrong head or checksum, but `zlib.error`, which is no `OSError`, for a block that is damaged.
#
# Where it would be met: in bodies with `Content-Encoding: gzip` that are damaged on the way, and in files of backups
# and syncs that are. Each place that reads such bytes names all of these errors.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install msgspec==0.22.0

cat > "$folder/errors.py" <<'PYTHON'
import gzip

import msgspec


def raised(act: object, data: bytes) -> str:
    try:
        act(data)
    except Exception as error:
        return type(error).__name__
    return "nothing"


damaged = bytearray(gzip.compress(b"text", mtime=0))
damaged[10] |= 0b110
seen = {
    "no JSON": raised(msgspec.json.decode, b"{"),
    "no UTF-8": raised(msgspec.json.decode, b'"\xff"'),
    "deep": raised(msgspec.json.decode, b"[" * 100_000),
    "no gzip": raised(gzip.decompress, b"text"),
    "a damaged block": raised(gzip.decompress, bytes(damaged)),
}
expected = {
    "no JSON": "DecodeError",
    "no UTF-8": "UnicodeDecodeError",
    "deep": "RecursionError",
    "no gzip": "BadGzipFile",
    "a damaged block": "error",
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/errors.py"
