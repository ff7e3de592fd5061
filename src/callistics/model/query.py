"""A valid query: the body of `POST /analytics`, checked and resolved to instants."""

from dataclasses import dataclass, field, replace

from callistics.model.buckets import Granularity
from callistics.model.comparison import Sides
from callistics.model.scope import Locked
from callistics.model.time_range import TimeRange
from callistics.model.zones import Zone


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of the texts, or with `null` absent."""

    texts: tuple[str, ...]
    null: bool = False


@dataclass(frozen=True, slots=True)
class OneNumberOf:
    """The value is one of the whole numbers."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NotOneOf:
    """The value is none of the texts; an absent one matches unless `null` is excluded too."""

    texts: tuple[str, ...]
    null: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of order keys (see `model.payload`)."""

    low: str
    high: str
    low_inclusive: bool = True
    high_inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """The value's order key lies in one of the spans."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """The value's text contains, or with `at_start` starts with, the operand."""

    text: str
    at_start: bool = False


@dataclass(frozen=True, slots=True)
class Exists:
    """The key is there and not null, or with `present` false is not."""

    present: bool = True


Test = OneOf | NotOneOf | Within | Contains | Exists


KeyTests = tuple[str, tuple[Test, ...]]
"""A key of the payload and the tests that must all hold for it."""
FilterValue = OneOf | OneNumberOf | int | float | bool | tuple[KeyTests, ...]
"""What a filter compares with: durations in ms, costs in millionths, instants in µs."""


Ends = tuple[int | None, int | None]
"""A half-open range of instants (µs), None where it is open."""


def cut(ends: Ends, limits: Ends) -> Ends:
    """What two ranges have in common; where that is nothing the end is not after the beginning."""
    begins = [begin for begin, _ in (ends, limits) if begin is not None]
    last = [end for _, end in (ends, limits) if end is not None]
    return max(begins, default=None), min(last, default=None)


@dataclass(frozen=True, slots=True)
class Filters:
    """The conditions of a query, all joined by AND.

    `values` are those that were given, by the name of the filter; `begin` and `end` the half-open
    range of instants, None where it is open; `payload` maps a key to tests that must all hold.
    With `nothing` they contradict each other, and no record matches.
    """

    values: tuple[tuple[str, FilterValue], ...] = ()
    begin: int | None = None
    end: int | None = None
    payload: tuple[KeyTests, ...] = ()
    nothing: bool = False

    @property
    def ends(self) -> Ends:
        """The range."""
        return self.begin, self.end

    def value(self, name: str) -> FilterValue | None:
        """What a filter was given, None where it was not."""
        return next((value for given, value in self.values if given == name), None)

    def of(self, name: str) -> OneOf | None:
        """The values asked of a field, None where it is not filtered."""
        value = self.value(name)
        return value if isinstance(value, OneOf) else None


@dataclass(frozen=True, slots=True)
class Query:
    """A valid query. `group_by` are dimension names, `payload.<key>` among them, as of `measure`.

    Only a type that takes a measure has one. `sides` are the ranges of a comparison. `holds` are
    the instants (µs, half open) between which the body means this; None: always. `locked` are the
    filters of its scope that `filters` has taken in, and `limits` the range (µs, half open) of
    these alone: no record beyond it may be looked at, whatever the query's own range is moved to.
    """

    query_type: str
    zone: Zone
    filters: Filters = field(default_factory=Filters)
    granularity: Granularity = Granularity.DAY
    group_by: tuple[str, ...] = ()
    measure: str | None = None
    page: int = 1
    page_size: int = 1_000
    sides: Sides | None = None
    holds: tuple[int, int] | None = None
    locked: Locked | None = None
    limits: Ends = (None, None)

    @property
    def range(self) -> TimeRange:
        """The range as it was read, in the zone of the request."""
        return TimeRange(self.zone, self.filters.begin, self.filters.end)

    def within(self, begin: int, end: int) -> "Query":
        """The query over another range."""
        return replace(self, filters=replace(self.filters, begin=begin, end=end))
