"""Mappings: what of a file or a platform's body becomes which field of a record, as data."""

from callistics.mapping.errors import MappingError
from callistics.mapping.mapping import Event, Layout, Mapped, RecordMapping, Rest
from callistics.mapping.read import read_mapping
from callistics.mapping.rule import FieldRule
from callistics.mapping.shipped import builtin, builtin_names

__all__ = [
    "Event",
    "FieldRule",
    "Layout",
    "Mapped",
    "MappingError",
    "RecordMapping",
    "Rest",
    "builtin",
    "builtin_names",
    "read_mapping",
]
