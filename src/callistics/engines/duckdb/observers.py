"""What is told of a commit once it is durable."""

from dataclasses import dataclass
from typing import Protocol

from callistics.engines.duckdb.delta import TableDelta
from callistics.engines.duckdb.rollups.change_log import LoggedChanges


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit has written: rows, None for none, and rows of the change logs.

    `erased` is whether it has erased something that is in the file yet.
    """

    delta: TableDelta | None
    logged: LoggedChanges
    erased: bool = False


class Observer(Protocol):
    """Keeps something in memory in step with what is stored."""

    def committed(self, commit: Commit) -> None:
        """Take account of a commit."""
        ...


class DataVersion:
    """A number that every commit changes that writes records."""

    def __init__(self) -> None:
        self.value = 0
        self._begun = 0

    @property
    def settled(self) -> int | None:
        """The number of the state that is seen; None while a commit may show and is not counted."""
        value = self.value
        return value if value == self._begun else None

    @property
    def unused(self) -> int:
        """A number that no state has had, nor the one that may show."""
        return self._begun + 1

    def begin_with(self, number: int) -> None:
        """Count from a number on."""
        self.value = self._begun = number

    def begin(self, commit: Commit) -> None:
        """From now on a commit may show."""
        if commit.delta is not None:
            self._begun = self.value + 1

    def committed(self, commit: Commit) -> None:
        """Count it where it has written records: nothing else shows in an answer."""
        if commit.delta is not None:
            self.advance()

    def advance(self) -> None:
        """Count a commit."""
        self.value = self._begun = self.value + 1
