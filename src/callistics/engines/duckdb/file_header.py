"""What the header of a database file says of it, read beside the engine.

A process that closes a file loses the locks that it has on it: a file that the engine has open is
read by a descriptor that is closed after the engine has closed it.
"""

import os
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MAGIC, _MAGIC_AT = b"DUCK", 8
# Two headers take turns. Each: checksum, iteration, two pointers, blocks, their size, and more.
_HEADERS, _HEADER = (4_096, 8_192), struct.Struct("<6Q")
_FIRST_BLOCK = 12_288


@dataclass(frozen=True, slots=True)
class FileHeader:
    """How often the log was moved into the file, and how many bytes it must have."""

    iteration: int
    size: int


def read_header(descriptor: int) -> FileHeader | None:
    """The header that is in force; None of what is no whole database."""
    if os.pread(descriptor, len(_MAGIC), _MAGIC_AT) != _MAGIC:
        return None
    found = [os.pread(descriptor, _HEADER.size, at) for at in _HEADERS]
    if any(len(one) < _HEADER.size for one in found):
        return None
    _, iteration, _, _, blocks, block_size = max(map(_HEADER.unpack, found), key=lambda one: one[1])
    return FileHeader(iteration, _FIRST_BLOCK + blocks * block_size)


def header_of(path: Path) -> FileHeader | None:
    """The header of a file that the engine does not have open."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            return read_header(descriptor)
        finally:
            os.close(descriptor)
    return None
