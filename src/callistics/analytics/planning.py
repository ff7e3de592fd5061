"""From a query and who asks it to a plan, and from a plan to a statement."""

from collections.abc import Iterator

from callistics.catalog.dimensions import Dimension
from callistics.catalog.plan import Frame, Plan, Policy
from callistics.catalog.select import extent, groups_of
from callistics.model.query import Query
from callistics.model.scope import Scope
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.sql.dialect import Dialect, Statement


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


def compile_extent(plan: Plan, dialect: Dialect) -> Statement:
    """The statement for the first and last matching instant."""
    return dialect.render(extent(Frame(plan, dialect), query_type(plan).only))


def compile_plan(plan: Plan, dialect: Dialect) -> Statement:
    """The statement that answers a plan."""
    return dialect.render(query_type(plan).sql(Frame(plan, dialect)))
