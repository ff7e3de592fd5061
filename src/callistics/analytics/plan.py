"""From a query and who asks it to a plan, and from a plan to a statement."""

from collections.abc import Iterator
from dataclasses import replace

from callistics.analytics.rollup_match import Rollups, fits, source_of_answer, source_of_extent
from callistics.catalog.dimensions import Dimension
from callistics.compile.select import extent, groups_of
from callistics.model.query import Filters, Query
from callistics.model.scope import Scope
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.sql.dialect import Dialect, Statement
from callistics.sql.plan import Frame, Plan, Policy


def query_type(plan: Plan) -> QueryType:
    """The query type that a plan asks for."""
    return registry()[plan.query.query_type]


def plan_query(query: Query, scope: Scope, policy: Policy) -> Plan:
    """The plan of a query within a scope."""
    unit = registry()[query.query_type].unit
    return Plan(query, scope, policy, unit, query.filters.begin, query.filters.end)


def needs_extent(plan: Plan, dialect: Dialect) -> bool:
    """Whether open ends of the range must be closed before the statement can be built."""
    if not plan.is_open:
        return False
    if query_type(plan).uses_granularity:
        return True
    fixed = plan.query.zone.name == "UTC"
    return not fixed and any(dimension.timed for dimension in _dimensions(plan, dialect))


def _dimensions(plan: Plan, dialect: Dialect) -> Iterator[Dimension]:
    yield from groups_of(Frame(plan, dialect))
    key = query_type(plan).key
    if key is not None:
        yield key


def extent_frame(plan: Plan, dialect: Dialect, rollups: Rollups = ()) -> Frame:
    """Where the ends of an open range are looked for: in one of the roll-ups if one will do."""
    frame, kind = Frame(plan, dialect), query_type(plan)
    dimensions = list(_dimensions(plan, dialect))
    return replace(frame, rolled=source_of_extent(frame, kind, dimensions, rollups))


def bounds_frame(plan: Plan, dialect: Dialect, rollups: Rollups) -> Frame | None:
    """The roll-up that tells between which instants all records are, whether they match or not.

    None where there is none, or where one tells the ends of the range themselves.
    """
    if extent_frame(plan, dialect, rollups).rolled is not None:
        return None
    filters = Filters(begin=plan.query.filters.begin, end=plan.query.filters.end)
    frame = Frame(replace(plan, query=replace(plan.query, filters=filters)), dialect)
    # Nothing is cut by these ends, so that steps of any length will do.
    source = source_of_extent(frame, query_type(plan), (), rollups)
    return None if source is None else replace(frame, rolled=source)


def is_exact(frame: Frame, closed: Plan) -> bool:
    """Whether ends that were found there are as good as exact ones for what is asked."""
    dimensions = list(_dimensions(closed, frame.dialect))
    return fits(Frame(closed, frame.dialect), dimensions, frame.source)


def compile_extent(frame: Frame) -> Statement:
    """The statement for the first and last matching instant."""
    return frame.dialect.render(extent(frame, query_type(frame.plan).only))


def compile_plan(plan: Plan, dialect: Dialect, rollups: Rollups = ()) -> Statement:
    """The statement that answers a plan, from one of the roll-ups if one can."""
    frame, kind = Frame(plan, dialect), query_type(plan)
    dimensions = list(_dimensions(plan, dialect))
    source = source_of_answer(frame, kind, dimensions, rollups)
    return dialect.render(kind.sql(replace(frame, rolled=source)))
