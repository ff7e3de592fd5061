"""A mapping as a value: which fields of records are filled from what of a file or a body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from callistics.errors import did_you_mean
from callistics.mapping.as_of import end_of_call, in_order
from callistics.mapping.errors import MappingError
from callistics.mapping.paths import PAYLOAD, Record, path_of
from callistics.mapping.rule import FieldRule, check_rule
from callistics.mapping.targets import clash
from callistics.mapping.values import Reading
from callistics.model.zones import Zone, zone
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS

if TYPE_CHECKING:
    from callistics.mapping.documents import DocumentMapper

# What some call "status" is what the call came to.
_STATUS = "status"
_UPDATED_AT = "updated_at"
# Fields that say nothing alone: a currency, where there is no cost.
_PARTS = tuple(
    (name, one.part_of)
    for fields in ALL_FIELDS.values()
    for name, one in fields.items()
    if one.part_of is not None
)


MOST_SKIPPED_LAST = 1_000
"""Rows at the end that can be left out: so many are held back while a file is read."""


class Rest(StrEnum):
    """What becomes of columns and fields that the mapping does not name."""

    REFUSE = "refuse"
    PAYLOAD = "payload"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is read before anything is mapped.

    `reads` is its format, `records` are paths of the records in a document, of which the first that
    is there counts, `columns` are the names of those of a file without a header. `skip_lines` are
    passed over at the beginning, and at the end the last `skip_last` rows that are not empty.
    """

    reads: str | None = None
    records: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    skip_lines: int = 0
    skip_last: int = 0
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Bodies of one sort: those that have one of the words at each path of `when`.

    `fields` take the place of the mapping's own, None leaves one out. Bodies that are `ignored`
    say nothing of a call. `each` is the path of the records, where it is not the mapping's. Of
    bodies that are as of the same time those of a higher `order` count as the later ones.
    """

    when: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, FieldRule | None] = field(default_factory=dict[str, FieldRule | None])
    ignored: bool = False
    each: str | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of one record of a body: the record, or why there is none."""

    index: int
    record: Record | None
    ignored: bool = False
    problem: str | None = None


@dataclass(frozen=True)
class RecordMapping:
    """Everything that is said of how records are made of a file's rows or a body's values.

    With `same_names` a column named like a field fills it. `nulls` are words for nothing; with
    `keeps_blanks` empty texts and nulls of JSON are passed on, else they are absent. With
    `as_of_end`, records that have no `updated_at` get the time of their call's end. `webhook` is
    what is said of the platform's webhooks, not looked at here.
    """

    name: str = ""
    kind: RecordKind = RecordKind.CALLS
    fields: Mapping[str, FieldRule] = field(default_factory=dict[str, FieldRule])
    title: str = ""
    format: str = ""
    sources: tuple[str, ...] = ()
    layout: Layout = field(default_factory=Layout)
    nulls: tuple[str, ...] = ()
    decimal: str | None = None
    timezone: str | None = None
    as_of_end: bool = False
    same_names: bool = False
    keeps_blanks: bool = False
    rest: Rest = Rest.REFUSE
    dropped: frozenset[str] = frozenset()
    events: tuple[Event, ...] = ()
    webhook: Mapping[str, object] = field(default_factory=dict[str, object])

    def __post_init__(self) -> None:
        """Raises `MappingError` where it makes no sense."""
        for one in (self.fields, *(event.fields for event in self.events)):
            self._check_fields(one)
        if self.as_of_end and self.kind is not RecordKind.CALLS:
            raise MappingError("as of end is for calls: nothing else has an end")
        if not self.as_of_end and any(event.order for event in self.events):
            raise MappingError('order is for as_of = "end": else bodies may be as of their arrival')

    def _check_fields(self, fields: Mapping[str, FieldRule | None]) -> None:
        known = ALL_FIELDS[self.kind]
        for target, rule in fields.items():
            check_target(self.kind, target)
            if rule is not None:
                check_rule(target, known.get(target), rule)
                self._check_nulls(target, rule)
        wrong = clash(fields)
        if wrong:
            raise MappingError(wrong)

    def _check_nulls(self, target: str, rule: FieldRule) -> None:
        nulls = {word.casefold() for word in self.nulls}
        both = next((one for one in rule.words if one.strip().casefold() in nulls), None)
        if both is not None:
            raise MappingError(
                f'"{both}" is a word for nothing, and has a value in {target}: it can be one only'
            )

    @cached_property
    def zone(self) -> Zone | None:
        """The zone of times without an offset, if one is given."""
        return None if self.timezone is None else zone(self.timezone)

    @cached_property
    def reading(self) -> Reading:
        """What holds for the values of all fields."""
        return Reading(self.zone, self.decimal, frozenset(self.nulls))

    @property
    def changes_nothing(self) -> bool:
        """Whether records of JSON may be sent as they are written."""
        plain = RecordMapping(self.name, self.kind, same_names=True, keeps_blanks=True)
        return replace(self, layout=Layout(), title="", format="", sources=()) == plain

    def overlaid(self, fields: Mapping[str, FieldRule]) -> "RecordMapping":
        """The mapping with more fields, or others in their place. Raises `MappingError`."""
        events = tuple(
            replace(one, fields={k: v for k, v in one.fields.items() if k not in fields})
            for one in self.events
        )
        return replace(self, fields={**self.fields, **fields}, events=events)

    def finish(self, record: Record, order: int = 0) -> None:
        """Leave out parts without what they belong to, and say what time a record is as of.

        By the `order` of its event that is so many µs later: no two events of a call that follow
        upon each other are as close, unless they are as of the same time.
        """
        for name, whole in _PARTS:
            if name in record and whole not in record:
                del record[name]
        if self.as_of_end and record.get(_UPDATED_AT) is None:
            end = end_of_call(record, self.zone)
            if end is not None:
                record[_UPDATED_AT] = end
        if _UPDATED_AT in record:
            record[_UPDATED_AT] = in_order(record[_UPDATED_AT], order)

    def reads_own(self, name: str) -> bool:
        """Whether a field is filled from the column of its own name and nothing else."""
        if name not in ALL_FIELDS[self.kind] or name in self.dropped:
            return False
        rule = self.fields.get(name)
        if rule is None:
            return self.same_names
        return rule.value is None and not rule.hashed and rule.sources in ((), (name,))

    def fills_its_own(self, name: str) -> bool:
        """Whether a column that fills another field fills the one of its own name as well.

        A call's `status` does not: where it is mapped it is not that of the lead.
        """
        if not self.same_names or name in self.fields or name not in ALL_FIELDS[self.kind]:
            return False
        return name != _STATUS or self.kind is RecordKind.LEADS

    def map(self, document: object) -> Iterator[Mapped]:
        """The records of a document of JSON, or of a form, in their order; never raises."""
        return self._documents.map(document)

    @cached_property
    def _documents(self) -> "DocumentMapper":
        """Made once: bodies come one by one, and to make it takes longer than to map one."""
        # Loaded here: it is made of what is above.
        from callistics.mapping.documents import DocumentMapper  # noqa: PLC0415

        return DocumentMapper(self)


def check_target(kind: RecordKind, target: str) -> None:
    """Raises `MappingError` for a target that records of the kind do not have."""
    fields = ALL_FIELDS[kind]
    if target in fields or (target.startswith(f"{PAYLOAD}.") and all(path_of(target))):
        return
    hint = did_you_mean(target, fields) or ", or payload.KEY for what is free-form"
    raise MappingError(f"{kind.value} have no field {target}{hint}")
