"""Records as values, and as lines of JSON for a server: numbers exactly as they are."""

from collections.abc import Iterable, Iterator

import msgspec

from callistics.files.lines import Line
from callistics.model.json import NotJsonError, as_decoded

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def record_line(number: int, record: object) -> Line:
    """The line of a record; one that is wrong where no JSON says the same."""
    try:
        return Line(number, as_decoded(record))
    except NotJsonError as error:
        return Line(number, b"", str(error))


def as_texts(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, with records as JSON."""
    for line in lines:
        yield line if line.is_text else line._replace(body=_ENCODER.encode(line.body))
