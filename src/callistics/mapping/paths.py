"""Ways into records and documents: `payload.city`, `message.call.id`, `calls[]`, `*`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from callistics.model.json import as_list, as_object

PAYLOAD = "payload"
ROOT = "$."
"""Begins a source that is looked for in the whole document instead of the record."""
KEY = "@key"
"""The source that is the key under which `*` found the record."""

Path = tuple[str, ...]
Record = dict[str, object]


def path_of(target: str) -> Path:
    """The way to a target within a record: `payload.address.city` in three steps."""
    return tuple(target.split(".")) if target.startswith(f"{PAYLOAD}.") else (target,)


def put(record: Record, path: Path, value: object) -> None:
    """Set a value within a record. Raises `ValueError` where something else is in the way."""
    inner = record
    for place, step in enumerate(path[:-1], start=1):
        found = inner.setdefault(step, {})
        if not isinstance(found, dict):
            name = ".".join(path[:place])
            raise ValueError(f"{name} is no object, so it cannot hold {'.'.join(path)}")
        inner = cast("Record", found)
    inner[path[-1]] = value


def find(value: object, source: str) -> object:
    """What is at `a.b.0.c` of a value; None where nothing is. A literal key with dots goes first.

    A step that is a number counts the elements of a list from 0.
    """
    members = as_object(value)
    if members is None:
        return _element(value, source)
    if source in members:
        return members[source]
    name, dot, rest = source.partition(".")
    return find(members.get(name), rest) if dot else None


def _element(value: object, source: str) -> object:
    items, (step, dot, rest) = as_list(value), source.partition(".")
    if items is None or not step.isdecimal() or int(step) >= len(items):
        return None
    return find(items[int(step)], rest) if dot else items[int(step)]


def holds(value: object, source: str) -> bool:
    """Whether there is anything, null too, at `a.b` of a value."""
    members = as_object(value)
    if members is None:
        return _element(value, source) is not None
    name, dot, rest = source.partition(".")
    return source in members or (bool(dot) and name in members and holds(members[name], rest))


def without(record: Record, source: str) -> Record:
    """The record without what is at `a.b`, and without the objects that this leaves empty."""
    if source in record:
        return {name: value for name, value in record.items() if name != source}
    name, dot, rest = source.partition(".")
    inner = as_object(record.get(name))
    if not dot or inner is None or not holds(inner, rest):
        return record
    left = without(inner, rest)
    return {**record, name: left} if left else without(record, name)


class Found(NamedTuple):
    """A record of a document, and the key that it stood under, if it did."""

    value: object
    key: str | None = None


def records_at(document: object, paths: Sequence[str]) -> list[Found]:
    """The records at a path: `message`, `data.calls[]`, `*`, `[]`; the document for an empty one.

    Of several paths the first that is there counts; without any it is the document. Raises
    `ValueError` with a sentence where there is none of them.
    """
    wrong: ValueError | None = None
    for path in paths or ("",):
        try:
            return list(_at(Found(document), [step for step in path.split(".") if step], path))
        except ValueError as error:
            wrong = wrong or error
    assert wrong is not None
    raise wrong


def _at(found: Found, steps: list[str], path: str) -> Iterator[Found]:
    if not steps:
        yield found
        return
    for one in _step(found, steps[0], path):
        yield from _at(one, steps[1:], path)


def _step(found: Found, step: str, path: str) -> Iterator[Found]:
    members = as_object(found.value)
    if step == "*":
        if members is None:
            raise ValueError(f"{path}: there is no object whose values would be the records")
        return (Found(value, key) for key, value in members.items())
    name = step.removesuffix("[]")
    value = found.value if not name else (members or {}).get(name)
    if name and (members is None or name not in members):
        raise ValueError(f'{path}: there is no "{name}" in the document')
    if name == step:
        return iter([Found(value, found.key)])
    items = as_list(value)
    if items is None:
        raise ValueError(f"{path}: {name or 'the document'} is no list")
    return (Found(item, found.key) for item in items)
