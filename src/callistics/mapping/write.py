"""Mappings as TOML, such that reading it gives the same mapping."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

from callistics.mapping.mapping import RecordMapping, Rest
from callistics.mapping.rule import FieldRule
from callistics.records.field import RecordKind

Pairs = dict[str, object]


def mapping_text(mapping: RecordMapping) -> str:
    """The TOML of a mapping. Those of webhooks, with their events, are written by hand only."""
    lines = [f"{name} = {_value(value)}" for name, value in _head(mapping).items() if value]
    lines += ["", "[fields]"]
    for target, rule in mapping.fields.items():
        lines.append(f"{_key(target)} = {_rule(rule)}")
    return "\n".join(lines) + "\n"


def _head(mapping: RecordMapping) -> Pairs:
    layout = mapping.layout
    return {
        "title": mapping.title,
        "format": mapping.format,
        "sources": mapping.sources,
        "kind": "" if mapping.kind is RecordKind.CALLS else mapping.kind.value,
        "reads": layout.reads,
        "records": layout.records,
        "columns": layout.columns,
        "delimiter": layout.delimiter,
        "encoding": layout.encoding,
        "skip_lines": layout.skip_lines,
        "skip_last": layout.skip_last,
        "sheet": layout.sheet,
        "nulls": mapping.nulls,
        "decimal": mapping.decimal,
        "timezone": mapping.timezone,
        "as_of": "end" if mapping.as_of_end else "",
        "same_names": mapping.same_names,
        "blanks": "kept" if mapping.keeps_blanks else "",
        "rest": "" if mapping.rest is Rest.REFUSE else mapping.rest.value,
        "drop": tuple(sorted(mapping.dropped)),
    }


def _rule(rule: FieldRule) -> str:
    pairs = {name: value for name, value in _parts(rule) if value is not None}
    if pairs.keys() == {"from"}:
        return _value(pairs["from"])
    return _value(pairs)


def _parts(rule: FieldRule) -> Iterator[tuple[str, object]]:
    yield "from", _one_or_more(rule.sources)
    yield "hash", list(rule.hashed) or None
    yield "value", rule.value
    yield "unit", rule.unit
    yield "format", _one_or_more(rule.formats)
    yield "scale", rule.scale
    yield "values", dict(rule.words) or None
    yield "values_only", rule.words_only or None
    yield "zero", "absent" if rule.zero_is_absent else None
    yield "default", rule.absent_as


def _one_or_more(texts: tuple[str, ...]) -> object:
    return (texts[0] if len(texts) == 1 else list(texts)) if texts else None


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_key(str(name))} = {_value(one)}" for name, one in value.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return "{ " + ", ".join(pairs) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _text(str(value))


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else _text(name)


def _text(text: str) -> str:
    """A text in quotes; TOML has the escapes of JSON, and does not take a bare DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
