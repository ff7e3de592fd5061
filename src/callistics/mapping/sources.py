"""Where values come from: a column, several joined (`date+time`), the first of some (`a|b`)."""

import hashlib
from collections.abc import Callable, Container, Sequence

from callistics.mapping.canonical import canonical
from callistics.mapping.paths import KEY
from callistics.mapping.times import DateText
from callistics.model.json import encode
from callistics.records.field import RecordField

PLUS, BAR = "+", "|"
_HASH_BYTES = 16

Parts = tuple[str, ...]
"""Columns whose values are joined."""


def alternatives(source: str, is_there: Callable[[str], bool]) -> tuple[Parts, ...]:
    """What a source names, in order of preference; what is there under the whole name goes first.

    `a+b|c` is a and b joined, else c.
    """
    if BAR not in source or is_there(source):
        return (_parts(source, is_there),)
    return tuple(_parts(one, is_there) for one in source.split(BAR) if one)


def _parts(source: str, is_there: Callable[[str], bool]) -> Parts:
    if PLUS not in source or is_there(source):
        return (source,)
    return tuple(part for part in source.split(PLUS) if part) or (source,)


def names_in(sources: Sequence[str], is_there: Callable[[str], bool]) -> list[str]:
    """Every column that the sources name."""
    found = [alternatives(source, is_there) for source in sources]
    return [name for one in found for parts in one for name in parts if name != KEY]


def joined(field: RecordField | None, names: Sequence[str], parts: Sequence[object]) -> object:
    """The value of several columns, None where all are: names are joined by `:`, others by a space.

    Raises `ValueError` for a part of a time without the others: half of it is another time.
    """
    if len(parts) == 1:
        return parts[0]
    present = [part for part in parts if part is not None]
    if not present:
        return None
    is_time, is_name = _is_time(field), field is not None and "minLength" in field.schema
    if is_time and len(present) == len(parts) and any(isinstance(one, DateText) for one in parts):
        # What is no date of its file is the time of the day, which comes last.
        return DateText(" ".join(str(one) for one in sorted(parts, key=_is_no_date)))
    if is_time and len(present) < len(parts):
        absent = next(name for name, part in zip(names, parts, strict=True) if part is None)
        raise ValueError(f"{PLUS.join(names)}: there is nothing in {absent}")
    return (":" if is_name else " ").join(str(part) for part in present)


def _is_no_date(part: object) -> bool:
    return not isinstance(part, DateText)


def _is_time(field: RecordField | None) -> bool:
    return field is not None and field.schema.get("format") == "date-time"


def hashed(parts: Sequence[object], nulls: Container[str | None] = ()) -> str | None:
    """A text that stands for the values of several columns, None where all are absent.

    The same values give the same text on any machine and from any format of files, so that a file
    loaded again names the same calls. Words among `nulls` are absent.
    """
    found = (None if part is None else canonical(part) for part in parts)
    texts = [None if text in nulls else text for text in found]
    if not any(texts):
        return None
    return hashlib.blake2b(encode(texts), digest_size=_HASH_BYTES).hexdigest()
