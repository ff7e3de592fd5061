"""What a backup asks of an engine: one state of all that is stored, and a place to load it into.

What is stored goes into the parts of a backup unless an engine declares that it is derived: a table
that comes to be later is in them without anybody having to think of it.
"""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callistics.records.field import RecordKind

PART_FORMAT = 1
"""Of the columns and rows of parts; a fingerprint of one is none of another."""

RECORD_TABLES = {
    "calls": RecordKind.CALLS,
    "calls_held": RecordKind.CALLS,
    "lead_records": RecordKind.LEADS,
}
"""The tables of records; their parts have at least the columns of `row_codec`, in any engine."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """The rows of a table, or those of a month (`2025-01`) where it is kept by months.

    The fingerprint is that of its columns and rows, in whatever order; two states of a part have
    the same only where they say the same.
    """

    table: str
    month: str | None
    rows: int
    fingerprint: str

    @property
    def name(self) -> str:
        """As of `part_name`."""
        return part_name(self.table, self.month)


def part_name(table: str, month: str | None) -> str:
    """What the rows of a table, or those of a month of it, are called: `calls-2025-01`."""
    return table if month is None else f"{table}-{month}"


def fingerprint(*says: object) -> str:
    """What identifies the content of a part, of all that tells it apart."""
    return hashlib.sha256(repr((PART_FORMAT, *says)).encode()).hexdigest()


class Dump(Protocol):
    """One state of everything that is stored, for one thread at a time."""

    @property
    def schema(self) -> int:
        """The number of the newest migration."""
        ...

    def parts(self) -> Sequence[StoredPart]:
        """All parts there are."""
        ...

    def write(self, part: StoredPart, path: Path) -> None:
        """Write the rows of a part as a Parquet file. Raises `EngineError`."""
        ...


class Loading(Protocol):
    """A new database that has nothing but what it is given, until its context ends well."""

    def insert(self, table: str, path: Path) -> int:
        """Take in the rows of a Parquet file as of `Dump.write`; how many. Raises `EngineError`."""
        ...


class Restoring(Protocol):
    """A place where no database is yet, and the one that is being made for it beside it."""

    @property
    def unfinished(self) -> str:
        """The DSN of the database as long as it has not its place."""
        ...

    def refuse_taken(self) -> None:
        """Raises `EngineError` where something is in the place already."""
        ...

    def loading(self, schema: int) -> AbstractContextManager[Loading]:
        """A new database of a schema, whose derived data is to be made when it is opened.

        Raises `EngineError` for the schema of a newer version.
        """
        ...

    def finish(self) -> None:
        """Put the database, which is closed, into its place. Raises `EngineError` where taken."""
        ...

    def discard(self) -> None:
        """Delete what has been made, if anything was."""
        ...
