"""What became of the records of a request."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from callistics.errors import Problem
from callistics.records.identity import Identity

MOST_NAMED = 1_000
"""How many rejected records an answer names."""
MOST_PROBLEMS = 50
"""How many problems of one record an answer tells."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not stored: its index in the request, from 0, and why."""

    index: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Rejects:
    """Rejected records as they are found; those beyond the first `most` are counted only.

    Then of each one no more than `MOST_PROBLEMS` are told. None names all, with all.
    """

    most: int | None = None
    named: list[Rejected] = field(default_factory=list[Rejected])
    unnamed: int = 0

    def add(self, index: int, problems: Sequence[Problem]) -> None:
        """Note a record and what is wrong with it."""
        if self.most is not None and len(self.named) >= self.most:
            self.unnamed += 1
        else:
            told = problems if self.most is None else problems[:MOST_PROBLEMS]
            self.named.append(Rejected(index, tuple(told)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that was stored and counts nowhere yet: its index, its id, and what it lacks."""

    index: int
    identity: Identity
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many records were received, and how many of them were what: each counts in one number.

    `waiting` are the first of those that are pending. Beside those `rejected` there may be more,
    which are `unnamed` but counted.
    """

    received: int
    stored: int
    unchanged: int
    pending: int
    rejected: tuple[Rejected, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    unnamed: int = 0

    @property
    def bad(self) -> int:
        """How many records were rejected."""
        return len(self.rejected) + self.unnamed

    def was_refused(self, *, skip: bool) -> bool:
        """Whether records came and none was taken: one bad one refuses all but where they skip."""
        taken = self.stored + self.unchanged + self.pending if skip else 0
        return bool(self.rejected) and not taken


@dataclass(frozen=True, slots=True)
class Repeated:
    """What became of a request that now came again, and changed nothing."""

    before: Receipt
