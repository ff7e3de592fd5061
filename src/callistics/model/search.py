"""A valid search of calls: the body of `POST /calls/search`, checked and resolved."""

from dataclasses import dataclass

from callistics.model.query import Query


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a call stands among others: by its start (µs), then by its ids."""

    started_at: int
    merchant_id: str
    call_id: str


@dataclass(frozen=True, slots=True)
class Search:
    """Which calls are looked at, in which order, and how many.

    `query` has the filters and the zone; `after` is the call that stands before the first, None
    from the beginning.
    """

    query: Query
    newest_first: bool
    limit: int
    after: Position | None = None
