"""A run of a sync: rows read, mapped, sent, and the position kept once they are stored."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from psycopg import Connection

from callistics.cli.importing.dry_run import plan
from callistics.cli.importing.progress import BadLineReport, progress_bar
from callistics.cli.importing.sender import Sender, Sent
from callistics.cli.importing.watching import Watch
from callistics.cli.root import Failure
from callistics.cli.syncing.connecting import LostError, lost
from callistics.cli.syncing.reading import DELETED, Row, Since, column_names, rows
from callistics.cli.syncing.state import Position, StateFile
from callistics.cli.syncing.table import TIMES, Relation
from callistics.files.encode import as_texts, record_line
from callistics.files.lines import Line, UnreadableError, batched
from callistics.files.mapped import table_mapper
from callistics.files.preview import LOOKED_AT, preview_table
from callistics.files.tables import Cells, Table
from callistics.mapping.mapping import RecordMapping, Rest
from callistics.mapping.rule import FieldRule
from callistics.mapping.table import TableMapper

_BATCH = 20_000
_BATCH_BYTES = 1 << 25
_UPDATED_AT, _TEST = "updated_at", "test"


@dataclass(frozen=True, slots=True)
class Sync:
    """What a run reads, and how records are made of it."""

    connection: Connection[Any]
    relation: Relation
    mapping: RecordMapping
    since: Since
    batch_size: int = _BATCH


def sync_mapping(mapping: RecordMapping, relation: Relation) -> RecordMapping:
    """The mapping with what a sync adds: the record's time, the tombstone; its keys are known.

    Raises `Failure` where the tombstone has no place.
    """
    added: dict[str, FieldRule] = {}
    cursor, own = relation.cursor, mapping.same_names and _UPDATED_AT in relation.names
    if cursor.type in TIMES and not own and _UPDATED_AT not in mapping.fields:
        added[_UPDATED_AT] = FieldRule(sources=(cursor.name,))
    if relation.deleted is not None:
        if _TEST in mapping.fields or (mapping.same_names and _TEST in relation.names):
            raise Failure("--deleted says whether calls are tests, so nothing else can fill test")
        added[_TEST] = FieldRule(sources=(DELETED,))
    keys = [cursor.name, *(one.name for one in relation.tie)]
    keys += [relation.deleted.name] if relation.deleted is not None else []
    mapped = mapping.overlaid(added)
    unused = {name for name in keys if not _is_field(name, mapped)}
    return replace(mapped, dropped=mapped.dropped | unused)


def _is_field(name: str, mapping: RecordMapping) -> bool:
    mapper = TableMapper(replace(mapping, rest=Rest.DROP), [name])
    return bool(mapper.targets_of(0))


def show_plan(sync: Sync) -> Iterator[str]:
    """The lines that say what a run would do with the first rows that are new."""
    names, places = column_names(sync.relation), [*range(len(column_names(sync.relation)))]
    dated = TableMapper(sync.mapping, names).dated
    found = rows(sync.connection, sync.relation, places, sync.since, dated)
    table = Table(names, enumerate(map(_cells, islice(found, LOOKED_AT)), start=1))
    with closing(found):
        yield from plan(sync.relation.name, preview_table(table, None, sync.mapping), sync.mapping)


def _cells(row: Row) -> Cells | str:
    return row.wrong or list(row.cells.values())


def run(sync: Sync, sender: Sender, report: BadLineReport, watch: Watch, state: StateFile) -> None:
    """Bring over what is new. Raises `Failure` where it has to stop; what is stored stays so."""
    name = sync.relation.name
    try:
        mapper = _mapper(sync)
        keys = _Keys(sync.relation)
        source, relation = sync.connection, sync.relation
        found = rows(source, relation, mapper.indexes, sync.since, mapper.dated)
        lines = keys.lines(found, mapper)
        if not sender.takes_records:
            lines = as_texts(lines)
        sender.prepare(sync.batch_size, 0)
        with progress_bar() as bar:
            task = bar.add_task(name, total=None)
            batches = watch.over(batched(lines, sync.batch_size, _BATCH_BYTES))
            with closing(sender.send_all(batches)) as answers:
                _take(answers, keys, report, state, sync, lambda: bar.advance(task))
    except UnreadableError as error:
        text = lost(error) if isinstance(error, LostError) else str(error)
        raise Failure(f"{name}: {text}") from None


def _mapper(sync: Sync) -> TableMapper:
    mapper = table_mapper(sync.mapping, column_names(sync.relation))
    for place in mapper.indexes:
        column = sync.relation.columns[place] if place < len(sync.relation.columns) else None
        if column is not None and not column.is_read:
            raise Failure(
                f'{sync.relation.name}: the column "{column.name}" is of the type {column.type},'
                f' which is not read: cast it in a --query, or --drop "{column.name}"'
            )
    return mapper


def _take(
    answers: Iterator[Sent],
    keys: "_Keys",
    report: BadLineReport,
    state: StateFile,
    sync: Sync,
    advance: Callable[[], None],
) -> None:
    """Report what was answered, and keep the position of all that is before the first refusal."""
    kept = _Kept(state, sync)
    refused: str | None = None
    for sent in answers:
        first, last = keys.take(sent.batch.first), keys.take(sent.batch.last)
        report.add(sync.relation.name, sent.bad, keys.place)
        advance()
        if sent.refused and refused is None:
            refused = _refused(sync.relation.name, keys.text(first), keys.text(last))
        if refused is None:
            kept.advance(last)
        keys.forget(sent.batch.last)
    if refused is not None:
        raise Failure(refused)


def _refused(name: str, first: str, last: str) -> str:
    return (
        f"stopped: nothing of the rows {first} to {last} of {name} was stored; all before them is,"
        " and some after them may be. Correct the rows and run the sync again, or leave them out"
        " with --on-error skip; --dry-run says which option would help."
    )


class _Kept:
    """The position in the state file, which only moves on."""

    def __init__(self, state: StateFile, sync: Sync) -> None:
        self._state, self._last = state, sync.since.position
        self._order = _count_order if sync.relation.counts else _time_order

    def advance(self, position: Position) -> None:
        """Keep a position, unless it is one that was passed before and is read again."""
        last = self._last
        if last is None or self._order(position.cursor) >= self._order(last.cursor):
            self._state.write(position)
            self._last = position


def _count_order(text: str) -> tuple[int, str]:
    return int(text), ""


def _time_order(text: str) -> tuple[int, str]:
    """What puts times in order that PostgreSQL has written, all with one offset or none."""
    year, _, rest = text.partition("-")
    return int(year), rest.replace("+00", "")


class _Keys:
    """The keys of rows on their way, by their numbers."""

    def __init__(self, relation: Relation) -> None:
        self._names: Sequence[str] = [column.name for column in relation.tie]
        self._waiting = deque[tuple[int, Position]]()

    def lines(self, found: Iterator[Row], mapper: TableMapper) -> Iterator[Line]:
        """The records of rows, whose keys are remembered."""
        for number, row in enumerate(found, start=1):
            self._waiting.append((number, row.position))
            if row.wrong is not None:
                yield Line(number, b"", row.wrong)
                continue
            try:
                line = record_line(number, mapper.record(row.cells))
            except ValueError as error:
                line = Line(number, b"", str(error))
            yield line

    def take(self, number: int) -> Position:
        """The key of a row on its way."""
        return self._waiting[number - self._waiting[0][0]][1]

    def text(self, position: Position) -> str:
        """`id=42`."""
        return ", ".join(
            f"{name}={one}" for name, one in zip(self._names, position.tie, strict=True)
        )

    def place(self, number: int) -> str:
        """`id=42`, of the row of a number."""
        return self.text(self.take(number))

    def forget(self, number: int) -> None:
        """Let go of all rows up to a number."""
        while self._waiting and self._waiting[0][0] <= number:
            self._waiting.popleft()
