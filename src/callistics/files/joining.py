"""Sources of several columns, such as `date+time`: which they are, and their values as one."""

from collections.abc import Callable, Sequence

from callistics.records.field import RecordField

PLUS = "+"


def sources_of(source: str, is_there: Callable[[str], bool]) -> tuple[str, ...]:
    """The columns that a source names; one that is there under the whole name goes first."""
    return (source,) if PLUS not in source or is_there(source) else tuple(source.split(PLUS))


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
    if is_time and len(present) < len(parts):
        absent = next(name for name, part in zip(names, parts, strict=True) if part is None)
        raise ValueError(f"{PLUS.join(names)}: there is nothing in {absent}")
    return (":" if is_name else " ").join(str(part) for part in present)


def _is_time(field: RecordField | None) -> bool:
    return field is not None and field.schema.get("format") == "date-time"
