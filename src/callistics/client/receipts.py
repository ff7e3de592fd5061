"""What became of records that were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callistics.client.errors import StatusError
from callistics.model.field_error import FieldError, by_record

MOST_KEPT = 1_000
"""How many rejected or pending records a receipt names; it counts all of them."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was left out: its place among all that were sent, from 0, and what is wrong.

    The pointers of `errors` begin in the record: `/started_at`.
    """

    index: int
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A record that waits for the fields that it lacks."""

    index: int
    id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many records were received, and became what; each is one of the last four.

    `first_rejected` names the first of those, and `first_pending` the first of each request, up to
    `MOST_KEPT`.
    """

    received: int = 0
    stored: int = 0
    unchanged: int = 0
    pending: int = 0
    rejected: int = 0
    first_rejected: tuple[Rejected, ...] = ()
    first_pending: tuple[Missing, ...] = ()

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(
            self.received + other.received,
            self.stored + other.stored,
            self.unchanged + other.unchanged,
            self.pending + other.pending,
            self.rejected + other.rejected,
            (self.first_rejected + other.first_rejected)[:MOST_KEPT],
            (self.first_pending + other.first_pending)[:MOST_KEPT],
        )


def receipt_of(body: Mapping[str, Any]) -> tuple[Receipt, Sequence[Rejected]]:
    """The receipt that an answer is, and the records that it names as rejected."""
    rejected = [
        Rejected(int(one["index"]), tuple(FieldError.of(each).below(1) for each in one["errors"]))
        for one in body["rejected"]
    ]
    missing = tuple(
        Missing(int(one["index"]), str(one["id"]), tuple(one["fields"]))
        for one in body.get("missing", ())
    )
    receipt = Receipt(
        body["received"],
        body["stored"],
        body["unchanged"],
        body["pending"],
        body.get("rejected_count", len(rejected)),
        tuple(rejected[:MOST_KEPT]),
        missing[:MOST_KEPT],
    )
    return receipt, rejected


def rejected_by(error: StatusError) -> list[Rejected]:
    """The records that an error is about; none where it is about something else."""
    return [Rejected(place, tuple(found)) for place, found in by_record(error.errors).items()]
