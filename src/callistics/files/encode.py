"""Records as values, and as lines of JSON for a server: numbers exactly as they are."""

from collections.abc import Iterable, Iterator

from callistics.files.lines import Line
from callistics.model.json import as_list, as_object, encode


def record_line(number: int, record: object) -> Line:
    """The line of a record; one that is wrong where it has text that is not UTF-8."""
    return Line(number, record) if _is_valid(record) else Line(number, b"", "not valid UTF-8 text")


def _is_valid(value: object) -> bool:
    """Whether all texts, those of keys among them, are of whole characters."""
    if isinstance(value, str):
        return value.isascii() or _is_encodable(value)
    members, items = as_object(value), as_list(value)
    if members is not None:
        items = [*members, *members.values()]
    return items is None or all(map(_is_valid, items))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def as_texts(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, with records as JSON."""
    for line in lines:
        yield line if line.is_text else line._replace(body=encode(line.body))
