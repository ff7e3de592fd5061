"""A damaged schema of Arrow is refused before it is read at any length."""

import struct
from pathlib import Path

import pyarrow as pa
import pytest

from callistics.files.arrow.wide import in_arrow


def test_a_length_that_is_far_too_large(tmp_path: Path) -> None:
    path, names = tmp_path / "a.arrow", [f"c{number}" for number in range(7)]
    table = pa.table({name: [1] for name in names})
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)
    whole, count = path.read_bytes(), struct.pack("<i", len(names))
    at = whole.index(count)
    path.write_bytes(whole[:at] + struct.pack("<i", 2**31 - 1) + whole[at + 4 :])
    with pytest.raises(ValueError, match="longer than what holds it"):
        in_arrow(path)
