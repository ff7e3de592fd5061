"""The mapping that the options of `callistics import` say, over a preset or a file's or without."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation

import click

from callistics.mapping import FieldRule, Layout, MappingError, RecordMapping, Rest
from callistics.mapping.mapping import check_target
from callistics.mapping.rule import PLAIN
from callistics.model.zones import zone_asked_for
from callistics.records.field import RecordKind

_HASH, _HASH_END = "@hash(", ")"


@dataclass(frozen=True, slots=True)
class Said:
    """What the options say of how records are made; the texts are `target=source` and the like.

    `layout` has what is said of how files are read. `as_of_end` is None where nothing is said.
    """

    moves: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    rest: bool = False
    timezone: str | None = None
    as_of_end: bool | None = None
    units: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    decimal: str | None = None
    layout: Layout = field(default_factory=Layout)


def plain_mapping(kind: RecordKind) -> RecordMapping:
    """The mapping of files whose columns are named like the fields."""
    return RecordMapping(kind=kind, same_names=True, keeps_blanks=True)


def make_mapping(base: RecordMapping, said: Said) -> RecordMapping:
    """The mapping with what the options say of it. Raises `click.UsageError`."""
    try:
        return replace(
            base.overlaid(_fields(base, said)),
            dropped=base.dropped | {*said.dropped},
            rest=Rest.PAYLOAD if said.rest else base.rest,
            timezone=base.timezone if said.timezone is None else _zone(said.timezone),
            as_of_end=base.as_of_end if said.as_of_end is None else said.as_of_end,
            nulls=(*base.nulls, *said.nulls),
            decimal=said.decimal or base.decimal,
            layout=_layout(base.layout, said.layout),
        )
    except MappingError as error:
        raise click.UsageError(str(error)) from None


def _layout(base: Layout, said: Layout) -> Layout:
    names = (one.name for one in fields(Layout))
    return Layout(**{name: getattr(said, name) or getattr(base, name) for name in names})


def _zone(name: str) -> str:
    try:
        return zone_asked_for(name).name
    except ValueError as error:
        raise click.UsageError(f"--timezone: {error}") from None


def _fields(base: RecordMapping, said: Said) -> dict[str, FieldRule]:
    moved, fixed = _pairs("--map", said.moves), _pairs("--set", said.constants)
    for target in moved.keys() & fixed.keys():
        raise click.UsageError(f"{target} has both --map and --set")
    for target in [*moved, *fixed]:
        check_target(base.kind, target)
    found = {target: _source(target, text) for target, text in moved.items()}
    found |= {target: FieldRule(value=text) for target, text in fixed.items()}
    for target, change in _changes(said).items():
        check_target(base.kind, target)
        rule = found.get(target) or base.fields.get(target) or PLAIN
        if rule.value is not None or rule.hashed:
            raise click.UsageError(f"{target} is set to one value, so there is nothing to read")
        words: dict[str, object] = {**rule.words, **change.words}
        found[target] = replace(
            rule,
            unit=change.unit or rule.unit,
            formats=change.formats or rule.formats,
            scale=rule.scale if change.scale is None else change.scale,
            words=words,
        )
    return found


def _source(target: str, text: str) -> FieldRule:
    if not text.startswith(_HASH):
        return FieldRule(sources=(text,))
    names = tuple(name.strip() for name in text[len(_HASH) :].removesuffix(_HASH_END).split(","))
    if not text.endswith(_HASH_END) or not all(names):
        raise click.UsageError(f"--map {target}={text}: must look like @hash(started_at,from,to)")
    return FieldRule(hashed=names)


def _changes(said: Said) -> Mapping[str, FieldRule]:
    """What is said of how values are read, by target."""
    found: dict[str, FieldRule] = {}
    for target, unit in _pairs("--unit", said.units, "started_at=ms").items():
        found[target] = FieldRule(unit=unit)
    for target, text in _pairs("--scale", said.scales, "sentiment=0.01").items():
        found[target] = replace(found.get(target, PLAIN), scale=_factor(text))
    for text in said.formats:
        target, form = _pair("--time-format", text, "started_at=%d/%m/%Y")
        rule = found.get(target, PLAIN)
        found[target] = replace(rule, formats=(*rule.formats, form))
    for text in said.words:
        target, colon, words = text.partition(":")
        if not colon:
            raise click.UsageError(f"--value {text}: must look like direction:incoming=inbound")
        rule = found.get(target, PLAIN)
        word, equals, meant = words.partition("=")
        if not equals or not word:
            raise click.UsageError(f"--value {text}: must look like direction:incoming=inbound")
        found[target] = replace(rule, words={**rule.words, word: meant})
    return found


def _factor(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.UsageError(f"--scale: {text} is no number") from None


def _pairs(
    option: str, texts: Iterable[str], example: str = "started_at=call_time"
) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        target, value = _pair(option, text, example)
        if target in found:
            raise click.UsageError(f"{option} names {target} twice")
        found[target] = value
    return found


def _pair(option: str, text: str, example: str) -> tuple[str, str]:
    target, equals, value = text.partition("=")
    if not equals or not target.strip() or not value:
        raise click.UsageError(f"{option} {text}: must look like {example}")
    return target.strip(), value
