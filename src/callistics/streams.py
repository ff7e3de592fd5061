"""Standard streams as a command finds them: of any encoding, or closed from the start."""

import codecs
import errno
import io
import os
import sys
from pathlib import Path

_ESCAPED = "callistics-escaped"


def mend_streams() -> None:
    """Have the standard streams of this process take whatever is printed.

    A letter that the encoding lacks, or a byte of a name that is no text, is written by its number
    as in JSON: a backslash, `u` and four digits. Where an output was closed from the start nothing
    is written, and reading from a closed input raises `OSError`.
    """
    codecs.register_error(_ESCAPED, _escaped)
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BufferedReader(_Closed()))
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    # Only for the C locale does the interpreter take all bytes for text, and no other letters.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors=_ESCAPED)


def _nowhere() -> io.TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[place : place + 2] for place in range(0, len(units), 2))
    return "".join(f"\\u{pair.hex()}" for pair in pairs), error.end


class _Closed(io.RawIOBase):
    """What a closed standard input is."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # noqa: ARG002  # pyright: ignore[reportIncompatibleMethodOverride]
        """Raises `OSError`."""
        raise OSError(errno.EBADF, "it is closed, so nothing can be read", "standard input")
