"""The values of fields and the keys of payloads, by looking at every record."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from .grouping import by_count
from .payloads import Json, payload_texts, resolve
from .state import Call, Lead, field_of

LONGEST_KEY = 128
KINDS = {str: "string", bool: "boolean", int: "number", float: "number", list: "array",
         dict: "object"}  # fmt: skip


def values_of(calls: Iterable[Call], field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
    """By the number of calls that have the value, then by code point."""
    found = (text for call in calls for text in _texts(call, field))
    return by_count(text for text in found if _begins(text, prefix))[:limit]


def _texts(call: Call, field: str) -> set[str]:
    if field.startswith("payload."):
        return payload_texts(call.payload, field.removeprefix("payload."))
    value = field_of(call, field)
    return set() if value is None else {value}


def _begins(text: str, prefix: str) -> bool:
    pairs = zip(text, prefix, strict=False)
    same = all(one in (wanted, wanted.lower(), wanted.upper()) for one, wanted in pairs)
    return same and len(text) >= len(prefix)


def keys_of(
    calls: Iterable[Call], leads: Iterable[Lead], begin: int, end: int
) -> list[tuple[str, tuple[str, ...], int]]:
    """Each key with its types and the calls that started in between."""
    types: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for unit in (*calls, *leads):
        for key, kind in _held(unit.payload):
            types.setdefault(key, set()).add(kind)
            if isinstance(unit, Call) and begin <= unit.started_at < end:
                counts[key] += 1
    found = [(key, tuple(sorted(kinds)), counts[key]) for key, kinds in types.items()]
    return sorted(found, key=lambda one: (-one[2], one[0]))


def _held(payload: Json) -> Iterator[tuple[str, str]]:
    for key in set(_paths("", payload)):
        _, value = resolve(payload, key)
        if value is not None:
            yield key, KINDS[type(value)]


def _paths(before: str, inside: Any) -> Iterator[str]:
    if isinstance(inside, dict):
        for name, value in inside.items():
            path = before + name
            if 0 < len(path) <= LONGEST_KEY:
                yield path
                yield from _paths(path + ".", value)
