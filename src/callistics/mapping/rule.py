"""What a mapping says of one field of a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from callistics.mapping.errors import MappingError
from callistics.mapping.numbers import MONEY, SECONDS
from callistics.mapping.paths import PAYLOAD
from callistics.mapping.times import EPOCHS, check_format
from callistics.records import field_types as types
from callistics.records.field import RecordField

ANY = "*"
"""Among the words of a rule: every other word."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where the value of a field comes from, and how it is read.

    `sources` are columns or paths, the first that has a value counts; without any it is the one
    of the field's own name. `hashed` are those that an id is made of instead, `value` is a
    constant instead. `words` turn a value into another one, in any case; with `words_only` others
    are refused. `absent_as` stands where there is no value.
    """

    sources: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    value: object = None
    unit: str | None = None
    formats: tuple[str, ...] = ()
    scale: Decimal | None = None
    words: Mapping[str, object] = field(default_factory=dict[str, object])
    words_only: bool = False
    zero_is_absent: bool = False
    absent_as: object = None

    @property
    def is_constant(self) -> bool:
        """Whether every record gets the same value."""
        return self.value is not None


PLAIN = FieldRule()


def units_for(spec: RecordField | None) -> tuple[str, ...]:
    """The units that the values of a field may have; none for a field that has no unit."""
    if spec is None:
        return ()
    if spec.schema.get("format") == "date-time":
        return tuple(EPOCHS)
    if spec.type is types.DURATION:
        return tuple(SECONDS)
    return tuple(MONEY) if spec.type is types.COST else ()


def check_rule(target: str, spec: RecordField | None, rule: FieldRule) -> None:
    """Raises `MappingError` where a rule does not go with the field that it is of."""
    _check_is_read(target, rule)
    _check_words(target, rule)
    units, is_time = units_for(spec), spec is not None and spec.schema.get("format") == "date-time"
    if rule.unit is not None and rule.unit not in units:
        what = f"the unit of {target} is one of {', '.join(units)}" if units else _no_unit(target)
        raise MappingError(f"{what}, not {rule.unit}" if units else what)
    if rule.formats and not is_time:
        raise MappingError(f"{target} is no time, so it has no time format")
    if rule.formats and rule.unit:
        raise MappingError(f"{target} is read by its unit or by a time format, not by both")
    for form in rule.formats:
        check_format(form)
    if rule.scale is not None and (is_time or not _may_be_number(target, spec)):
        raise MappingError(f"{target} is no number that could be scaled")
    if rule.scale == 0:
        raise MappingError(f"{target}: the scale 0 would make every value 0")
    if rule.unit in MONEY and rule.scale is not None:
        raise MappingError(f"{target} has a unit and a scale: one of the two says it all")


def _check_is_read(target: str, rule: FieldRule) -> None:
    """Raises `MappingError` where it is said how to read a value that is not read."""
    how = {
        "unit": rule.unit,
        "format": rule.formats,
        "scale": rule.scale,
        "values": rule.words,
        "zero": rule.zero_is_absent,
        "default": None if rule.absent_as is None else "default",
    }
    said = next((name for name, one in how.items() if one not in (None, (), {}, False)), None)
    if said is not None and (rule.value is not None or rule.hashed):
        what = "made of other values" if rule.hashed else "set to one value"
        raise MappingError(f"{target} is {what}, so there is nothing to read: leave {said} out")


def _check_words(target: str, rule: FieldRule) -> None:
    """Raises `MappingError` where a word means two things."""
    found: dict[str, tuple[str, object]] = {}
    for word, value in rule.words.items():
        other, before = found.setdefault(word.strip().casefold(), (word, value))
        if before != value:
            raise MappingError(
                f'{target}: "{other}" and "{word}" are one word, as case does not matter, and have'
                " two values"
            )
    if rule.words_only and ANY in found:
        raise MappingError(f"{target}: {ANY} takes every other word, which values_only refuses")


def _no_unit(target: str) -> str:
    return f"{target} has no unit: only times, durations and costs have"


def _may_be_number(target: str, spec: RecordField | None) -> bool:
    if spec is None:
        return target.startswith(f"{PAYLOAD}.")
    return spec.type in (types.SENTIMENT, types.COST, types.DURATION, types.ATTEMPT)
