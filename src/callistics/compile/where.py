"""From a plan to the WHERE clause: the scope first, then every filter."""

from collections.abc import Iterator

from callistics.compile.payload_where import payload_condition
from callistics.model.query import Filters, OneOf
from callistics.model.scope import Scope
from callistics.records.providers import marked_provider
from callistics.sql.aggregates import there
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import (
    Sql,
    all_of,
    any_of,
    compose,
    double,
    instant,
    integer,
    raw,
)
from callistics.sql.plan import Frame, Unit

CALL_FIELDS = ("provider", "outcome", "direction")
SHARED_FIELDS = ("template_id", "merchant_id", "reseller_id", "lead_id")


def where(frame: Frame) -> Sql:
    """The condition on the rows of the plan's unit."""
    return all_of(_conditions(frame))


def _conditions(frame: Frame) -> Iterator[Sql]:
    plan, dialect = frame.plan, frame.dialect
    filters, alias = plan.query.filters, plan.unit.alias
    if plan.empty:
        yield raw("FALSE")
    yield from scope_conditions(plan.scope, alias, dialect)
    yield from _field_conditions(filters, SHARED_FIELDS, alias, dialect)
    yield from _status_conditions(filters, dialect)
    yield from _range_conditions(frame)
    for key, tests in filters.payload:
        yield payload_condition(dialect, alias, key, tests)
    if plan.unit is Unit.CALLS:
        yield from call_conditions(filters, dialect)
    else:
        yield from _reached_by_call(frame)


def scope_conditions(scope: Scope, alias: str, dialect: Dialect) -> Iterator[Sql]:
    """The limits of the key, on a table that has the three tenant columns."""
    for name, allowed in scope.limits():
        yield dialect.is_in(raw(f"{alias}.{name}"), sorted(allowed))


def needs_lead(filters: Filters) -> bool:
    """Whether a condition on calls looks at their leads."""
    return filters.of("status") is not None


def _field_conditions(
    filters: Filters, names: tuple[str, ...], alias: str, dialect: Dialect
) -> Iterator[Sql]:
    for name in names:
        wanted = filters.of(name)
        if wanted is not None:
            yield one_of(raw(f"{alias}.{name}"), wanted, dialect)


def _status_conditions(filters: Filters, dialect: Dialect) -> Iterator[Sql]:
    wanted = filters.of("status")
    if wanted is not None:
        yield one_of(raw("l.status"), wanted, dialect)


def one_of(value: Sql, wanted: OneOf, dialect: Dialect) -> Sql:
    """Whether a text is one of the wanted ones, or absent where that is wanted."""
    options: list[Sql] = []
    if wanted.texts:
        options.append(dialect.is_in(value, wanted.texts))
    if wanted.null:
        options.append(compose("{} IS NULL", value))
    return any_of(options)


def _range_conditions(frame: Frame) -> Iterator[Sql]:
    plan = frame.plan
    if plan.begin is not None:
        yield compose("{} >= {}", plan.unit.time, instant(plan.begin))
    if plan.end is not None:
        yield compose("{} < {}", plan.unit.time, instant(plan.end))


def call_conditions(filters: Filters, dialect: Dialect) -> Iterator[Sql]:
    """The filters that only calls have: provider, outcome, direction, duration, sentiment."""
    yield from _field_conditions(filters, CALL_FIELDS, "c", dialect)
    if filters.min_duration_ms is not None:
        yield compose("c.duration_ms >= {}", integer(filters.min_duration_ms))
    if filters.max_duration_ms is not None:
        yield compose("c.duration_ms <= {}", integer(filters.max_duration_ms))
    if filters.sentiment_min is not None:
        yield compose("c.sentiment >= {}", double(filters.sentiment_min))
    if filters.sentiment_max is not None:
        yield compose("c.sentiment <= {}", double(filters.sentiment_max))


def _reached_by_call(frame: Frame) -> Iterator[Sql]:
    """For leads: at least one call, within the scope, that passes all call filters."""
    if frame.rolled is not None:
        yield from _reached_by_provider(frame)
        return
    calls = tuple(call_conditions(frame.plan.query.filters, frame.dialect))
    if calls:
        scoped = scope_conditions(frame.plan.scope, "c", frame.dialect)
        weight = frame.dialect.weight("c")
        wanted, called = (_lead(frame.dialect, alias) for alias in ("l", "c"))
        cancels = "" if weight is None else f"\nGROUP BY {called}"
        yield compose(
            f"({wanted}) IN (SELECT ({called}) FROM calls AS c WHERE {{}}{cancels}{{}})",
            all_of([*scoped, *calls]),
            there(weight),
        )


def _lead(dialect: Dialect, alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in dialect.lead_key)


def _reached_by_provider(frame: Frame) -> Iterator[Sql]:
    """The same of a roll-up of leads, which has the providers of all their calls as a list."""
    wanted = frame.plan.query.filters.of("provider")
    if wanted is not None:
        names = [*wanted.texts, *([None] if wanted.null else [])]
        marked = [marked_provider(name) for name in names]
        yield frame.dialect.has_any(raw("l.providers"), marked)
