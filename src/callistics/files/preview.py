"""What an import would make of a file: its columns, its first records, what is not understood."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from callistics.errors import NOTHING, Problem
from callistics.files.encode import record_line
from callistics.files.lines import Line, UnreadableError
from callistics.files.open import Format
from callistics.files.repeats import Repeats
from callistics.files.sources import documents, opened, typed_table
from callistics.files.tables import Table
from callistics.mapping.documents import ObjectMapper
from callistics.mapping.errors import MappingError
from callistics.mapping.mapping import RecordMapping, Rest
from callistics.mapping.paths import PAYLOAD, Found, Record, records_at
from callistics.mapping.rule import FieldRule
from callistics.mapping.sources import names_in
from callistics.mapping.table import TableMapper
from callistics.model.field_error import FieldError
from callistics.model.instants import now
from callistics.model.json import NotJsonError, as_decoded, as_object, decode
from callistics.model.zones import zone
from callistics.records.decode import Change, parse_record
from callistics.records.field_values import Reading
from callistics.records.fields import ALL_FIELDS, REQUIRED

LOOKED_AT = 10_000
"""Rows that are looked at, from the beginning of a file."""
SHOWN = 10

Numbered = tuple[int, object]


@dataclass
class Column:
    """A column, or a field of JSON: what it fills, and its values with their lines.

    `targets` are None where nobody said what it is.
    """

    name: str
    targets: list[str] | None
    values: list[Numbered] = field(default_factory=list[Numbered])


@dataclass
class Preview:
    """What was found: `wrong` is why the columns and the mapping do not fit, if they do not.

    `format` is that of the file, None where it is none.
    """

    format: Format | None
    columns: list[Column]
    rows: int = 0
    records: list[tuple[int, Record]] = field(default_factory=list[tuple[int, Record]])
    present: set[str] = field(default_factory=set[str])
    lacking: Counter[str] = field(default_factory=Counter[str])
    errors: list[tuple[int, FieldError]] = field(default_factory=list[tuple[int, FieldError]])
    bad: int = 0
    wrong: str | None = None
    table: Table | None = None
    notes: list[str] = field(default_factory=list[str])
    document: object = None
    repeats: Repeats | None = None


class _Taking:
    """Takes records one after the other, each checked as the server would check it."""

    def __init__(self, preview: Preview, mapping: RecordMapping) -> None:
        self._preview, self._kind = preview, mapping.kind
        self._repeats = preview.repeats = Repeats(mapping.kind)
        self._reading = Reading(mapping.zone or zone("UTC"), now())

    def take(self, number: int, make: Callable[[], Record]) -> None:
        """Take the record that is made, or what is wrong with it."""
        self._preview.rows += 1
        try:
            record = make()
            wrong = record_line(number, record).wrong
            if wrong is not None:
                raise ValueError(wrong)
            found = parse_record(self._kind, as_decoded(record), self._reading)
        except ValueError as error:
            self.refuse(number, [FieldError("", str(error))])
            return
        self._preview.present.update(record)
        self._preview.lacking.update(name for name in REQUIRED[self._kind] if name not in record)
        if len(self._preview.records) < SHOWN:
            self._preview.records.append((number, record))
        if not isinstance(found, Change):
            self.refuse(number, [_error(one) for one in found])
            return
        self._repeats.take(number, record)

    def refuse(self, number: int, errors: Sequence[FieldError]) -> None:
        """Count a row that is wrong."""
        self._preview.bad += 1
        self._preview.errors += [(number, error) for error in errors]


def _error(problem: Problem) -> FieldError:
    sent = None if problem.value is NOTHING else problem.value
    return FieldError(problem.pointer, problem.message, sent)


def preview(name: str, format_: Format, mapping: RecordMapping) -> Preview:
    """What an import would make of the beginning of a file; nothing is stored.

    Raises `UnreadableError` where it cannot be read at all.
    """
    if format_ == "ndjson":
        return _of_json(name, mapping)
    with _table(name, format_, mapping) as table:
        return preview_table(table, format_, mapping)


@contextmanager
def _table(name: str, format_: Format, mapping: RecordMapping) -> Generator[Table]:
    if format_ in ("parquet", "arrow"):
        with typed_table(name, format_) as table:
            yield table
        return
    with opened(name, format_, mapping) as source:
        assert source.table is not None
        yield source.table


def preview_table(table: Table, format_: Format | None, mapping: RecordMapping) -> Preview:
    """What an import would make of the beginning of a table."""
    mapper = TableMapper(mapping, table.columns)
    columns = [
        Column(name, _targets(mapper, index, name, mapping))
        for index, name in enumerate(table.columns)
    ]
    found = Preview(format_, columns, table=table, notes=table.notes)
    try:
        mapper.check()
    except MappingError as error:
        found.wrong = str(error)
    table.dated = mapper.dated
    taking = _Taking(found, mapping)
    try:
        for number, cells in islice(table.rows, LOOKED_AT):
            if isinstance(cells, str):
                found.rows += 1
                taking.refuse(number, [FieldError("", cells)])
                continue
            for column, value in zip(columns, cells, strict=True):
                if value is not None:
                    column.values.append((number, value))
            taking.take(number, lambda cells=cells: mapper.record(cells))
    except UnreadableError as error:
        found.wrong = str(error)
    return found


def _targets(
    mapper: TableMapper, index: int, name: str, mapping: RecordMapping
) -> list[str] | None:
    targets = mapper.targets_of(index)
    if targets or name in mapping.dropped or mapping.rest is Rest.DROP:
        return targets
    return None


def _of_json(name: str, mapping: RecordMapping) -> Preview:
    found = Preview("ndjson", [])
    taking, columns = _Taking(found, mapping), dict[str, Column]()
    mapper = ObjectMapper(mapping, mapping.fields)
    with documents(name, mapping) as lines:
        try:
            for number, one in islice(_records(lines, mapping, found, taking), LOOKED_AT):
                for key, value in (as_object(one.value) or {}).items():
                    column = columns.setdefault(key, Column(key, None))
                    column.values.append((number, value))
                taking.take(number, lambda one=one: mapper.record(one, found.document))
        except UnreadableError as error:
            found.wrong = str(error)
    for column in _sources(mapping, columns):
        column.targets = _filled(column.name, mapping, columns)
        found.columns.append(column)
    return found


def _records(
    lines: Iterable[Line], mapping: RecordMapping, found: Preview, taking: _Taking
) -> Iterator[tuple[int, Found]]:
    for line in lines:
        try:
            if line.wrong is not None:
                raise ValueError(line.wrong)
            found.document = decode(cast("bytes", line.body))
            records = records_at(found.document, mapping.layout.records)
        except (NotJsonError, ValueError) as error:
            found.rows += 1
            taking.refuse(line.number, [FieldError("", str(error))])
            continue
        yield from ((line.number, one) for one in records)


def _sources(mapping: RecordMapping, columns: dict[str, Column]) -> list[Column]:
    """The fields of the records, and the paths that the mapping names inside them."""
    found = list(columns.values())
    for target, rule in mapping.fields.items():
        if not rule.is_constant:
            names = names_in(_sources_of(target, rule), columns.__contains__)
            found += [Column(name, []) for name in names if name not in columns]
    return list({column.name: column for column in found}.values())


def _sources_of(target: str, rule: FieldRule) -> tuple[str, ...]:
    return rule.sources or (() if rule.hashed else (target,))


def _filled(name: str, mapping: RecordMapping, columns: dict[str, Column]) -> list[str] | None:
    is_there = columns.__contains__
    targets = [
        target
        for target, rule in mapping.fields.items()
        if not rule.is_constant
        and name in (*rule.hashed, *names_in(_sources_of(target, rule), is_there))
    ]
    if (not targets or mapping.fills_its_own(name)) and _is_own(name, mapping):
        targets.append(name)
    inside = any(other.startswith(f"{name}.") for other in _named(mapping, columns))
    if targets or inside or name in mapping.dropped or mapping.rest is Rest.DROP:
        return targets
    return [f"{PAYLOAD}.{name}"] if mapping.rest is Rest.PAYLOAD else None


def _is_own(name: str, mapping: RecordMapping) -> bool:
    known = ALL_FIELDS[mapping.kind]
    return mapping.same_names and name in known and name not in mapping.fields


def _named(mapping: RecordMapping, columns: dict[str, Column]) -> Iterator[str]:
    for target, rule in mapping.fields.items():
        if not rule.is_constant:
            yield from rule.hashed
            yield from names_in(_sources_of(target, rule), columns.__contains__)
