"""Rows of tables as calls, a column at a time: nearly all that is done for a row is done in C.

What comes of it is what `TableMapper.record` makes of each row and `sent_as_records` of that. Where
it is not plain for every row of a batch, these are asked instead.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple, cast

import msgspec

from callistics.files.blocks import Block, blocks
from callistics.files.lines import FIELD_SIZE, Batch, Columns, Line, batched, size_of
from callistics.files.tables import Table, row_lines
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.paths import PAYLOAD, Record, put
from callistics.mapping.table import TableMapper
from callistics.mapping.values import Convert, keeps_texts
from callistics.records.columnar.sent_records import LaidOut, calls_of, canonical, values_of
from callistics.records.field import RecordField, RecordKind
from callistics.records.fields import ALL_FIELDS, PARTS, REQUIRED

_CALLS = ALL_FIELDS[RecordKind.CALLS]
_NEEDED = frozenset((RecordKind.CALLS.id_field, *REQUIRED[RecordKind.CALLS]))
# Of values of one of these types those that are equal come to the same, as 1.5 and 1.50 do.
_ALIKE = (str, int, float, bool, Decimal)
_NOTHING = type(None)
# Cells that are held at a time: of small ones each takes some 60 bytes.
_MOST_CELLS = 2_000_000
_PLAIN_FAULTS = (ValueError, ArithmeticError, RecursionError, msgspec.MsgspecError)


def column_batches(
    table: Table, mapper: TableMapper, mapping: RecordMapping, most: int, most_bytes: int
) -> Iterator[Batch]:
    """The records of a table as `batched` has them, with columns where that is possible."""
    maker = _maker(mapper, mapping) if table.columns else None
    if maker is None or table.taken is None:
        yield from batched(row_lines(table.rows, mapper), most, most_bytes)
        return
    most = min(most, max(_MOST_CELLS // len(table.columns), 1))
    for block in blocks(table.rows, table.taken, most, most_bytes):
        batch = maker.batch(block, most_bytes)
        if batch is None:
            yield from batched(row_lines(block.rows(), mapper), most, most_bytes)
        else:
            yield batch


def _maker(mapper: TableMapper, mapping: RecordMapping) -> "_Maker | None":
    try:
        return _Maker(mapper, mapping) if _is_plain(mapper, mapping) else None
    except _PLAIN_FAULTS:
        # A value that is the same for all records.
        return None


def _is_plain(mapper: TableMapper, mapping: RecordMapping) -> bool:
    """Whether each place of a call is filled by one column or one value, and all it needs is."""
    if mapping.kind is not RecordKind.CALLS or not all(cell.is_of_one for cell in mapper.cells):
        return False
    paths = [*(cell.path for cell in mapper.cells), *(path for path, _ in mapper.constants)]
    inside = any(len(path) > 1 for path in paths)
    needed = _NEEDED | {"updated_at"} if mapping.as_of_end else _NEEDED
    return (
        all(value is not None for _, value in mapper.constants)
        and {path[0] for path in paths} >= needed
        and not (inside and (PAYLOAD,) in paths)
    )


class _Payload(NamedTuple):
    """A payload: its `repr`, its canonical text, and about how many bytes it has."""

    said: str
    text: str
    size: int


class _Maker:
    """Makes batches of rows."""

    def __init__(self, mapper: TableMapper, mapping: RecordMapping) -> None:
        self._record = mapper.record
        self._mapping = mapping
        cells = [(cell, cell.choices[0][0]) for cell in mapper.cells]
        self._fields = [
            (_CALLS[cell.target], place, cell.convert)
            for cell, place in cells
            if cell.path[0] != PAYLOAD
        ]
        self._given = {
            path[0]: values_of(path[0], [value])[0]
            for path, value in mapper.constants
            if path[0] != PAYLOAD
        }
        self._whole = next(
            ((place, cell.convert) for cell, place in cells if cell.path == (PAYLOAD,)), None
        )
        self._parts = [
            (place, cell.path, cell.convert) for cell, place in cells if len(cell.path) > 1
        ]
        self._given_parts = [one for one in mapper.constants if one[0][0] == PAYLOAD]

    def batch(self, block: Block, most_bytes: int) -> Batch | None:
        """The batch of so many bytes at the most; None where rows have to be mapped one by one."""
        if not block.numbers:
            return None
        try:
            found = self._columns(block.columns, len(block.numbers), most_bytes)
        except _PLAIN_FAULTS:
            return None
        if found is None:
            return None
        columns, size = found
        batch = Batch(block.numbers, size=size, columns=columns)
        for number, what in block.wrong:
            batch.add(Line(number, b"", what))
        return batch

    def _columns(
        self, columns: Sequence[Sequence[Any]], number: int, most_bytes: int
    ) -> tuple[Columns, int] | None:
        values = {one.name: _values(one, columns[at], make) for one, at, make in self._fields}
        values |= {name: [value] * number for name, value in self._given.items()}
        payloads = self._payloads(columns, number)
        _leave_out_parts(values)
        absent = {name: column.count(None) for name, column in values.items()}
        size = _size(absent, payloads)
        if size > most_bytes or (self._mapping.as_of_end and absent["updated_at"]):
            # `RecordMapping.finish` tells when a call without a time of its own was.
            return None
        calls = calls_of(values, [None if one is None else one.text for one in payloads])
        values[PAYLOAD] = [None if one is None else one.said for one in payloads]
        records = LaidOut(calls, lambda at: self._record([column[at] for column in columns]))
        return Columns(records, values, absent), size

    def _payloads(self, columns: Sequence[Sequence[Any]], number: int) -> Sequence[_Payload | None]:
        if self._whole is not None:
            place, convert = self._whole
            return _whole_payloads(columns[place], convert)
        if not self._parts:
            made = _payload(self._built(()))
            return [made] * number
        cells = list(zip(*(columns[place] for place, _, _ in self._parts), strict=True))
        plain = all(_kinds(columns[place]) <= {str} for place, _, _ in self._parts)
        keys: Sequence[object] = cells if plain else [*map(repr, cells)]
        made = dict(zip(keys, cells, strict=True))
        known = {key: _payload(self._built(one)) for key, one in made.items()}
        return [known[key] for key in keys]

    def _built(self, cells: Sequence[object]) -> Record | None:
        record: Record = {}
        for (_, path, convert), cell in zip(self._parts, cells, strict=True):
            value = None if cell is None else convert(cell)
            if value is not None:
                put(record, path, value)
        for path, value in self._given_parts:
            put(record, path, value)
        return cast("Record | None", record.get(PAYLOAD))


def _values(one: RecordField, column: Sequence[Any], convert: Convert) -> list[Any]:
    """The values of a field. Raises one of `_PLAIN_FAULTS` where one of them is not plain."""
    kinds = _kinds(column)
    if len(kinds) > 1 or not kinds.issubset(_ALIKE):
        raise ValueError(f"{one.name}: values of several types")
    if kinds <= {str} and keeps_texts(convert, column):
        return values_of(one.name, column)
    distinct = {*column}
    if 2 * len(distinct) > len(column):
        return values_of(one.name, _converted(column, convert))
    listed = [*distinct]
    made = dict(zip(listed, values_of(one.name, _converted(listed, convert)), strict=True))
    return [made[value] for value in column]


def _leave_out_parts(values: dict[str, list[Any]]) -> None:
    """Leave out parts without what they belong to, as `RecordMapping.finish` does."""
    for name in PARTS.keys() & values.keys():
        wholes = values.get(PARTS[name], ())
        pairs = zip_longest(values[name], wholes)
        values[name] = [None if whole is None else part for part, whole in pairs]


def _kinds(column: Iterable[object]) -> set[type]:
    return {*map(type, column)} - {_NOTHING}


def _converted(values: Iterable[object], convert: Convert) -> Iterator[object]:
    return (None if value is None else convert(value) for value in values)


def _whole_payloads(column: Sequence[Any], convert: Convert) -> Sequence[_Payload | None]:
    """Payloads of texts of JSON, which come again, or of objects, some of which are the same."""
    keys: Sequence[object] = column if _kinds(column) <= {str} else [*map(id, column)]
    made = dict(zip(keys, column, strict=True))
    known = {key: None if one is None else _payload(convert(one)) for key, one in made.items()}
    return [known[key] for key in keys]


def _payload(members: object) -> _Payload | None:
    if members is None:
        return None
    if not isinstance(members, dict):
        raise ValueError("no object")
    found = cast("Record", members)
    return _Payload(repr(found), canonical(found), size_of(found))


def _size(absent: Mapping[str, int], payloads: Sequence[_Payload | None]) -> int:
    """Bytes of the records, about, as `Batch.add` counts them."""
    number, nothing = len(payloads), size_of(None) - FIELD_SIZE
    fields = sum(number - count for count in absent.values())
    inside = sum(nothing if one is None else one.size for one in payloads)
    return FIELD_SIZE * (fields + number) + inside + number
