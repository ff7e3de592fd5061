"""How often a database's log was moved into its file, read from the file beside the engine.

A process that closes a file loses the locks that it has on it: a file that the engine has open is
read by a descriptor that is closed after the engine has closed it.
"""

import os
import struct
from contextlib import suppress
from pathlib import Path

_MAGIC, _MAGIC_AT = b"DUCK", 8
# Two headers take turns. Each begins with a checksum and its number.
_HEADERS, _HEADER = (4_096, 8_192), struct.Struct("<2Q")


def read_iteration(descriptor: int) -> int | None:
    """The number of the header that is in force; None of what is no database."""
    if os.pread(descriptor, len(_MAGIC), _MAGIC_AT) != _MAGIC:
        return None
    found = [os.pread(descriptor, _HEADER.size, at) for at in _HEADERS]
    if any(len(one) < _HEADER.size for one in found):
        return None
    return max(_HEADER.unpack(one)[1] for one in found)


def iteration_of(path: Path) -> int | None:
    """The same of a file that the engine does not have open; None of one that is not there."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            return read_iteration(descriptor)
        finally:
            os.close(descriptor)
    return None
