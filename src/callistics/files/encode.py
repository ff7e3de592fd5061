"""Records as lines of JSON, numbers exactly as they are."""

import msgspec

from callistics.files.lines import Line
from callistics.files.mapping import Record

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encoded(number: int, record: Record) -> Line:
    """The line of a record; one that is wrong where it has text that is not UTF-8."""
    try:
        return Line(number, _ENCODER.encode(record))
    except UnicodeEncodeError:
        return Line(number, b"", "not valid UTF-8 text")
