"""Options that would help with numbers: their marks, and their units."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from callistics.mapping.mapping import RecordMapping
from callistics.mapping.numbers import number
from callistics.records import field_types as types
from callistics.records.field import RecordField

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_UNITS = {"ms": ("ms", "millis", "milliseconds"), "min": ("min", "mins", "minutes")}
# Seconds that hardly any call lasts.
_LONG = 4 * 3_600


def about_numbers(
    target: str, values: Sequence[tuple[int, object]], mapping: RecordMapping
) -> Iterator[str]:
    """Of marks of decimals and of thousands."""
    if mapping.decimal is not None:
        return
    texts = [value.strip() for _, value in values if isinstance(value, str)]
    commas = [text for text in texts if _COMMA.fullmatch(text) or _GROUPED.fullmatch(text)]
    if not commas:
        return
    fraction = next((text for text in commas if not _GROUPED.fullmatch(text)), None)
    if fraction is not None:
        yield f"{target} has decimal commas ({fraction}): --decimal ,"
    else:
        text = commas[0]
        yield (
            f"{target}: {text} is {text.replace(',', '')} with --decimal . and"
            f" {text.replace(',', '.')} with --decimal ,"
        )


def about_unit(
    field: RecordField, name: str, values: Sequence[tuple[int, object]]
) -> Iterator[str]:
    """Of numbers that are of another unit than their field's. `name` is that of their column."""
    numbers = [found for _, value in values if (found := number(value)) is not None]
    parts = re.split(r"[^a-z]+", re.sub(r"([A-Z][a-z]+)", r" \1", name).lower())
    if field.type is types.DURATION:
        for unit, words in _UNITS.items():
            if any(word in parts for word in words):
                yield f'{field.name}: "{name}" seems to be in {unit}: --unit {field.name}={unit}'
                break
        else:
            yield from _about_lengths(field.name, sorted(one for one in numbers if one > 0))
    if field.type is types.SENTIMENT and any(one > 1 for one in numbers):
        most = max(numbers)
        yield f"{field.name} is from 0 to 1, and here up to {most}: --scale {field.name}=0.01"
    if field.type is types.COST and numbers and all(one <= 0 for one in numbers) and any(numbers):
        yield f"{field.name} is below zero here: --scale {field.name}=-1"


def _about_lengths(target: str, numbers: Sequence[int | Decimal]) -> Iterator[str]:
    """Lengths, in their order, that calls do not have: they are of another unit than seconds."""
    middle = numbers[len(numbers) // 2] if numbers else 0
    if middle >= _LONG:
        yield (
            f"{target} is in seconds, and half of those above 0 are {middle:,} or more, which is"
            f" {middle / 3_600:,.0f} hours: --unit {target}=ms, if they are milliseconds"
        )
    elif numbers and 0 < numbers[-1] < 1:
        yield (
            f"{target} is in seconds, and none is one or more: --scale {target}=86400, if they are"
            " parts of a day, as Excel counts"
        )
