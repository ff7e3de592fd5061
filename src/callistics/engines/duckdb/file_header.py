"""The header of a database file, read beside the engine: how often its log was moved into it.

A process that closes a file loses the locks that it has on it: a file that the engine has open is
read by a descriptor that is closed after the engine has closed it.
"""

import os
import struct
from contextlib import suppress
from pathlib import Path

_MAGIC, _MAGIC_AT = b"DUCK", 8
_SIZE = 4_096
# Two headers take turns. Each begins with a checksum and its number.
_HEADERS, _HEADER = (_SIZE, 2 * _SIZE), struct.Struct("<2Q")
FIRST_BLOCK = 3 * _SIZE
"""Where the blocks of a file begin, in bytes."""


def header_in_force(descriptor: int) -> bytes:
    """The newer header; nothing of what is no database."""
    if os.pread(descriptor, len(_MAGIC), _MAGIC_AT) != _MAGIC:
        return b""
    found = [os.pread(descriptor, _SIZE, at) for at in _HEADERS]
    if any(len(one) < _HEADER.size for one in found):
        return b""
    return max(found, key=_number)


def read_iteration(descriptor: int) -> int | None:
    """The number of the header that is in force; None of what is no database."""
    header = header_in_force(descriptor)
    return _number(header) if header else None


def _number(header: bytes) -> int:
    return int(_HEADER.unpack_from(header)[1])


def iteration_of(path: Path) -> int | None:
    """The same of a file that the engine does not have open; None of one that is not there."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            return read_iteration(descriptor)
        finally:
            os.close(descriptor)
    return None
