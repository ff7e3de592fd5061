"""What a declaration of a record field says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from callistics.records.field_types import FieldType


class RecordKind(StrEnum):
    """What a record tells of; the value is the endpoint's name."""

    CALLS = "calls"
    LEADS = "leads"

    @property
    def id_field(self) -> str:
        """The field that names a record within its merchant."""
        return "call_id" if self is RecordKind.CALLS else "lead_id"


class Kept(StrEnum):
    """Where the values of a field go."""

    COLUMN = "a column of the record's table, merged field by field"
    IDENTITY = "what names the record for life"
    EVENT = "the status history"
    TIME = "the time of all other fields of the record"


CALLS = frozenset({RecordKind.CALLS})
LEADS = frozenset({RecordKind.LEADS})
BOTH = CALLS | LEADS


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of calls, leads or both.

    `filter` is the help of the filter by a list of values that it has, and `group` that of the
    dimension, `measure` that of the number that can be measured; empty where it has none.
    `part_of` names the field that it is merged with as one. `column` keeps it as it was sent.
    """

    name: str
    kinds: frozenset[RecordKind]
    type: FieldType
    help: str
    example: object
    required: bool = False
    kept: Kept = Kept.COLUMN
    column: str = ""
    filter: str = ""
    group: str = ""
    measure: str = ""
    part_of: str | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for a part of the declaration that would have no effect."""
        asked = self.filter or self.group or self.measure
        if asked and RecordKind.CALLS not in self.kinds:
            raise ValueError(f"{self.name} is not of calls: no query would ask for it")
        if self.measure and RecordKind.LEADS in self.kinds:
            raise ValueError(f"{self.name} is measured of calls alone")

    @property
    def is_shared(self) -> bool:
        """Whether queries ask for it of leads too: their own value, else their first call's."""
        asked = bool(self.filter or self.group)
        return asked and self.kinds == BOTH and self.kept is Kept.COLUMN

    @property
    def stored_in(self) -> str:
        """The column that keeps the value as it was sent."""
        return self.column or self.name

    @property
    def schema(self) -> Mapping[str, object]:
        """The JSON schema of a value that is not null."""
        return self.type.schema
