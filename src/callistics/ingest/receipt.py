"""What became of the records of a request."""

from dataclasses import dataclass

from callistics.errors import Problem
from callistics.records.identity import Identity


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not stored: its index in the request, from 0, and why."""

    index: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that was stored and counts nowhere yet: its index, its id, and what it lacks."""

    index: int
    identity: Identity
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many records were received, and how many of them were what: each counts in one number.

    `waiting` are the first of those that are pending.
    """

    received: int
    stored: int
    unchanged: int
    pending: int
    rejected: tuple[Rejected, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    def was_refused(self, *, skip: bool) -> bool:
        """Whether records came and none was taken: one bad one refuses all but where they skip."""
        taken = self.stored + self.unchanged + self.pending if skip else 0
        return bool(self.rejected) and not taken


@dataclass(frozen=True, slots=True)
class Repeated:
    """What became of a request that now came again, and changed nothing."""

    before: Receipt
