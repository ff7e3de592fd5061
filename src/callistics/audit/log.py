"""Adding to the audit log, and reading it page by page, in SQL that every engine takes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from callistics.engines.base import Readable
from callistics.ingest.job import Job, Result
from callistics.model.audit import Action, Detail, Note, Who, note
from callistics.model.audit_chain import Entry, Head
from callistics.model.instants import now
from callistics.model.json import as_object, decode_canonical
from callistics.sql.dialect import SqlRow
from callistics.sql.fragment import Sql, all_of, compose, integer, raw, text

LEAST, MOST = Head(0, ""), Head(2**63 - 1, "~")
"""What every entry comes after, and before."""
SHOWN, MOST_SHOWN = 100, 1_000
"""So many entries are shown unless asked otherwise, and at most."""
NEWEST_FIRST, OLDEST_FIRST = "-sequence", "sequence"
"""The orders of entries, as requests name them."""
_COLUMNS = "sequence, noted_at, action, key_id, who, details, previous, hash"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries are sought: the next `limit` behind `after`, the newest first unless `oldest`.

    Instants are µs, half open. `keys` are the ids of the keys whose entries may be seen, None where
    all may be.
    """

    limit: int
    after: Head
    oldest: bool = False
    action: str | None = None
    begin: int | None = None
    end: int | None = None
    keys: frozenset[str] | None = None


class AuditLog:
    """The audit log of a running server. Safe to use from many threads."""

    def __init__(self, engine: Readable, submit: "Callable[[Job], Future[Result]]") -> None:
        self._engine, self._submit = engine, submit

    def append(self, action: Action, who: Who, /, **details: Detail) -> "Future[Result]":
        """Note what is no commit of the writer by itself; done once it is durable.

        What is one has its note in its own `Job`. Raises `Unavailable`.
        """
        return self.add(note(action, who, now(), **details))

    def add(self, *notes: Note) -> "Future[Result]":
        """As `append`, of notes that were made already."""
        return self._submit(Job(notes=notes, unlimited=True))

    def find(self, sought: Sought) -> Sequence[Entry]:
        """The entries."""
        order = "ASC" if sought.oldest else "DESC"
        sql = compose(
            f"SELECT {_COLUMNS} FROM audit_log WHERE {{}}"
            f" ORDER BY sequence {order}, hash {order} LIMIT {sought.limit}",
            all_of([*_conditions(sought), *self._visible(sought.keys)]),
        )
        return [_entry(row) for row in self._run(sql)]

    def successors(self) -> Mapping[str, str]:
        """The ids of the keys that were made in the place of others, by the ids of these."""
        sql = compose(
            "SELECT details FROM audit_log WHERE action = {} ORDER BY sequence",
            text(Action.KEY_ROTATED),
        )
        found = [as_object(decode_canonical(str(details))) or {} for (details,) in self._run(sql)]
        return {str(one["key"]): str(one["successor"]) for one in found}

    def place(self, hash_: str, keys: frozenset[str] | None) -> Head | None:
        """Where the entry of a hash stands, if it may be seen."""
        conditions = [compose("hash = {}", text(hash_)), *self._visible(keys)]
        sql = compose("SELECT min(sequence) FROM audit_log WHERE {}", all_of(conditions))
        ((sequence,),) = self._run(sql)
        return Head(int(sequence), hash_) if sequence else None

    def _visible(self, keys: frozenset[str] | None) -> Iterable[Sql]:
        if keys is not None:
            yield self._engine.dialect.is_in(raw("key_id"), sorted(keys)) if keys else raw("FALSE")

    def _run(self, sql: Sql) -> Sequence[SqlRow]:
        return self._engine.run(self._engine.dialect.render(sql))


def _conditions(sought: Sought) -> Iterable[Sql]:
    compared, after = ">" if sought.oldest else "<", sought.after
    yield compose(
        f"(sequence {compared} {{}} OR (sequence = {{}} AND hash {compared} {{}}))",
        integer(after.sequence),
        integer(after.sequence),
        text(after.hash),
    )
    if sought.action is not None:
        yield compose("action = {}", text(sought.action))
    if sought.begin is not None:
        yield compose("noted_at >= {}", integer(sought.begin))
    if sought.end is not None:
        yield compose("noted_at < {}", integer(sought.end))


def _entry(row: SqlRow) -> Entry:
    sequence, at, action, key_id, who, details, previous, hash_ = row
    named = Who(str(who), str(key_id) or None)
    texts_ = (str(details), str(previous), str(hash_))
    return Entry(int(sequence or 0), int(at or 0), str(action), named, *texts_)
