"""What commits write while the rows of a table are copied, so that the copies are overtaken."""

from collections.abc import Set as AbstractSet

from callistics.engines.duckdb.observers import Commit
from callistics.records.identity import Identity


class OvertakenError(Exception):
    """The copies are not of the rows that are there."""


class WrittenMeanwhile:
    """The records of the table under way that commits have written or removed since it began."""

    def __init__(self) -> None:
        self._table: str | None = None
        self._written: set[Identity] = set()

    @property
    def records(self) -> AbstractSet[Identity]:
        """Those of the table that was begun last."""
        return self._written

    def begin(self, table: str) -> None:
        """Note from now on what is written of a table."""
        self._table, self._written = table, set()

    def end(self) -> None:
        """Note no more."""
        self._table = None

    def committed(self, commit: Commit) -> None:
        """Note what a commit has written or removed."""
        if self._table is not None and commit.delta is not None:
            self._written.update(commit.delta.identities(self._table))
