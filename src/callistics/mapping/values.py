"""Values of files and bodies as the JSON values that records take, by their field and its rule.

What does not fit its field is passed on as it is: the server refuses it, with the field's rule.
Only what would be misread, or does not fit what a rule says, is refused here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from callistics.mapping import numbers, times
from callistics.mapping.numbers import (
    ALL_DIGITS,
    MONEY,
    SECONDS,
    money,
    number,
    percent,
    scaled,
    seconds_of,
)
from callistics.mapping.rule import ANY, FieldRule
from callistics.mapping.words import KNOWN
from callistics.model.json import NotJsonError, decode
from callistics.model.payload import PayloadError, number_text
from callistics.model.zones import Zone
from callistics.records import field_types as types
from callistics.records.field import RecordField

Convert = Callable[[object], object]
"""Gives None for a value that counts as absent. Raises `ValueError` with a sentence."""
Read = Callable[[object, str | None], int | Decimal | None]
"""The number that a value says under a decimal mark, None where it says none."""

_FLAGS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reading:
    """What holds for all fields: the zone of times without an offset, the decimal mark, nulls."""

    zone: Zone | None = None
    mark: str | None = None
    nulls: frozenset[str] = frozenset()


def converter(field: RecordField | None, rule: FieldRule, reading: Reading) -> Convert:
    """How a value becomes that of a field; None stands for a key of the payload."""
    base = _base(field, rule, reading)
    special = bool(reading.nulls or rule.words or rule.zero_is_absent)
    return _with_words(base, _base(field, FieldRule(), reading), rule, reading) if special else base


def as_it_is(value: object) -> object:
    """The value itself."""
    return value


def keeps_texts(convert: Convert, texts: Iterable[str | None]) -> bool:
    """Whether texts stay as they are, as far as that can be told quickly."""
    if convert is _plain_time:
        return all(map(times.is_plain, filter(None, texts)))
    return convert in (as_it_is, _text, _id)


def _base(field: RecordField | None, rule: FieldRule, reading: Reading) -> Convert:
    if field is None:
        return as_it_is if rule.scale is None else _number(number, rule, reading)
    if field.schema.get("format") == "date-time":
        return _time(rule, reading.zone)
    if field.type is types.DURATION:
        return _duration(rule, reading)
    kinds = _types(field.schema)
    if kinds & {"number", "integer"}:
        return _number(money if field.type is types.COST else number, rule, reading)
    if "boolean" in kinds:
        return _flag
    if "object" in kinds:
        return _object
    if field.type is types.NAME:
        return _id
    return _member(field) if field.type.choices else _text


def _types(schema: Mapping[str, object]) -> set[str]:
    options = cast("list[Mapping[str, object]]", schema.get("oneOf", [schema]))
    return {str(option.get("type")) for option in options}


def _with_words(base: Convert, plain: Convert, rule: FieldRule, reading: Reading) -> Convert:
    """Nulls and zeros made absent, words turned into others, the rest read by `base`."""
    nulls, zero_is_absent = reading.nulls, rule.zero_is_absent
    words = {word.strip().casefold(): value for word, value in rule.words.items()}
    otherwise = words.pop(ANY, None)

    def convert(value: object) -> object:
        text = word_of(value)
        if text is None:
            return base(value)
        if text in nulls or (zero_is_absent and number(value) == 0):
            return None
        found = words.get(text.casefold(), otherwise)
        if found is not None:
            return None if found == "" else plain(found)
        if rule.words_only:
            raise ValueError(f'"{text}" is none of the words that are known here')
        return base(value)

    return convert


def word_of(value: object) -> str | None:
    """The text that a scalar is compared by, without blanks around it; None for other values."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return _as_text(value) if isinstance(value, int | Decimal | float) else None


def _as_text(value: float | Decimal) -> str:
    try:
        return number_text(Decimal(repr(value)) if isinstance(value, float) else value)
    except PayloadError:
        return str(value)


def _text(value: object) -> object:
    """A number is the text that says it: ids are texts, whatever they look like."""
    if isinstance(value, str) or not isinstance(value, int | Decimal | float):
        return value
    return value if isinstance(value, bool) else _as_text(value)


def _id(value: object) -> object:
    """A whole number is the text that says it.

    Raises `ValueError` for a number that may have been another id: 1764490000.1 and 1764490000.10
    are two calls of Asterisk and one number.
    """
    if isinstance(value, float | Decimal) and not _is_exact(value):
        raise ValueError(
            f"{_as_text(value)} is a number, and numbers lose zeros at the end of an id and digits"
            " after the fifteenth: keep the column as text"
        )
    return _text(value)


def _is_exact(value: Decimal | float) -> bool:
    """Whether it is whole, and has no digits that were lost."""
    exact = Decimal(str(value))
    has_all_digits = isinstance(value, Decimal) or abs(exact) < ALL_DIGITS
    return has_all_digits and exact == exact.to_integral_value()


def _member(field: RecordField) -> Convert:
    """A member of a closed list, in any case, or by a word that is known for it."""
    known = {**KNOWN.get(field.name, {}), **{word.casefold(): word for word in field.type.choices}}

    def convert(value: object) -> object:
        return known.get(value.strip().casefold(), value) if isinstance(value, str) else value

    return convert


def _number(read: Read, rule: FieldRule, reading: Reading) -> Convert:
    factor = rule.scale if rule.unit is None else MONEY[rule.unit]
    mark = reading.mark

    def convert(value: object) -> object:
        found, share = read(value, mark), factor
        if found is None:
            found = percent(value, mark)
            share = factor or _HUNDREDTH
        if found is None:
            return _unscaled(value, factor)
        return found if share is None else scaled(found, share)

    return convert


def _unscaled(value: object, factor: Decimal | None) -> object:
    """A word in the place of a number, such as `positive`; refused where numbers are scaled."""
    if factor is not None and not (isinstance(value, str) and value.strip().isalpha()):
        raise ValueError(f'"{value}" is no number')
    return value.strip() if isinstance(value, str) and value.strip().isalpha() else value


def _duration(rule: FieldRule, reading: Reading) -> Convert:
    factor = None if rule.unit is None else SECONDS[rule.unit]
    factor = rule.scale if factor is None else factor * (rule.scale or 1)
    mark = reading.mark

    def convert(value: object) -> object:
        found = number(value, mark)
        if found is not None:
            return found if factor is None else scaled(found, factor)
        seconds = seconds_of(value)
        if seconds is not None:
            return seconds
        if factor is not None:
            raise ValueError(f'"{value}" is no number')
        return value

    return convert


def _flag(value: object) -> object:
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return _FLAGS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _object(value: object) -> object:
    """The payload as a cell of JSON text."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        return decode(value.encode())
    except (NotJsonError, UnicodeEncodeError):
        return value


def _time(rule: FieldRule, zone: Zone | None) -> Convert:
    if rule.unit is not None:
        return _epoch(rule.unit, zone)
    if rule.formats:
        return lambda value: times.by_format(_trimmed(value), rule.formats).written(zone)
    return _written_time(zone)


def _trimmed(value: object) -> str:
    return value if isinstance(value, times.DateText) else str(value).strip()


def plainly(convert: Convert) -> Convert:
    """The same for values that may be a `DateText`, which is a text where no format is said."""
    return lambda value: convert(str(value) if isinstance(value, times.DateText) else value)


def _epoch(unit: str, zone: Zone | None) -> Convert:
    """A unit is that of numbers: platforms came to write in numbers what were times before."""

    def convert(value: object) -> object:
        count = number(value)
        if count is not None:
            return times.of_epoch(count, unit).written(None)
        found = times.read(value.strip()) if isinstance(value, str) else None
        if found is None:
            raise ValueError(f'"{value}" is no number of {unit} since 1970')
        return found.written(zone)

    return convert


def _written_time(zone: Zone | None) -> Convert:
    return _plain_time if zone is None else lambda value: _time_in(value, zone)


def _plain_time(value: object) -> object:
    is_plain = isinstance(value, str) and times.is_plain(value)
    return value if is_plain else _time_in(value, None)


def _time_in(value: object, zone: Zone | None) -> object:
    if not isinstance(value, str):
        return _no_bare_number(value)
    try:
        found = times.read(times.with_blanks(value))
    except times.AmbiguousDateError:
        raise
    except ValueError:
        return value
    return _no_bare_number(value) if found is None else found.written(zone)


def _no_bare_number(value: object) -> object:
    """The value, unless it looks like a count since 1970 whose unit nobody said."""
    units = times.units_of(value)
    if units:
        count = numbers.number(value)
        assert count is not None
        moment = times.of_epoch(count, units[0]).written(None)
        raise ValueError(f"{value} has no unit: {units[0]} since 1970 would make it {moment}")
    return value
