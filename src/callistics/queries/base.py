"""What a query type is: data, and for the few that need it a statement or shape of their own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callistics.catalog.dimensions import GROUPABLE, Dimension
from callistics.catalog.metrics import Aggregate, Digits, Figure, Shown, Tally
from callistics.compile.select import Order, grouped
from callistics.model.query import Query
from callistics.queries.picture import Picture
from callistics.sql.dialect import SqlValue
from callistics.sql.fragment import Sql
from callistics.sql.selection import Frame, Selection, Unit

_OTHER_SIDE = "`{}` of the range compared with; null where that has no such row."

Key = SqlValue
Row = dict[str, Shown]
Group = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A row field that shows the key: its name, JSON type and help.

    An `optional` one is in the rows of some queries only; a `numbering` one numbers the rows and
    says nothing of the key. A number that is not whole has `digits`; a `bucket` is the label of
    one.
    """

    name: str
    type: str
    help: str
    optional: bool = False
    numbering: bool = False
    digits: Digits | None = None
    bucket: bool = False


PREVIOUS = "previous."
"""What the fields of the other side of a comparison begin with."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A row that is always there: the key that SQL gives, and what the key's fields show.

    `span` is the half-open range of instants (µs) that a bucket of time has inside the range.
    """

    key: Key
    shown: tuple[Shown, ...]
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Counted:
    """One row of the statement's answer, split: the key (None where there is none), aggregates."""

    key: Key
    aggregates: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class QueryType:
    """A query type as data.

    `fields` show the `key`, `figures` what is counted. `slots` lists the rows that are always
    there, zeros included; without it, or where it gives None, the rows are those that occur.
    `share_of_known` leaves the null key out of the whole that percentages are of. `always` names
    dimensions of `group_by` whose every value is a group. `only` restricts the unit.
    `takes_measure` says that the body names a measure, `overlap` that dates test the time that a
    call takes. `for_query` gives the type as it is for one query. `statement` and `arrange` replace
    the common ones; what is arranged are as many rows as there are slots, or as were counted.
    `example` is an example request's body without the query type. `picture` says what its rows are
    drawn as; without one they are shown as a table.
    """

    name: str
    summary: str
    unit: Unit
    figures: tuple[Figure, ...]
    example: Mapping[str, object]
    fields: tuple[Field, ...] = ()
    key: Dimension | None = None
    order: Order = Order.KEY
    slots: Callable[[Selection], Sequence[Slot] | None] | None = None
    only: Sql | None = None
    ranked: bool = False
    share_of_known: bool = False
    always: tuple[tuple[str, tuple[int, ...]], ...] = ()
    uses_granularity: bool = False
    owns: tuple[str, ...] = ()
    takes_measure: bool = False
    overlap: bool = False
    for_query: Callable[["QueryType", Query], "QueryType"] | None = None
    statement: Callable[["QueryType", Frame], Sql] | None = None
    arrange: Callable[[Selection, Sequence[Slot], Sequence[Counted]], Iterable[Row]] | None = None
    picture: Picture | None = None

    def asked(self, query: Query) -> "QueryType":
        """The type as it is for a query."""
        return self if self.for_query is None else self.for_query(self, query)

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """What SQL has to compute for the figures, each once."""
        found = {aggregate.name: aggregate for figure in self.figures for aggregate in figure.needs}
        return tuple(found.values())

    @property
    def is_timed(self) -> bool:
        """Whether the statement needs the offsets of the zone over the range."""
        return self.key is not None and self.key.timed

    @property
    def columns(self) -> list[Field]:
        """Every row field in order, as the documentation lists them."""
        figures: list[Field] = [
            Field(figure.name, figure.type, figure.help, digits=figure.digits)
            for figure in self.figures
        ]
        rank = [Field("rank", "integer", "1-based, over the whole set.")] if self.ranked else []
        return [*rank, *self.fields, *figures]

    @property
    def previous_columns(self) -> list[Field]:
        """The row fields of the other side of a comparison, which follow all others."""
        return [
            Field(
                PREVIOUS + one.name,
                _nullable(one.type),
                _OTHER_SIDE.format(one.name),
                optional=True,
                digits=one.digits,
            )
            for one in self.figures
        ]

    @property
    def own_keys(self) -> frozenset[str]:
        """Dimensions that the rows are broken down by already."""
        return frozenset((self.key.name, *self.owns) if self.key else self.owns)

    @property
    def groupable(self) -> list[str]:
        """The dimensions that `group_by` may name, besides keys of the payload."""
        names = (name for name, item in GROUPABLE.items() if item.on(self.unit) is not None)
        return [name for name in names if name not in self.own_keys]

    def sql(self, frame: Frame) -> Sql:
        """The statement: rows of (groups…, key if any, aggregates…) in order."""
        if self.statement is not None:
            return self.statement(self, frame)
        # Rows that are always there have an order of their own.
        order = self.order if self.slots is None else Order.ANY
        return grouped(frame, self.key, self.aggregates, order, self.only)

    def rows(
        self, selection: Selection, slots: Sequence[Slot] | None, counted: Sequence[Counted]
    ) -> Iterable[Row]:
        """The rows of one group, from what the statement counted in it, made as they are taken."""
        if self.arrange is not None:
            return self.arrange(selection, slots or (), counted)
        return standard_rows(self, slots, counted)


def _nullable(type_: str) -> str:
    return type_ if type_.endswith("|null") else f"{type_}|null"


def standard_rows(
    query: QueryType, slots: Sequence[Slot] | None, counted: Sequence[Counted]
) -> Iterator[Row]:
    """Zero filling, shares and ranks, as the query type declares them."""
    base = _base(query, counted)
    rows = _as_found(query, counted) if slots is None else _filled(query, slots, counted)
    for rank, (shown, aggregates, skip) in enumerate(rows, start=1):
        yield row_of(query, shown, Tally(aggregates, None if skip else base), rank)


def _base(query: QueryType, counted: Sequence[Counted]) -> int:
    parts = (one for one in counted if one.key is not None or not query.share_of_known)
    return sum(one.aggregates.get("n") or 0 for one in parts)


Found = tuple[tuple[Shown, ...], Mapping[str, int | None], bool]


def _as_found(query: QueryType, counted: Iterable[Counted]) -> Iterator[Found]:
    for one in counted:
        yield (one.key,) if query.fields else (), one.aggregates, _skips(query, one.key)


def _filled(query: QueryType, slots: Sequence[Slot], counted: Iterable[Counted]) -> Iterator[Found]:
    """A row for each slot; where nothing was counted, the aggregates of nothing."""
    by_key = {one.key: one.aggregates for one in counted}
    nothing = {aggregate.name: aggregate.zero for aggregate in query.aggregates}
    for slot in slots:
        yield slot.shown, by_key.get(slot.key, nothing), _skips(query, slot.key)


def _skips(query: QueryType, key: Key) -> bool:
    return query.share_of_known and key is None


def row_of(query: QueryType, shown: tuple[Shown, ...], tally: Tally, rank: int) -> Row:
    """One row, its fields in the documented order."""
    row: Row = {"rank": rank} if query.ranked else {}
    row |= {field.name: value for field, value in zip(query.fields, shown, strict=True)}
    row |= {figure.name: figure.compute(tally) for figure in query.figures}
    return row
