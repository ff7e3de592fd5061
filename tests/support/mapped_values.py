"""Values as the fields of a call have them once they were read from a file or a body."""

from typing import Any

from callistics.mapping import FieldRule
from callistics.mapping.rule import check_rule
from callistics.mapping.values import Reading, converter
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS

_FIELDS = ALL_FIELDS[RecordKind.CALLS]


def read(name: str, value: object, reading: Reading | None = None, **rule: Any) -> object:
    """A value as the field of a call has it."""
    made = FieldRule(**rule)
    check_rule(name, _FIELDS.get(name), made)
    return converter(_FIELDS.get(name), made, reading or Reading())(value)
