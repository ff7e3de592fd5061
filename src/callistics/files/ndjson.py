"""JSON files as lines: one value a line, one array of them, or values over several lines each."""

import codecs
import json
import re
from collections.abc import Iterator
from io import BufferedReader

import msgspec

from callistics.files.lines import CUT_IN_IT, Line, UnreadableError

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 18
_LONGEST_RECORD = 1 << 27
_BLANK = re.compile(r"[ \t\r\n]*")
_GAP = re.compile(r"[ \t\r\n,]*")
_CUT = "; if the file was cut off, fetch it again and import it whole"
_ONE_LINE = str.maketrans("\r\n", "  ")
# Values are only measured here, so numbers need not be worked out.
_SCANNER = json.JSONDecoder(parse_float=str, parse_int=str)


def json_lines(data: BufferedReader) -> Iterator[Line]:
    """The values as they are written, whether NDJSON, one array, or printed over several lines.

    Blank lines are left out. A line that is not JSON comes as it is: the server says so, and the
    line's number is known; but for one without an end, which may be cut off, and is marked wrong.
    Raises `UnreadableError` where a value of several lines is not JSON.
    """
    head = data.peek(_CHUNK).removeprefix(_BOM).lstrip()
    if head.startswith(b"["):
        yield from _Values(data).of_array()
        return
    if _is_printed(head):
        yield from _Values(data).one_by_one()
        return
    for number, line in enumerate(data, start=1):
        text = (line.removeprefix(_BOM) if number == 1 else line).strip()
        if text:
            yield Line(number, text, None if line.endswith(b"\n") else _cut(text))


def _cut(text: bytes) -> str | None:
    """What is wrong with the line that a file ends in, if it is JSON but for its end."""
    try:
        msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        # The one sentence by which this reader tells that the text ended before a value did.
        if "truncated" in str(error):
            return f"not JSON: it is not whole{CUT_IN_IT}"
    return None


def whole_document(data: BufferedReader) -> Iterator[Line]:
    """All of a file as one line of JSON."""
    text = data.read().removeprefix(_BOM)
    if text.strip():
        yield Line(1, text)


def _is_printed(head: bytes) -> bool:
    """Whether a first line is JSON as far as it goes, and goes on in the next one."""
    line, newline, rest = head.partition(b"\n")
    if not newline or not rest.strip():
        return False
    text = line.decode(errors="replace").rstrip()
    try:
        _SCANNER.raw_decode(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text)
    except RecursionError:
        return False
    return False


class _Values:
    """Values of JSON, read piece by piece; each becomes a line of its own."""

    def __init__(self, data: BufferedReader) -> None:
        self._data = data
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def of_array(self) -> Iterator[Line]:
        """Each with the line it begins on. Raises `UnreadableError` if it is no array."""
        self._skip_gap()
        self._at += 1
        while (head := self._skip_gap()) != "]":
            if not head:
                raise UnreadableError(f"line {self._line:,}: the array is not closed{_CUT}")
            yield self._value(in_array=True)
        self._at += 1
        if self._skip_gap():
            raise UnreadableError(f"line {self._line:,}: there is more after the end of the array")

    def one_by_one(self) -> Iterator[Line]:
        """Each with the line it begins on. Raises `UnreadableError` for what is not JSON."""
        while self._skip_gap():
            yield self._value(in_array=False)

    def _value(self, *, in_array: bool) -> Line:
        end = self._end_of_value(in_array=in_array)
        line = Line(self._line, self._text[self._at : end].translate(_ONE_LINE).encode())
        self._advance(end)
        return line

    def _skip_gap(self) -> str:
        """Move on to the next value or bracket; its first character, empty at the end."""
        while True:
            match = _GAP.match(self._text, self._at)
            self._advance(match.end() if match else self._at)
            if self._at < len(self._text) or not self._fill():
                return self._text[self._at : self._at + 1]

    def _end_of_value(self, *, in_array: bool) -> int:
        while True:
            try:
                _, end = _SCANNER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._fill():
                    continue
                number = self._line + self._text.count("\n", self._at, error.pos)
                is_cut = error.pos >= len(self._text.rstrip())
                what = f"line {number:,}: not JSON: {error.msg}"
                raise UnreadableError(what + _CUT * is_cut) from None
            except RecursionError:
                raise UnreadableError(f"line {self._line:,}: nested too deeply") from None
            if not in_array:
                return end
            # Only what follows tells that a number is not cut off.
            blank = _BLANK.match(self._text, end)
            place = blank.end() if blank else end
            follows = self._text[place : place + 1]
            if follows in (",", "]"):
                return end
            if not self._fill():
                what = f"line {self._line:,}: the record has no comma behind it"
                raise UnreadableError(what + _CUT * (not follows))

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
