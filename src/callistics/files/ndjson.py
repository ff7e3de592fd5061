"""JSON files as lines: one record a line, or one array of records."""

import codecs
import json
import re
from collections.abc import Iterator
from io import BufferedReader

from callistics.files.lines import Line, UnreadableError

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 18
_LONGEST_RECORD = 1 << 27
_BLANK = re.compile(r"[ \t\r\n]*")
_GAP = re.compile(r"[ \t\r\n,]*")
_ONE_LINE = str.maketrans("\r\n", "  ")
# Values are only measured here, so numbers need not be worked out.
_SCANNER = json.JSONDecoder(parse_float=str, parse_int=str)


def json_lines(data: BufferedReader) -> Iterator[Line]:
    """The records as they are written, whether NDJSON or one array; blank lines are left out.

    A line that is not JSON comes as it is: the server says so, and the line's number is known.
    """
    if _begins_array(data):
        yield from _Array(data).lines()
        return
    for number, line in enumerate(data, start=1):
        text = (line.removeprefix(_BOM) if number == 1 else line).strip()
        if text:
            yield Line(number, text)


def _begins_array(data: BufferedReader) -> bool:
    return data.peek(_CHUNK).removeprefix(_BOM).lstrip().startswith(b"[")


class _Array:
    """One JSON array, read piece by piece; its records become lines of their own."""

    def __init__(self, data: BufferedReader) -> None:
        self._data = data
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def lines(self) -> Iterator[Line]:
        """Each record with the line it begins on. Raises `UnreadableError` if it is no array."""
        self._skip_gap()
        self._at += 1
        while (head := self._skip_gap()) != "]":
            if not head:
                raise UnreadableError(f"line {self._line:,}: the array is not closed")
            end = self._end_of_value()
            record = self._text[self._at : end]
            yield Line(self._line, record.translate(_ONE_LINE).encode())
            self._advance(end)
        self._at += 1
        if self._skip_gap():
            raise UnreadableError(f"line {self._line:,}: there is more after the end of the array")

    def _skip_gap(self) -> str:
        """Move on to the next value or bracket; its first character, empty at the end."""
        while True:
            match = _GAP.match(self._text, self._at)
            self._advance(match.end() if match else self._at)
            if self._at < len(self._text) or not self._fill():
                return self._text[self._at : self._at + 1]

    def _end_of_value(self) -> int:
        while True:
            try:
                _, end = _SCANNER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._fill():
                    continue
                number = self._line + self._text.count("\n", self._at, error.pos)
                raise UnreadableError(f"line {number:,}: not JSON: {error.msg}") from None
            except RecursionError:
                raise UnreadableError(f"line {self._line:,}: nested too deeply") from None
            # Only what follows tells that a number is not cut off.
            blank = _BLANK.match(self._text, end)
            place = blank.end() if blank else end
            follows = self._text[place : place + 1]
            if follows in (",", "]"):
                return end
            if not self._fill():
                raise UnreadableError(f"line {self._line:,}: the record has no comma behind it")

    def _advance(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _fill(self) -> bool:
        """Read on, twice as much each time for a long record; whether there was more."""
        rest = self._text[self._at :]
        if self._ended or len(rest) > _LONGEST_RECORD:
            return False
        piece = self._data.read(max(_CHUNK, len(rest)))
        self._ended = not piece
        try:
            self._text, self._at = rest + self._decode(piece, self._ended), 0
        except UnicodeDecodeError as error:
            raise UnreadableError(
                f"after line {self._line:,}: not valid UTF-8: {error.reason}"
            ) from None
        return bool(piece)
