"""A query together with the scope of who sends it: what a statement is built from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from callistics.model.buckets import Piece, calendar_pieces, clock_pieces
from callistics.model.query import Ends, Query, cut
from callistics.model.scope import Scope
from callistics.records.unreached import DEFAULT_UNREACHED
from callistics.sql.dialect import Dialect, PayloadDialect
from callistics.sql.fragment import Sql, raw


class Unit(StrEnum):
    """What a query type counts."""

    CALLS = "calls"
    LEADS = "leads"

    @property
    def alias(self) -> str:
        """The name its table goes by in every statement."""
        return "c" if self is Unit.CALLS else "l"

    @property
    def time_column(self) -> str:
        """The column that date filters test."""
        return "started_at" if self is Unit.CALLS else "created_at"

    @property
    def time(self) -> Sql:
        """That column in a statement."""
        return raw(f"{self.alias}.{self.time_column}")


@dataclass(frozen=True, slots=True)
class Policy:
    """What an installation has decided about success and the stages of its funnel."""

    success_outcomes: tuple[str, ...] | None = None
    unreached_outcomes: tuple[str, ...] = DEFAULT_UNREACHED
    lead_stages: tuple[str, ...] | None = None
    template_lead_stages: dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """A query within a scope. Every statement is built from one, so that each has a scope.

    `begin` and `end` are the half-open range of instants that the query is about; where an end
    was left open it is None until `closed` has filled it in. `wide` says that an end filled in may
    lie beyond the records that match, `overlap` that a call is in the range when any of the time
    that it takes is; then `first_start` is when the first of them started, once that is known.
    Of a time series the first so many `buckets` are shown, all where it is None.
    `near` are the first and the last instant that records which match can have, once known.
    """

    query: Query
    scope: Scope
    policy: Policy
    unit: Unit
    begin: int | None
    end: int | None
    empty: bool = False
    wide: bool = False
    overlap: bool = False
    first_start: int | None = None
    buckets: int | None = None
    near: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for a query without the filters that are locked in the scope."""
        if self.query.locked != self.scope.locked:
            raise ValueError("the query lacks the locked filters of its scope")

    @property
    def seen(self) -> Ends:
        """The part of the range, half open, in which records may be read."""
        return cut((self.begin, self.end), self.query.limits)

    @property
    def is_open(self) -> bool:
        """Whether an end of the range is still to be found among the matching records."""
        return not self.empty and (self.begin is None or self.end is None)

    def closed(self, first: int | None, last: int | None) -> "Selection":
        """The selection with open ends closed by the first and last matching instant.

        A range that was given is as long where nothing matches: a comparison has rows of it.
        """
        if first is None or last is None:
            return replace(self, empty=self.is_open)
        begin = first if self.begin is None else self.begin
        end = last + 1 if self.end is None else self.end
        return replace(self, begin=begin, end=end)

    @property
    def stages(self) -> tuple[str, ...] | None:
        """The stages of the funnel: the template's where the filter names it alone."""
        named = self.query.filters.of("template_id")
        if named is not None and len(named.texts) == 1 and not named.null:
            own = self.policy.template_lead_stages.get(named.texts[0])
            if own is not None:
                return own
        return self.policy.lead_stages


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a plan's unit come from, under its alias, and what one of them counts for.

    `weight` is the number of records that a row stands for, None where each is one. `step` is the
    time (µs) that the rows of a roll-up sum up, None where a row is one record.
    """

    rows: Sql
    weight: Sql | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A selection seen through an engine's dialect: all that an expression may ask for.

    `rolled` are counts that the selection is answered from, of a roll-up or just made, None where
    it is the records.
    `selected` are the selection's own rows, all of them and no other, where they were kept apart.
    """

    selection: Selection
    dialect: Dialect
    rolled: Source | None = None
    selected: Source | None = None

    @property
    def source(self) -> Source:
        """The rows to count: the counts, else those kept apart, else the unit's table."""
        if self.rolled is not None:
            return self.rolled
        if self.selected is not None:
            return self.selected
        alias = self.selection.unit.alias
        return Source(raw(f"{self.selection.unit} AS {alias}"), self.dialect.weight(alias))

    @property
    def payloads(self) -> PayloadDialect:
        """How it is said what payloads have under a key."""
        return self.dialect.payloads(self.selection.scope)

    @property
    def clock(self) -> Sequence[Piece]:
        """Offsets for wall-clock hours and weekdays over the plan's range."""
        return clock_pieces(self.selection.query.zone, *self._range())

    @property
    def record_clock(self) -> Sequence[Piece]:
        """The same from the first to the last record that is selected."""
        begin, end = self._range()
        near, first = self.selection.near, self.selection.first_start
        if first is None and near is not None and self.selection.overlap:
            first = near[0]
        return clock_pieces(self.selection.query.zone, begin if first is None else first, end)

    @property
    def calendar(self) -> Sequence[Piece]:
        """Offsets for local dates over the plan's range."""
        return calendar_pieces(self.selection.query.zone, *self._range())

    def _range(self) -> tuple[int, int]:
        begin, end = self.selection.begin, self.selection.end
        first, last = self.selection.near or (begin or 0, end if end is not None else begin or 0)
        return first if begin is None else begin, last if end is None else end
