"""What a request to store records carries, and what it is answered."""

from dataclasses import dataclass

from callistics.errors import Problem
from callistics.records.merge import State

Identity = tuple[str, str]
"""(merchant_id, call_id or lead_id)"""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not stored: its place in the request, from 0, and why."""

    index: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that was stored and counts nowhere yet: its place, its id, and what it lacks."""

    index: int
    identity: Identity
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the records: each is counted in exactly one of the four.

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
class StoredRecord:
    """A stored record: its state, and the reseller and template that it is seen under."""

    state: State
    reseller_id: str | None
    template_id: str | None
