"""Mappings written as TOML."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import cast

from callistics.errors import did_you_mean
from callistics.mapping.errors import MappingError
from callistics.mapping.mapping import (
    MOST_SKIPPED_LAST,
    Event,
    Layout,
    RecordMapping,
    Rest,
)
from callistics.mapping.numbers import DECIMAL_MARKS
from callistics.mapping.rule import FieldRule
from callistics.mapping.sources import PLUS
from callistics.model.zones import zone
from callistics.records.field import RecordKind

Table = Mapping[str, object]

_KEYS = (
    *("title", "format", "sources", "kind", "records", "columns", "reads", "delimiter", "encoding"),
    *(
        "skip_lines",
        "skip_last",
        "sheet",
        "nulls",
        "decimal",
        "timezone",
        "as_of",
        "same_names",
        "blanks",
    ),
    *("rest", "drop", "fields", "event", "webhook"),
)
_RULE_KEYS = (
    *("from", "join", "hash", "value", "unit", "format", "scale", "values", "values_only"),
    *("zero", "default"),
)
_EVENT_KEYS = ("when", "fields", "ignore", "each", "order")
_LAST_OF_EVENTS = 999
_LARGEST_EXPONENT = 30
_SCALARS = (str, int, Decimal, bool)


def read_mapping(text: str, name: str = "") -> RecordMapping:
    """The mapping that a TOML text says. Raises `MappingError` with a sentence that names it."""
    try:
        return _mapping(_decoded(text), name)
    except MappingError as error:
        raise MappingError(f"{name}: {error}") from None


def _decoded(text: str) -> Table:
    try:
        return tomllib.loads(text, parse_float=_exact)
    except MappingError:
        raise
    except ValueError as error:
        # Whole numbers of thousands of digits are among what the library itself refuses.
        raise MappingError(f"not TOML: {error}") from None
    except RecursionError:
        raise MappingError("not TOML: nested too deeply") from None


def _exact(text: str) -> Decimal:
    """A number with a fraction; no mapping has a use for one that is none or beyond all sizes."""
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise MappingError(f"{text[:40]} is no number that a mapping can use")
    return value


def _mapping(found: Table, name: str) -> RecordMapping:
    _check_keys(found, _KEYS, "a mapping")
    return RecordMapping(
        name=name,
        kind=RecordKind(_word(found, "kind", [kind.value for kind in RecordKind], "calls")),
        fields={k: v for k, v in _fields(found).items() if v is not None},
        title=_text(found, "title") or "",
        format=_text(found, "format") or "",
        sources=_texts(found, "sources"),
        layout=_layout(found),
        nulls=_texts(found, "nulls"),
        decimal=_word(found, "decimal", DECIMAL_MARKS),
        timezone=_zone(found),
        as_of_end=_word(found, "as_of", ("now", "end")) == "end",
        same_names=_flag(found, "same_names"),
        keeps_blanks=_word(found, "blanks", ("kept", "absent")) == "kept",
        rest=Rest(_word(found, "rest", [one.value for one in Rest], "refuse")),
        dropped=frozenset(_texts(found, "drop")),
        events=tuple(_event(one) for one in _tables(found, "event")),
        webhook=_table(found, "webhook"),
    )


def _layout(found: Table) -> Layout:
    return Layout(
        reads=_text(found, "reads"),
        records=_texts(found, "records"),
        columns=_texts(found, "columns"),
        delimiter=_text(found, "delimiter"),
        encoding=_text(found, "encoding"),
        skip_lines=_count(found, "skip_lines"),
        skip_last=_count(found, "skip_last", MOST_SKIPPED_LAST),
        sheet=_text(found, "sheet"),
    )


def _count(found: Table, name: str, most: int | None = None) -> int:
    value = found.get(name, 0)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= (most or value):
        return value
    up_to = "" if most is None else f" to {most:,}"
    raise MappingError(f"{name} must be a whole number from 0{up_to}")


def _zone(found: Table) -> str | None:
    name = _text(found, "timezone")
    try:
        return None if name is None else zone(name).name
    except ValueError as error:
        raise MappingError(f"timezone: {error}") from None


def _event(found: Table) -> Event:
    _check_keys(found, _EVENT_KEYS, "an event")
    when = _table(found, "when")
    if _flag(found, "ignore") and any(found.get(name) for name in ("fields", "each", "order")):
        raise MappingError("an event that is ignored makes no records: leave all else but when out")
    return Event(
        when={path: tuple(map(_word_of, _listed(words))) for path, words in when.items()},
        fields=_fields(found),
        ignored=_flag(found, "ignore"),
        each=_text(found, "each"),
        order=_count(found, "order", _LAST_OF_EVENTS),
    )


def _word_of(value: object) -> str:
    if not isinstance(value, _SCALARS):
        raise MappingError("the words of when are texts, numbers, true or false")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fields(found: Table) -> dict[str, FieldRule | None]:
    return {target: _named(target, one) for target, one in _table(found, "fields").items()}


def _named(target: str, found: object) -> FieldRule | None:
    try:
        return _rule(target, found)
    except MappingError as error:
        raise MappingError(f"{target}: {error}") from None


def _rule(target: str, found: object) -> FieldRule | None:
    if found is False:
        return None
    if isinstance(found, str | list):
        return _made_of({"from": cast("object", found)})
    if not isinstance(found, dict):
        raise MappingError("must name its source, or be a table")
    given = cast("Table", found)
    if target == "payload" and not given.keys() <= {*_RULE_KEYS}:
        key = next(name for name in given if name not in _RULE_KEYS)
        raise MappingError(f'write "payload.{key}" in quotes')
    _check_keys(given, _RULE_KEYS, "a field")
    return _made_of(given)


def _made(given: Table) -> FieldRule:
    join, scale = _texts(given, "join"), given.get("scale")
    if scale is not None and (isinstance(scale, bool) or not isinstance(scale, int | Decimal)):
        raise MappingError("scale must be a number")
    value, default = given.get("value"), given.get("default")
    for one in (value, default, *_table(given, "values").values()):
        if one is not None and not isinstance(one, _SCALARS):
            raise MappingError("value, default and values are texts, numbers, true or false")
    return FieldRule(
        sources=(*_texts(given, "from"), *((PLUS.join(join),) if join else ())),
        hashed=_texts(given, "hash"),
        value=value,
        unit=_text(given, "unit"),
        formats=_texts(given, "format"),
        scale=None if scale is None else Decimal(scale),
        words=_table(given, "values"),
        words_only=_flag(given, "values_only"),
        zero_is_absent=_word(given, "zero", ("absent",)) is not None,
        absent_as=default,
    )


def _made_of(given: Table) -> FieldRule:
    rule = _made(given)
    ways = (bool(rule.sources), bool(rule.hashed), rule.value is not None)
    if sum(ways) > 1:
        raise MappingError("from, join, hash and value are different ways to fill it: give one")
    if not any(ways) and any(given.get(name) == [] for name in ("from", "join", "hash")):
        raise MappingError("from, join and hash name what a field is filled from: an empty list")
    if rule.words_only and not rule.words:
        raise MappingError("values_only says nothing without values")
    return rule


def _check_keys(found: Table, known: Collection[str], what: str) -> None:
    for name in found:
        if name not in known:
            raise MappingError(f'{what} has no "{name}"{did_you_mean(name, known)}')


def _get(found: Table, name: str, is_right: Callable[[object], bool], what: str) -> object:
    value = found.get(name)
    if value is not None and not is_right(value):
        raise MappingError(f"{name} must be {what}")
    return value


def _text(found: Table, name: str) -> str | None:
    return cast("str | None", _get(found, name, lambda one: isinstance(one, str), "a text"))


def _flag(found: Table, name: str) -> bool:
    return bool(_get(found, name, lambda one: isinstance(one, bool), "true or false"))


def _table(found: Table, name: str) -> Table:
    value = _get(found, name, lambda one: isinstance(one, dict), "a table")
    return cast("Table", value or {})


def _tables(found: Table, name: str) -> list[Table]:
    value = _get(found, name, _is_tables, f"a list of tables: [[{name}]]")
    return cast("list[Table]", value or [])


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) for one in cast("list[object]", value)
    )


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _texts(found: Table, name: str) -> tuple[str, ...]:
    value = found.get(name)
    texts = [] if value is None else _listed(value)
    if not all(isinstance(one, str) for one in texts):
        raise MappingError(f"{name} must be a text, or a list of texts")
    return tuple(cast("list[str]", texts))


def _word(
    found: Table, name: str, known: Collection[str], default: str | None = None
) -> str | None:
    text = _text(found, name)
    if text is not None and text not in known:
        raise MappingError(f"{name} must be {' or '.join(known)}{did_you_mean(text, known)}")
    return default if text is None else text
