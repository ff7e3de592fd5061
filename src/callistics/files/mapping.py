"""Which column or field of a file becomes which field of a record."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import click

from callistics.errors import did_you_mean
from callistics.files.as_of import end_of_call
from callistics.files.joining import joined, sources_of
from callistics.files.lines import UnreadableError
from callistics.files.values import Convert, converter
from callistics.model.zones import Zone
from callistics.records.field import RecordField, RecordKind
from callistics.records.fields import ALL_FIELDS

PAYLOAD = "payload"

Path = tuple[str, ...]
Record = dict[str, object]

# What some call "status" is what the call came to.
_STATUS = "status"
_UPDATED_AT = "updated_at"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the command line says of a file's fields.

    `moves` (source) and `constants` (text) are by target: a field, or `payload.` and a path.
    `dropped` sources are left out; with `rest`, sources that are no field go into the payload.
    With `as_of_end`, records that have no `updated_at` get the time of their call's end.
    """

    kind: RecordKind
    moves: Mapping[str, str] = field(default_factory=dict[str, str])
    constants: Mapping[str, str] = field(default_factory=dict[str, str])
    dropped: frozenset[str] = frozenset()
    rest: bool = False
    zone: Zone | None = None
    as_of_end: bool = False

    @property
    def changes_nothing(self) -> bool:
        """Whether records may be sent as they are written."""
        is_moved = self.moves or self.constants or self.dropped or self.rest
        return not (is_moved or self.zone or self.as_of_end)

    def finish(self, record: "Record") -> None:
        """Give a record the time that it is as of, where it has none."""
        if self.as_of_end and record.get(_UPDATED_AT) is None:
            end = end_of_call(record, self.zone)
            if end is not None:
                record[_UPDATED_AT] = end

    def fills_its_own(self, name: str) -> bool:
        """Whether a column that fills another field fills the one of its own name as well.

        A call's `status` does not: where it is mapped it is not that of the lead.
        """
        if name in self.moves or name in self.constants or name not in ALL_FIELDS[self.kind]:
            return False
        return name != _STATUS or self.kind is RecordKind.LEADS


def make_rules(
    kind: RecordKind,
    moves: Iterable[str],
    constants: Iterable[str],
    *,
    dropped: Iterable[str] = (),
    rest: bool = False,
    zone: Zone | None = None,
    as_of_end: bool = False,
) -> Rules:
    """The rules of `target=source` and `target=value` texts. Raises `click.UsageError`."""
    moved, fixed = _pairs("--map", moves), _pairs("--set", constants)
    for target in [*moved, *fixed]:
        _check_target(kind, target)
    for target in moved.keys() & fixed.keys():
        raise click.UsageError(f"{target} has both --map and --set")
    clash = _clash([*moved, *fixed])
    if clash:
        raise click.UsageError(clash)
    if as_of_end and kind is not RecordKind.CALLS:
        raise click.UsageError("--as-of end is for calls: nothing else has an end")
    return Rules(kind, moved, fixed, frozenset(dropped), rest, zone, as_of_end)


def _pairs(option: str, texts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        target, equals, value = text.partition("=")
        if not equals or not target.strip() or not value:
            raise click.UsageError(f"{option} {text}: must look like started_at=call_time")
        if target.strip() in found:
            raise click.UsageError(f"{option} names {target.strip()} twice")
        found[target.strip()] = value
    return found


def _check_target(kind: RecordKind, target: str) -> None:
    fields = ALL_FIELDS[kind]
    if target in fields or (target.startswith(f"{PAYLOAD}.") and all(path_of(target))):
        return
    hint = did_you_mean(target, fields) or ", or payload.KEY for what is free-form"
    raise click.UsageError(f"{kind.value} have no field {target}{hint}")


def _clash(targets: Sequence[str]) -> str | None:
    """What is wrong with targets that take each other's place."""
    twice = next((target for target, times in Counter(targets).items() if times > 1), None)
    if twice is not None:
        return f"{twice} is filled twice"
    # In this order a path comes right before those that it begins.
    for outer, inner in pairwise(sorted(map(path_of, targets))):
        if len(outer) > 1 and inner[: len(outer)] == outer:
            return f"{'.'.join(outer)} cannot be a value and hold {'.'.join(inner)} as well"
    return None


def path_of(target: str) -> Path:
    """The way to a target within a record: `payload.address.city` in three steps."""
    return tuple(target.split(".")) if target.startswith(f"{PAYLOAD}.") else (target,)


def put(record: Record, path: Path, value: object) -> None:
    """Set a value within a record. Raises `ValueError` where something else is in the way."""
    inner = record
    for place, step in enumerate(path[:-1], start=1):
        found = inner.setdefault(step, {})
        if not isinstance(found, dict):
            name = ".".join(path[:place])
            raise ValueError(f"{name} is no object, so it cannot hold {'.'.join(path)}")
        inner = cast("Record", found)
    inner[path[-1]] = value


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of a record that is filled: from which columns, where it is, and how."""

    indexes: tuple[int, ...]
    path: Path
    convert: Convert
    field: RecordField | None = None


class TableMapper:
    """Makes records of the rows of a table, by the names of its columns.

    Raises `UnreadableError` where the columns and the rules do not fit.
    """

    def __init__(self, rules: Rules, columns: Sequence[str]) -> None:
        self._rules = rules
        self._columns = columns
        self._check_columns(rules)
        self.cells = sorted(self._cells(rules), key=lambda cell: len(cell.path))
        self._constants = constant_values(rules)

    def record(self, row: Sequence[object] | Mapping[int, object]) -> Record:
        """The record of a row, by place; a cell that is None is absent. Raises `ValueError`."""
        found: Record = {}
        for cell in self.cells:
            value = self._value(cell, row)
            if value is not None:
                put(found, cell.path, cell.convert(value))
        for path, value in self._constants:
            put(found, path, value)
        self._rules.finish(found)
        return found

    def _value(self, cell: Cell, row: Sequence[object] | Mapping[int, object]) -> object:
        if len(cell.indexes) == 1:
            return row[cell.indexes[0]]
        names = [self._columns[index] for index in cell.indexes]
        return joined(cell.field, names, [row[index] for index in cell.indexes])

    def _sources(self, source: str) -> tuple[str, ...]:
        return sources_of(source, self._columns.__contains__)

    def _check_columns(self, rules: Rules) -> None:
        moved = [name for source in rules.moves.values() for name in self._sources(source)]
        times, wanted = Counter(self._columns), set(moved)
        for name in self._columns:
            if times[name] > 1 and (name in wanted or name not in rules.dropped):
                raise UnreadableError(f'the column "{name}" occurs twice')
        for option, names in (("--map", moved), ("--drop", rules.dropped)):
            for name in names:
                if name not in times:
                    hint = did_you_mean(name, self._columns)
                    raise UnreadableError(f'{option}: there is no column "{name}"{hint}')

    def _cells(self, rules: Rules) -> list[Cell]:
        place = {name: index for index, name in enumerate(self._columns)}
        fields = ALL_FIELDS[rules.kind]
        taken = {**rules.moves, **rules.constants}
        moves = {target: self._sources(source) for target, source in rules.moves.items()}
        moved = {name for names in moves.values() for name in names}
        targets = [(target, [place[name] for name in names]) for target, names in moves.items()]
        unknown: list[str] = []
        for name in self._columns:
            if name in rules.dropped or (name in moved and not rules.fills_its_own(name)):
                continue
            is_known = name in fields or (name.startswith(f"{PAYLOAD}.") and all(path_of(name)))
            if is_known and name not in taken:
                targets.append((name, [place[name]]))
            elif rules.rest and not is_known:
                targets.append((f"{PAYLOAD}.{name}", [place[name]]))
            else:
                unknown.append(name)
        if unknown:
            raise UnreadableError(_unknown_columns(unknown, rules))
        clash = _clash([*(target for target, _ in targets), *rules.constants])
        if clash:
            raise UnreadableError(clash)
        return [
            Cell(tuple(places), path_of(target), converter(field, rules.zone), field)
            for target, places in targets
            for field in [fields.get(target)]
        ]


def _unknown_columns(names: Sequence[str], rules: Rules) -> str:
    taken = {**rules.moves, **rules.constants}
    fields = [name for name in ALL_FIELDS[rules.kind] if name not in taken]
    hints = [
        " is set by --map or --set already" if name in taken else _hint(name, fields, rules)
        for name in names
    ]
    lines = [f'  "{name}"{hint}' for name, hint in zip(names, hints, strict=True)]
    example = names[0]
    return "\n".join(
        [
            f"columns that {rules.kind.value} do not have:",
            *lines,
            f'Use --map FIELD="{example}" to rename it, --map payload.KEY="{example}" to keep it in'
            f' the payload, --payload-rest to keep all there, or --drop "{example}".',
        ]
    )


def _hint(name: str, fields: Sequence[str], rules: Rules) -> str:
    if rules.kind is RecordKind.CALLS and name.casefold() == _STATUS:
        return ": what the call came to is the field outcome, status is that of the lead"
    return did_you_mean(name, fields)


def constant_values(rules: Rules) -> list[tuple[Path, object]]:
    """The constants as JSON values, with their way into a record."""
    fields = ALL_FIELDS[rules.kind]
    return [
        (path_of(target), converter(fields.get(target), rules.zone)(text))
        for target, text in rules.constants.items()
    ]
