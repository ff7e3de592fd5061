"""Files with integers of 128 bits, which Arrow's C++ library does not open.

The schema inside such a file is shown to it with `FixedSizeBinary(16)` in place of `Int(128)`: the
values are stored alike, and the two types are described by records of the same shape.
"""

import base64
import io
import mmap
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callistics.files.arrow.types import INT128, UINT128

Data = bytes | mmap.mmap

_KEY = b"ARROW:schema"
_MAGIC = b"ARROW1"
_CONTINUED = b"\xff\xff\xff\xff"
# Numbers of types in Arrow's Schema.fbs, and of members in its tables.
_INT, _FIXED_SIZE_BINARY = 2, 15
_HEADER, _FIELDS, _FOOTER_SCHEMA = 2, 1, 1
_TYPE_TYPE, _TYPE, _CHILDREN = 2, 3, 5
_BIT_WIDTH, _IS_SIGNED = 0, 1
# Arrow's C++ library reads no schema that is nested any deeper.
_DEEPEST = 128


@dataclass(slots=True)
class WideIntegers:
    """Which leaves of a schema are such integers, and what to read instead of what is written."""

    notes: list[str] = field(default_factory=list[str])
    patches: dict[int, bytes] = field(default_factory=dict[int, bytes])


def in_parquet(path: Path) -> WideIntegers:
    """Of the Arrow schema that a Parquet file may carry."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 8))
        length = int.from_bytes(file.read(4), "little")
        begin = max(0, size - 8 - length)
        file.seek(begin)
        footer = file.read(length)
    place = footer.find(_KEY)
    if place < 0:
        return WideIntegers()
    text, at = _thrift_text(footer, place + len(_KEY) + 1)
    schema = base64.b64decode(text)
    found = _of_message(schema, 0)
    return WideIntegers(found.notes, {begin + at: _encoded_again(schema, found.patches)})


def _thrift_text(data: bytes, at: int) -> tuple[bytes, int]:
    """A text of Thrift's compact protocol, and where it begins."""
    length = shift = 0
    while True:
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return data[at : at + length], at


def _encoded_again(schema: bytes, patches: dict[int, bytes]) -> bytes:
    changed = bytearray(schema)
    for at, new in patches.items():
        changed[at : at + len(new)] = new
    return base64.b64encode(changed)


def in_arrow(path: Path) -> WideIntegers:
    """Of an Arrow file, or stream."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[: len(_MAGIC)] != _MAGIC:
            return _of_message(data, 0)
        # What stands at the head as well is not read; some writers put nothing there.
        footer = len(data) - 10 - int.from_bytes(data[-10:-6], "little")
        return _of_schema(data, _member(data, _target(data, footer), _FOOTER_SCHEMA))


def _of_message(data: Data, at: int) -> WideIntegers:
    at += 8 if data[at : at + 4] == _CONTINUED else 4
    return _of_schema(data, _member(data, _target(data, at), _HEADER))


def _of_schema(data: Data, at: int) -> WideIntegers:
    """Raises `ValueError` for a schema that is damaged."""
    found, seen = WideIntegers(), set[int]()
    for one in _elements(data, _member(data, _target(data, at), _FIELDS)):
        _take_field(data, one, found, seen, 0)
    return found


def _take_field(data: Data, table: int, found: WideIntegers, seen: set[int], depth: int) -> None:
    if table in seen or depth > _DEEPEST:
        raise ValueError("a field is within itself, or too deep within others")
    seen.add(table)
    inside = list(_elements(data, _member(data, table, _CHILDREN)))
    for one in inside:
        _take_field(data, one, found, seen, depth + 1)
    if inside:
        return
    kind, number = _member(data, table, _TYPE), _member(data, table, _TYPE_TYPE)
    if not number or data[number] != _INT:
        found.notes.append("")
        return
    integer = _target(data, kind)
    width, signed = (_member(data, integer, slot) for slot in (_BIT_WIDTH, _IS_SIGNED))
    if not width or _int32(data, width) != 128:
        found.notes.append("")
        return
    found.notes.append(INT128 if signed and data[signed] else UINT128)
    found.patches[number] = bytes([_FIXED_SIZE_BINARY])
    found.patches[width] = struct.pack("<i", 16)


def _elements(data: Data, at: int) -> Iterator[int]:
    """The tables of a vector."""
    if at:
        vector = _target(data, at)
        count = _int32(data, vector)
        if count > (len(data) - vector - 4) // 4:
            raise ValueError("a list of fields is longer than what holds it")
        for place in range(count):
            yield _target(data, vector + 4 + 4 * place)


def _member(data: Data, table: int, slot: int) -> int:
    """Where a member of a table is; 0 where it is left out."""
    layout = table - _int32(data, table)
    entry = 4 + 2 * slot
    if entry >= int.from_bytes(data[layout : layout + 2], "little"):
        return 0
    offset = int.from_bytes(data[layout + entry : layout + entry + 2], "little")
    return table + offset if offset else 0


def _target(data: Data, at: int) -> int:
    return at + _int32(data, at)


def _int32(data: Data, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little", signed=True)


class Patched(io.RawIOBase):
    """A file that reads as if some of its bytes were others."""

    def __init__(self, path: Path, patches: dict[int, bytes]) -> None:
        self._file = path.open("rb", buffering=0)
        self._patches = patches

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """As of any file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill the buffer; 0 at the end."""
        begin = self._file.tell()
        size = self._file.readinto(buffer)
        for at, new in self._patches.items():
            low, high = max(at, begin), min(at + len(new), begin + size)
            if low < high:
                buffer[low - begin : high - begin] = new[low - at : high - at]
        return size

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
