"""Records of JSON as they came, with the values that are written otherwise than fields want them.

Nearly all files have none, so that only batches in which one stands out are taken apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from callistics.files.lines import BadLine, Batch, FitHead
from callistics.mapping.documents import ObjectMapper
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.paths import Found
from callistics.mapping.times import is_plain
from callistics.model.field_error import FieldError
from callistics.model.json import NotJsonError, as_object, decode, encode

_QUOTE = ord('"')


def fitted(batches: Iterable[Batch], mapping: RecordMapping) -> Iterator[Batch]:
    """The batches, where JSON is sent as it came: ids that are numbers as texts, and the like."""
    if not mapping.changes_nothing:
        yield from batches
        return
    mapper = ObjectMapper(mapping, mapping.fields)
    for batch in batches:
        is_fit = batch.texts is None or not batch.numbers or _is_fit(batch)
        yield batch if is_fit else _fitted(batch, mapper)


def _is_fit(batch: Batch) -> bool:
    """Whether all values that are looked at are of the types that their fields have."""
    heads = batch.heads
    if heads is None:
        return False
    if any(memoryview(one.payload)[0] == _QUOTE for one in heads):
        # An object as a text of JSON.
        return False
    return all(time is None or is_plain(time) for one in heads for time in _times(one))


def _times(head: FitHead) -> tuple[str | None, ...]:
    return head.started_at, head.ended_at, head.answered_at, head.updated_at, head.created_at


def _fitted(batch: Batch, mapper: ObjectMapper) -> Batch:
    numbers: list[int] = []
    bodies: list[object] = []
    bad = list(batch.bad)
    for number, text in zip(batch.numbers, batch.texts or (), strict=True):
        try:
            body = _record(text, mapper)
        except ValueError as error:
            bad.append(BadLine(number, (FieldError("", str(error)),)))
        else:
            numbers.append(number)
            bodies.append(body)
    return replace(batch, numbers=numbers, bodies=bodies, bad=sorted(bad, key=_number))


def _number(line: BadLine) -> int:
    return line.number


def _record(text: bytes, mapper: ObjectMapper) -> bytes:
    """The JSON of a record; what is no JSON or no object is left for the server to refuse."""
    try:
        value = decode(text)
    except NotJsonError:
        return text
    return text if as_object(value) is None else encode(mapper.record(Found(value), value))
