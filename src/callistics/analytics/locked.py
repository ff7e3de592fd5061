"""The filters that a token locks: checked when it is made or comes, read for every query."""

from callistics.analytics.parse_filters import FilterReader, Given
from callistics.errors import Problem, invalid, pointer
from callistics.model.json import as_object, decode
from callistics.model.query import Filters
from callistics.model.scope import EVERYTHING, Locked, Scope
from callistics.model.zones import Zone, zone, zone_asked_for


def locked_problems(locked: Locked, scope: Scope, default_zone: str, now: int) -> list[Problem]:
    """What is wrong with locked filters by themselves, within a scope.

    Pointers begin with `/filters` or `/timezone`.
    """
    where, problems = zone(default_zone), list[Problem]()
    if locked.timezone is not None:
        try:
            where = zone_asked_for(locked.timezone)
        except ValueError as error:
            problems.append(invalid("/timezone", str(error), locked.timezone))
    given = as_object(decode(locked.filters)) or {}
    problems += [
        invalid(pointer("filters", field), "locks nothing: leave it out", value)
        for field, value in given.items()
        if value is None
    ]
    FilterReader(scope, where, now, problems).read(given)
    return problems


def read_locked(locked: Locked, where: Zone, now: int) -> Given:
    """The locked filters as they are in a query's zone at an instant.

    `nothing` matches them where they exclude each other in that zone, as two dates may.
    """
    problems: list[Problem] = []
    found = FilterReader(EVERYTHING, where, now, problems).read(decode(locked.filters))
    return Given(Filters(nothing=True)) if problems else found
