"""From a query and who asks it to a plan, and from a plan to a statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from callistics.analytics.rollup_match import Rollups, fits, source_of_answer, source_of_extent
from callistics.catalog.dimensions import Dimension, groupable
from callistics.catalog.filters import FILTERS, given_filters
from callistics.compile.select import extent
from callistics.model.buckets import bucket_at
from callistics.model.query import Filters, Query
from callistics.model.scope import Scope
from callistics.model.time_range import TimeRange
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.sql.dialect import Dialect, Statement
from callistics.sql.selection import Frame, Policy, Selection, Source


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of which records: no later step looks any of it up again.

    `groups` are the dimensions of `group_by`, in the order asked. `rows` are those of the selection
    where they were kept apart, or counts of them, None where they are still to be looked for.
    `range` is the query's as it was read, of which the selection may have a part; `other` is the
    plan that this one is compared with.
    """

    kind: QueryType
    groups: tuple[Dimension, ...]
    selection: Selection
    range: TimeRange
    rows: Source | None = None
    other: "Plan | None" = None

    @property
    def dimensions(self) -> Sequence[Dimension]:
        """Everything the rows are told apart by: the groups, then the type's own key."""
        return self.groups if self.kind.key is None else (*self.groups, self.kind.key)

    @property
    def has_records(self) -> bool:
        """Whether `rows` are the records themselves, which tell exactly when each of them was."""
        return self.rows is not None and self.rows.step is None

    def frame(self, dialect: Dialect) -> Frame:
        """What its statements are built from, but for roll-ups."""
        return Frame(self.selection, dialect, selected=self.rows)

    def closed(self, first: int | None, last: int | None) -> "Plan":
        """The plan with open ends closed by the first and last matching instant.

        Calls that are under way close them at the edge of the bucket.
        """
        selection = self.selection
        if not self.kind.overlap or first is None or last is None:
            return replace(self, selection=selection.closed(first, last))
        edges = partial(bucket_at, selection.query.zone, selection.query.granularity)
        closed = selection.closed(edges(first).begin, edges(last).end - 1)
        return replace(self, selection=replace(closed, first_start=first))

    def widened(self) -> "Plan":
        """The plan, told that its ends may lie beyond the records that match."""
        return replace(self, selection=replace(self.selection, wide=True))

    def first_buckets(self, count: int) -> "Plan":
        """The plan of a time series of which only so many buckets are shown."""
        return replace(self, selection=replace(self.selection, buckets=count))


@dataclass(frozen=True, slots=True)
class Reads:
    """What an answer is read from: about as much where this is the same, and the scope is.

    `length` is that of the range, as a power of two, None where it is open.
    """

    what: str
    from_rollup: bool
    length: int | None


def plan_query(query: Query, scope: Scope, policy: Policy) -> Plan:
    """The plan of a query within a scope."""
    kind = registry()[query.query_type].asked(query)
    groups = tuple(one for one in map(groupable, query.group_by) if one is not None)

    def plan(part: Query) -> Plan:
        begin, end = part.filters.begin, part.filters.end
        selection = Selection(part, scope, policy, kind.unit, begin, end, overlap=kind.overlap)
        return Plan(kind, groups, selection, query.range)

    if query.sides is None:
        return plan(query)
    this, other = (plan(query.within(*side)) for side in query.sides)
    return replace(this, other=other)


def needs_extent(plan: Plan) -> bool:
    """Whether the first and last instant are to be found before the statement can be built.

    They close open ends of the range. Calls that are under way may have begun long before it, so
    that the first start tells how far back the zone's offsets are needed.
    """
    if plan.selection.is_open and plan.kind.uses_granularity:
        return True
    if not plan.selection.is_open and not plan.kind.overlap:
        return False
    timed = plan.groups if plan.kind.overlap else plan.dimensions
    fixed = plan.selection.query.zone.name == "UTC"
    return not fixed and any(dimension.timed for dimension in timed)


def is_unlocated(plan: Plan) -> bool:
    """Whether a filter reads the zone's offsets at times that are not known yet."""
    selection = plan.selection
    if selection.near is not None or not (selection.is_open or selection.overlap):
        return False
    return selection.query.zone.name != "UTC" and reads_clock(selection)


def reads_clock(selection: Selection) -> bool:
    """Whether one of the filters means something else in another zone."""
    return any(FILTERS[name].timed for name in given_filters(selection))


def located(plan: Plan, first: int | None, last: int | None) -> Plan:
    """The plan, told the first and last instant of the records that match its other filters."""
    selection = plan.selection
    if first is None or last is None:
        begin = selection.begin or 0
        return replace(
            plan, selection=replace(selection, near=(begin, begin), empty=selection.is_open)
        )
    return replace(plan, selection=replace(selection, near=(first, last + 1)))


def untimed(plan: Plan) -> Plan:
    """The plan without the filters that read the zone's offsets."""
    query = plan.selection.query
    values = tuple((name, value) for name, value in query.filters.values if not FILTERS[name].timed)
    loose = replace(query, filters=replace(query.filters, values=values))
    return replace(plan, selection=replace(plan.selection, query=loose))


def extent_frame(plan: Plan, dialect: Dialect, rollups: Rollups = ()) -> Frame:
    """Where the ends of an open range are looked for: in one of the roll-ups if one will do."""
    if plan.has_records:
        return plan.frame(dialect)
    frame = Frame(plan.selection, dialect)
    source = source_of_extent(frame, plan.kind, plan.dimensions, rollups)
    return replace(frame, rolled=source)


def bounds_frame(plan: Plan, dialect: Dialect, rollups: Rollups) -> Frame | None:
    """The roll-up that tells between which instants all records are, whether they match or not.

    None where there is none, or where one tells the ends of the range themselves.
    """
    if plan.has_records or extent_frame(plan, dialect, rollups).rolled is not None:
        return None
    selection = plan.selection
    filters = Filters(begin=selection.query.filters.begin, end=selection.query.filters.end)
    query = replace(selection.query, filters=filters)
    frame = Frame(replace(selection, query=query), dialect)
    # Nothing is cut by these ends, so that steps of any length will do.
    source = source_of_extent(frame, plan.kind, (), rollups)
    return None if source is None else replace(frame, rolled=source)


def is_exact(frame: Frame, closed: Plan) -> bool:
    """Whether ends that were found there are as good as exact ones for what is asked."""
    return fits(Frame(closed.selection, frame.dialect), closed.dimensions, frame.source)


def compile_extent(plan: Plan, frame: Frame) -> Statement:
    """The statement for the first and last matching instant."""
    return frame.dialect.render(extent(frame, plan.kind.only))


def compile_plan(plan: Plan, dialect: Dialect, rollups: Rollups = ()) -> Statement:
    """The statement that answers a plan, from one of the roll-ups if one can."""
    rows = plan.rows
    if rows is not None and not fits(Frame(plan.selection, dialect), plan.dimensions, rows):
        plan = replace(plan, rows=None)
    frame = plan.frame(dialect)
    source = rollup_of(plan, dialect, rollups) if plan.rows is None else None
    return dialect.render(plan.kind.sql(replace(frame, rolled=source)))


def rollup_of(plan: Plan, dialect: Dialect, rollups: Rollups) -> Source | None:
    """The roll-up that can answer a plan, None if none can."""
    return source_of_answer(plan.frame(dialect), plan.kind, plan.dimensions, rollups)


def reads(plan: Plan, dialect: Dialect, rollups: Rollups) -> Reads:
    """What the answer of a plan is read from."""
    rolled = rollup_of(plan, dialect, rollups) is not None
    return Reads(plan.kind.name, rolled, length_of(plan.range))


def length_of(range_: TimeRange) -> int | None:
    """About how long a range is, as a power of two; None where it is open."""
    if range_.begin is None or range_.end is None:
        return None
    return (range_.end - range_.begin).bit_length()
