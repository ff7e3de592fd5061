"""Records made of the rows of a table."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import chain

from callistics.errors import did_you_mean
from callistics.mapping.errors import MappingError
from callistics.mapping.mapping import RecordMapping, Rest
from callistics.mapping.paths import PAYLOAD, Path, Record, find, path_of, put
from callistics.mapping.rule import PLAIN, FieldRule
from callistics.mapping.sources import alternatives, hashed, joined, names_in
from callistics.mapping.targets import clash
from callistics.mapping.values import Convert, converter, plainly
from callistics.records.field import RecordField, RecordKind
from callistics.records.fields import ALL_FIELDS, REQUIRED

Row = Sequence[object] | Mapping[int, object]
"""The cells of a row, by place; one that is None is absent."""

_STATUS = "status"


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of a record that is filled: from which columns, where it is, and how.

    `choices` are columns to be joined, the first that give a value count. Of an id that is made of
    others `hashed` are the columns, and the fields of the record by their names.
    """

    target: str
    choices: tuple[tuple[int, ...], ...]
    convert: Convert
    field: RecordField | None = None
    absent_as: object = None
    hashed: tuple[int | str, ...] = ()

    @property
    def path(self) -> Path:
        """The way to it within a record."""
        return path_of(self.target)

    @property
    def is_of_one(self) -> bool:
        """Whether it is filled by one column alone, and left out where that is empty."""
        is_one = len(self.choices) == 1 and len(self.choices[0]) == 1
        return is_one and not self.hashed and self.absent_as is None


class TableMapper:
    """Makes records of the rows of a table, by the names of its columns.

    `unknown` are the columns that records do not have, each with a hint of what was meant;
    `cells` are the places that columns fill, `constants` those that have one value in every record,
    with it. Values of the columns `dated` may be a `DateText` each, as they are read by a time
    format.
    """

    def __init__(self, mapping: RecordMapping, columns: Sequence[str]) -> None:
        self._mapping = mapping
        self._columns = columns
        self._fields = ALL_FIELDS[mapping.kind]
        self._place = {name: index for index, name in enumerate(columns)}
        self.unknown: list[str] = []
        self.dated = frozenset(self._dated())
        cells = sorted(self._cells(), key=lambda cell: (bool(cell.hashed), len(cell.path)))
        self.constants = [
            (path_of(target), self._converter(target, PLAIN)(rule.value))
            for target, rule in mapping.fields.items()
            if rule.value is not None
        ]
        paths = [*(cell.path for cell in cells), *(path for path, _ in self.constants)]
        added_to = {path[0] for path in paths if len(path) > 1}
        self.cells = cells = tuple(
            _own(cell) if cell.target in added_to else cell for cell in cells
        )
        self._targets: dict[int, list[str]] = {}
        for cell in cells:
            for index in dict.fromkeys(chain.from_iterable(cell.choices)):
                self._targets.setdefault(index, []).append(cell.target)
        # One column as it is to one field: nearly all of them.
        self._simple = tuple(
            (cell.choices[0][0], cell.target, cell.convert) for cell in cells if _is_simple(cell)
        )
        others = [(cell, cell.path) for cell in cells if not _is_simple(cell)]
        self._others = tuple(one for one in others if not one[0].hashed)
        self._hashes = tuple(one for one in others if one[0].hashed)

    def check(self) -> None:
        """Raises `MappingError` where the columns and the mapping do not fit."""
        self._check_columns()
        if self.unknown:
            raise MappingError(self._about_unknown())
        wrong = clash([*(cell.target for cell in self.cells), *self._constant_targets()])
        if wrong:
            raise MappingError(wrong)

    @property
    def indexes(self) -> list[int]:
        """The columns that are needed."""
        return sorted({index for cell in self.cells for one in cell.choices for index in one})

    def targets_of(self, index: int) -> list[str]:
        """What a column fills."""
        return self._targets.get(index, [])

    def record(self, row: Row) -> Record:
        """The record of a row. Raises `ValueError` with a sentence."""
        found: Record = {}
        name = ""
        try:
            for index, name, convert in self._simple:
                value = row[index]
                if value is not None:
                    value = convert(value)
                    if value is not None:
                        found[name] = value
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        for cell, path in self._others:
            value = self._value(cell, row)
            if value is not None:
                put(found, path, value)
        for path, value in self.constants:
            put(found, path, value)
        for cell, path in self._hashes:
            value = self._hash(cell, row, found)
            if value is not None:
                put(found, path, value)
        self._mapping.finish(found)
        return found

    def _hash(self, cell: Cell, row: Row, found: Record) -> str | None:
        parts = [find(found, one) if isinstance(one, str) else row[one] for one in cell.hashed]
        return hashed(parts, self._mapping.reading.nulls)

    def _value(self, cell: Cell, row: Row) -> object:
        for choice in cell.choices:
            names = [self._columns[index] for index in choice]
            value = joined(cell.field, names, [row[index] for index in choice])
            value = None if value is None else _converted(cell, value)
            if value is not None:
                return value
        return None if cell.absent_as is None else cell.convert(cell.absent_as)

    def _converter(self, target: str, rule: FieldRule, places: Iterable[int] = ()) -> Convert:
        found = converter(self._fields.get(target), rule, self._mapping.reading)
        return found if rule.formats or self.dated.isdisjoint(places) else plainly(found)

    def _dated(self) -> Iterator[int]:
        for target, rule in self._mapping.fields.items():
            if rule.formats:
                for name in names_in(rule.sources or (target,), self._place.__contains__):
                    if name in self._place:
                        yield self._place[name]

    def _cells(self) -> list[Cell]:
        found = [self._of_rule(*one) for one in self._mapping.fields.items()]
        cells = [cell for cell in found if cell is not None]
        return [*cells, *self._of_columns()]

    def _of_rule(self, target: str, rule: FieldRule) -> Cell | None:
        if rule.value is not None:
            return None
        is_there = self._place.__contains__
        if rule.hashed:
            indexes = tuple(self._place[name] for name in rule.hashed if is_there(name))
            parts = tuple(
                name if self._mapping.reads_own(name) else self._place.get(name, name)
                for name in rule.hashed
            )
            return Cell(target, (indexes,), self._converter(target, PLAIN), hashed=parts)
        choices = tuple(
            tuple(self._place[name] for name in names)
            for source in rule.sources or (target,)
            for names in alternatives(source, is_there)
            if all(map(is_there, names))
        )
        field = self._fields.get(target)
        if not choices and rule.absent_as is None:
            return None
        convert = self._converter(target, rule, (index for one in choices for index in one))
        return Cell(target, choices, convert, field, rule.absent_as)

    def _of_columns(self) -> list[Cell]:
        """Columns that fill the field of their own name, and the rest."""
        mapping, moved, found = self._mapping, set(self._moved()), list[Cell]()
        for index, name in enumerate(self._columns):
            if name in mapping.dropped or (name in moved and not mapping.fills_its_own(name)):
                continue
            is_known = name in self._fields or _is_payload(name)
            if mapping.same_names and is_known and name not in mapping.fields:
                found.append(self._plain(name, index))
            elif mapping.rest is Rest.PAYLOAD and not (is_known and mapping.same_names):
                found.append(self._plain(f"{PAYLOAD}.{name}", index))
            elif mapping.rest is not Rest.DROP:
                self.unknown.append(name)
        return found

    def _plain(self, target: str, index: int) -> Cell:
        convert = self._converter(target, PLAIN, (index,))
        return Cell(target, ((index,),), convert, self._fields.get(target))

    def _moved(self) -> list[str]:
        """The columns that rules name, in their order."""
        is_there, found = self._place.__contains__, list[str]()
        for target, rule in self._mapping.fields.items():
            if rule.value is None:
                own = () if rule.hashed else (target,)
                found += names_in(rule.sources or own, is_there)
        return found

    def _constant_targets(self) -> list[str]:
        return [name for name, rule in self._mapping.fields.items() if rule.value is not None]

    def _check_columns(self) -> None:
        times, wanted, mapping = Counter(self._columns), set(self._moved()), self._mapping
        for name in self._columns:
            is_left_out = name in mapping.dropped or mapping.rest is Rest.DROP
            if times[name] > 1 and (name in wanted or not is_left_out):
                raise MappingError(f'the column "{name}" occurs twice')
        missing = [("--map", name) for name in self._missing()]
        missing += [("--drop", name) for name in sorted(mapping.dropped) if name not in times]
        for option, name in missing if mapping.rest is not Rest.DROP else missing[:0]:
            said = f"{option}, or the mapping {mapping.name}" if mapping.name else option
            raise MappingError(f"{said}: {_no_column(name, self._columns)}")
        self._check_required()

    def _missing(self) -> list[str]:
        hashes = [rule.hashed for rule in self._mapping.fields.values()]
        parts = [name for one in hashes for name in one if name not in self._mapping.fields]
        return [name for name in [*self._moved(), *parts] if name not in self._place]

    def _check_required(self) -> None:
        """Where columns may be missing, none that a record cannot do without."""
        filled = {cell.target for cell in self.cells} | {*self._constant_targets()}
        for target in (self._mapping.kind.id_field, *REQUIRED[self._mapping.kind]):
            rule = self._mapping.fields.get(target)
            if rule is not None and target not in filled:
                name = (rule.sources or (target,))[0]
                said = f"{self._mapping.name}: {target}" if self._mapping.name else target
                raise MappingError(f"{said}: {_no_column(name, self._columns)}")

    def _about_unknown(self) -> str:
        return "\n".join(_unknown_columns(self.unknown, self._mapping))


def _no_column(name: str, columns: Sequence[str]) -> str:
    return f'there is no column "{name}"{did_you_mean(name, columns)}'


def _is_payload(name: str) -> bool:
    return name.startswith(f"{PAYLOAD}.") and all(path_of(name))


def _own(cell: Cell) -> Cell:
    """The cell with values that are objects of their row alone, as more is put into them."""

    def convert(value: object) -> object:
        return deepcopy(cell.convert(value))

    return replace(cell, convert=convert)


def _is_simple(cell: Cell) -> bool:
    return cell.is_of_one and len(cell.path) == 1


def _converted(cell: Cell, value: object) -> object:
    try:
        return cell.convert(value)
    except ValueError as error:
        raise ValueError(f"{cell.target}: {error}") from None


def _unknown_columns(names: Sequence[str], mapping: RecordMapping) -> list[str]:
    fields = [name for name in ALL_FIELDS[mapping.kind] if name not in mapping.fields]
    lines = [f'  "{name}"{_hint(name, mapping, fields)}' for name in names]
    example = names[0]
    return [
        f"columns that {mapping.kind.value} do not have:",
        *lines,
        f'Use --map FIELD="{example}" to rename it, --map payload.KEY="{example}" to keep it in'
        f' the payload, --payload-rest to keep all there, or --drop "{example}".',
    ]


def _hint(name: str, mapping: RecordMapping, fields: Sequence[str]) -> str:
    if name in mapping.fields:
        return " is set by --map or --set already"
    if mapping.kind is RecordKind.CALLS and name.casefold() == _STATUS:
        return ": what the call came to is the field outcome, status is that of the lead"
    return did_you_mean(name, fields)
