"""What differs between engines, as one small interface."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from callistics.model.buckets import Granularity, Piece
from callistics.model.scope import Scope
from callistics.sql.fragment import BoundValue, Sql

Element = Callable[[Sql, Sql], Sql]
"""From an element's text and order key to a condition on it."""

Parameter = BoundValue | list[str] | datetime
SqlValue = str | int | float | None
SqlRow = Sequence[SqlValue]
"""What statements give: those of the catalog whole numbers, texts and NULL."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text with the engine's placeholders and the values for them, in order."""

    text: str
    values: tuple[Parameter, ...]


Run = Callable[[Statement], Sequence[SqlRow]]
"""What gives the rows of a statement."""


class PayloadDialect(Protocol):
    """How one engine says what payloads have under a key. Every result is a fragment.

    An engine that knows which keys payloads have may leave out what only records outside the scope
    could have.
    """

    def text(self, table: str, key: str) -> Sql:
        """Canonical text of a scalar, NULL where there is none."""
        ...

    def order(self, table: str, key: str) -> Sql:
        """Order key of a scalar, NULL where it has none."""
        ...

    def is_list(self, table: str, key: str) -> Sql:
        """Whether there is a list or an object."""
        ...

    def any_element(self, table: str, key: str, test: Element) -> Sql:
        """Whether one element of a list passes the test."""
        ...

    def element_texts(self, table: str, key: str) -> Sql | None:
        """The texts in a list, each once, as a list column; None where no list is."""
        ...


class Dialect(Protocol):
    """How one engine says what the catalog needs. Every argument and result is a fragment."""

    @property
    def lead_key(self) -> Sequence[str]:
        """The columns, of calls as of leads, that tell one lead from all others."""
        ...

    def render(self, sql: Sql) -> Statement:
        """The statement to run."""
        ...

    def clock_bucket(self, column: Sql, granularity: Granularity, pieces: Sequence[Piece]) -> Sql:
        """The first instant (µs) of the minute or hour that a time column falls into."""
        ...

    def calendar_bucket(
        self, column: Sql, granularity: Granularity, pieces: Sequence[Piece]
    ) -> Sql:
        """The day number of the first day of the period that a time column falls into."""
        ...

    def hour(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """The wall-clock hour, 0-23."""
        ...

    def weekday(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """The wall-clock weekday, 1 = Monday."""
        ...

    def weight(self, alias: str) -> Sql | None:
        """What a row of a table of records counts for; None where each counts once.

        With weights a replaced row stays, cancelled by a second one of weight -1.
        """
        ...

    @property
    def last_arrival(self) -> Sql:
        """The statement for when records last came (µs); 0 or NULL where none ever did."""
        ...

    def micros(self, column: Sql) -> Sql:
        """A time column as µs since 1970."""
        ...

    def from_micros(self, value: Sql) -> Sql:
        """µs since 1970 as a time column has them."""
        ...

    def payloads(self, scope: Scope) -> PayloadDialect:
        """How it is said what the payloads of a scope's records have under a key."""
        ...

    def whole_seconds(self, column: str) -> Sql:
        """Milliseconds as whole seconds, halves up."""
        ...

    def double_millionths(self, column: str) -> Sql:
        """A double from 0 to 1 in whole millionths: its exact binary value, halves up."""
        ...

    def order_millionths(self, column: str) -> Sql:
        """The number of an order key in whole millionths, halves away from zero.

        NULL where it is no number, or one that comes to 10^12 or more, whatever its sign.
        """
        ...

    def wide(self, value: Sql) -> Sql:
        """A whole number with 128 bits, so that what it is multiplied with and added to fits."""
        ...

    def contains(self, value: Sql, operand: Sql, *, at_start: bool) -> Sql:
        """Whether a text contains, or starts with, another: exact case, no wildcards."""
        ...

    def begins_like(self, value: Sql, pattern: str) -> Sql:
        """Whether a text matches a pattern as of `model.any_case`, from its beginning."""
        ...

    def has_any(self, column: Sql, values: Sequence[str]) -> Sql:
        """Whether a list column has one of the values."""
        ...

    def is_in(self, value: Sql, values: Sequence[str]) -> Sql:
        """Whether a text is one of the values; unknown for NULL."""
        ...

    def among(self, columns: Sequence[Sql], rows: Sequence[SqlRow]) -> Sql:
        """Whether columns, none of them NULL, are together one of some rows."""
        ...

    def has_id(self, alias: str, id_column: str, identity: str) -> Sql:
        """Whether a row of a table of records has an id."""
        ...

    def is_word_in(self, value: Sql, words: Sequence[str]) -> Sql:
        """Whether a text is one of the words; unknown for NULL.

        None of them has a vertical bar in it, nor has any text that the value may be.
        """
        ...

    def each(self, column: Sql) -> Sql:
        """One row per element of a list column, as a select item."""
        ...
