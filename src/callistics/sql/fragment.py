"""Pieces of SQL text that carry their values with them.

A value never becomes text here: it travels as a `Bound` until the engine's dialect renders the
whole statement with placeholders of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

BoundValue = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """A value to bind; `type` names how the engine is to read it."""

    value: BoundValue
    type: str


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL: text and bound values in turn."""

    parts: tuple[str | Bound, ...]

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else "?" for part in self.parts)


def raw(text: str) -> Sql:
    """Fixed text. Names in it come from the catalog, never from a request."""
    return Sql((text,))


def text(value: str) -> Sql:
    """A bound string."""
    return Sql((Bound(value, "text"),))


def texts(values: Iterable[str]) -> Sql:
    """A bound list of strings."""
    return Sql((Bound(tuple(values), "texts"),))


def integer(value: int) -> Sql:
    """A bound 64-bit integer."""
    return Sql((Bound(value, "integer"),))


def double(value: float) -> Sql:
    """A bound 64-bit float."""
    return Sql((Bound(value, "double"),))


def instant(value: int) -> Sql:
    """A bound instant (µs since 1970, UTC)."""
    return Sql((Bound(value, "instant"),))


def compose(template: str, *pieces: Sql) -> Sql:
    """Fill each `{}` of a fixed text with the next piece."""
    texts_between = template.split("{}")
    parts: list[str | Bound] = [texts_between[0]]
    for piece, following in zip(pieces, texts_between[1:], strict=True):
        parts.extend(piece.parts)
        parts.append(following)
    return Sql(_merged(parts))


def join(separator: str, pieces: Iterable[Sql]) -> Sql:
    """The pieces with fixed text between them."""
    parts: list[str | Bound] = []
    for piece in pieces:
        if parts:
            parts.append(separator)
        parts.extend(piece.parts)
    return Sql(_merged(parts))


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Conditions joined by AND; none is true."""
    found = tuple(conditions)
    return join("\n  AND ", found) if found else raw("TRUE")


def any_of(conditions: Iterable[Sql]) -> Sql:
    """Conditions joined by OR, in parentheses."""
    found = tuple(conditions)
    return found[0] if len(found) == 1 else compose("({})", join(" OR ", found))


def _merged(parts: Iterable[str | Bound]) -> tuple[str | Bound, ...]:
    merged: list[str | Bound] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged)
