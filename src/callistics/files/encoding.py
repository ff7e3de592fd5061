"""Text of any encoding as UTF-8."""

import codecs
import io
from contextlib import suppress

from callistics.files.lines import UnreadableError

_CHUNK = 1 << 18
# The mark of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def check_encoding(name: str) -> str:
    """The encoding's name. Raises `UnreadableError` where there is none of that name."""
    try:
        found = codecs.lookup(name).name
        # Some are of bytes and not of text, which only decoding tells.
        with suppress(UnicodeDecodeError):
            b"a".decode(found)
    except (LookupError, ValueError):
        hint = "such as latin-1, cp1252, utf-16 or shift_jis"
        raise UnreadableError(f'there is no encoding "{name}", {hint}') from None
    return found


def as_utf8(data: io.BufferedReader, encoding: str | None) -> io.BufferedReader:
    """The text of a file as UTF-8; UTF-16 and UTF-32 are known by the mark at their beginning.

    Raises `UnreadableError` for an unknown encoding, and while reading for what it does not have.
    """
    encoding = encoding or marked(data)
    if encoding is None or check_encoding(encoding) in ("utf-8", "ascii"):
        return data
    return io.BufferedReader(_Recoded(data, encoding), _CHUNK)


def marked(data: io.BufferedReader) -> str | None:
    """The encoding that the mark at the beginning of a file tells, if there is one."""
    head = data.peek(4)
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


class _Recoded(io.RawIOBase):
    def __init__(self, data: io.BufferedReader, encoding: str) -> None:
        self._data, self._encoding = data, encoding
        self._decode = codecs.getincrementaldecoder(encoding)().decode
        self._ready = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill the buffer; 0 at the end."""
        while not self._ready and not self._ended:
            # What is there is enough to tell the format by, and a pipe may have no more for now.
            piece = self._data.read1(_CHUNK)
            self._ended = not piece
            self._ready = memoryview(self._text(piece).encode())
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _text(self, piece: bytes) -> str:
        try:
            return self._decode(piece, self._ended)
        except UnicodeError as error:
            reason = error.reason if isinstance(error, UnicodeDecodeError) else error
            what = f"not valid {self._encoding} text: {reason}"
            raise UnreadableError(f"{what}; say another --encoding") from None
