"""The header of a database file, read beside the engine: how often its log was moved into it.

A process that closes a file loses the locks that it has on it: a file that the engine has open is
read by a descriptor that is closed after the engine has closed it.
"""

import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_MAGIC, _MAGIC_AT = b"DUCK", 8
_SIZE = 4_096
# Two headers take turns. Each begins with a checksum and its number.
HEADERS = (_SIZE, 2 * _SIZE)
"""Where they are, in bytes."""
FIRST_BLOCK = 3 * _SIZE
"""Where the blocks of a file begin, in bytes."""
_HEADER, _WORD = struct.Struct("<2Q"), struct.Struct("<Q")
# Of the engine's checksum: what it begins with, and what each word is multiplied by.
_CHECKSUM, _FACTOR = 5_381, 0xBF58476D1CE4E5B9


def read_headers(descriptor: int) -> list[bytes]:
    """Both headers as they are there; none of what is no database."""
    if os.pread(descriptor, len(_MAGIC), _MAGIC_AT) != _MAGIC:
        return []
    found = [os.pread(descriptor, _SIZE, at) for at in HEADERS]
    return found if all(len(one) >= _HEADER.size for one in found) else []


def in_force(headers: Sequence[bytes]) -> bytes:
    """The newer one of those that are whole; nothing where none is."""
    return max(filter(is_whole, headers), key=_number, default=b"")


def is_whole(header: bytes) -> bool:
    """Whether a header has the checksum that it says."""
    if len(header) < _SIZE:
        return False
    said, *words = (word for (word,) in _WORD.iter_unpack(header))
    found = _CHECKSUM
    for word in words:
        found ^= word * _FACTOR % (1 << 64)
    return bool(found == said)


def read_iteration(descriptor: int) -> int | None:
    """The number of the newer header; None of what is no database."""
    return max(map(_number, read_headers(descriptor)), default=None)


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
