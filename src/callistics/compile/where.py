"""From a selection to the WHERE clause: the scope first, then every filter."""

from collections.abc import Iterator

from callistics.catalog.filter import Subject
from callistics.catalog.filters import FILTERS, given_filters
from callistics.model.scope import Scope
from callistics.records.providers import marked_provider
from callistics.sql.aggregates import there
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, all_of, compose, raw
from callistics.sql.selection import Frame, Unit


def where(frame: Frame) -> Sql:
    """The condition on the rows of the plan's unit."""
    return all_of(_conditions(frame))


def _conditions(frame: Frame) -> Iterator[Sql]:
    selection, dialect = frame.selection, frame.dialect
    if selection.empty or selection.query.filters.nothing:
        yield raw("FALSE")
    if frame.selected is not None:
        return
    yield from _tenants(selection.scope, selection.unit.alias, dialect)
    yield from _given(frame, Subject.RECORD)
    if selection.unit is Unit.CALLS:
        yield from _given(frame, Subject.CALL)
    else:
        yield from _reached_by_call(frame)


def _given(frame: Frame, subject: Subject) -> Iterator[Sql]:
    """The filters on a subject that the selection has values for."""
    for name, value in given_filters(frame.selection).items():
        spec = FILTERS[name]
        if spec.subject is subject and spec.condition is not None:
            yield spec.condition(frame, value)


def scope_conditions(scope: Scope, alias: str, dialect: Dialect) -> Iterator[Sql]:
    """The limits of the key, on a table that has the three tenant columns.

    Raises `ValueError` for a scope with locked filters: these need a selection.
    """
    if scope.locked is not None:
        raise ValueError("locked filters take a selection")
    return _tenants(scope, alias, dialect)


def _tenants(scope: Scope, alias: str, dialect: Dialect) -> Iterator[Sql]:
    for name, allowed in scope.limits():
        yield dialect.is_in(raw(f"{alias}.{name}"), sorted(allowed))


def needs_lead(frame: Frame) -> bool:
    """Whether a condition on calls looks at their leads."""
    if frame.selected is not None:
        return False
    return any(FILTERS[name].needs_lead for name in given_filters(frame.selection))


def needs_calls(frame: Frame) -> bool:
    """Whether a condition on leads looks at their calls."""
    if frame.selection.unit is Unit.CALLS:
        return False
    return any(FILTERS[name].subject is Subject.CALL for name in given_filters(frame.selection))


def _reached_by_call(frame: Frame) -> Iterator[Sql]:
    """For leads: at least one call, within the scope, that passes all call filters."""
    if frame.rolled is not None:
        yield from _reached_by_provider(frame)
        return
    calls = tuple(_given(frame, Subject.CALL))
    if calls:
        scoped = _tenants(frame.selection.scope, "c", frame.dialect)
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
    wanted = frame.selection.query.filters.of("provider")
    if wanted is not None:
        names = [*wanted.texts, *([None] if wanted.null else [])]
        marked = [marked_provider(name) for name in names]
        yield frame.dialect.has_any(raw("l.providers"), marked)
