"""What the bodies of all queries have in common: a zone, filters, and whole numbers."""

from collections.abc import Collection

from callistics.analytics.locked import read_locked
from callistics.analytics.parse_filters import FilterReader
from callistics.analytics.parse_range import Holds, common
from callistics.catalog.joined_filters import joined
from callistics.errors import (
    Problem,
    forbidden,
    invalid,
    malformed,
    pointer,
)
from callistics.model.bodies import Object, unknown_fields
from callistics.model.json import whole_number
from callistics.model.query import Ends, Filters
from callistics.model.scope import Scope
from callistics.model.zones import Zone, zone, zone_asked_for


class BodyReader:
    """Reads one body, gathering problems instead of stopping at the first."""

    def __init__(self, body: Object, scope: Scope, default_zone: str, now: int) -> None:
        self.body = body
        self.scope = scope
        self.now = now
        self.problems: list[Problem] = []
        self.zone = zone(default_zone)
        self.holds: Holds = None
        """The instants between which the filters mean this; None: always."""

    def check_names(self, known: Collection[str]) -> None:
        """Note the fields that no such body has."""
        self.problems += unknown_fields(self.body, known)

    def read_zone(self) -> Zone:
        """The zone named, else the one that is locked, else that of before."""
        name = self.body.get("timezone")
        locked = None if self.scope.locked is None else self.scope.locked.timezone
        if name is None:
            return self.zone if locked is None else zone(locked)
        if not isinstance(name, str):
            self.problems.append(malformed("/timezone", "must be a string", name))
            return self.zone
        if locked is not None and name != locked:
            self.problems.append(forbidden("/timezone", f"this token is locked to {locked}", name))
            return zone(locked)
        try:
            return zone_asked_for(name)
        except ValueError as error:
            self.problems.append(invalid("/timezone", str(error), name))
            return self.zone

    def read_whole(self, name: str, low: int, high: int | None, default: int) -> int:
        """A whole number within limits; where it is wrong, the default."""
        value = self.body.get(name)
        if value is None:
            return default
        number = whole_number(value)
        if number is None:
            self.problems.append(malformed(pointer(name), "must be a whole number", value))
            return default
        if number < low or (high is not None and number > high):
            limits = f"at least {low}" if high is None else f"from {low} to {high:,}"
            self.problems.append(invalid(pointer(name), f"must be {limits}", value))
            return default
        return number

    def read_filters(self) -> tuple[Filters, Ends]:
        """The filters with those that are locked, and the range of these alone.

        Their dates are read in the zone of the reader.
        """
        reader = FilterReader(self.scope, self.zone, self.now, self.problems)
        own = reader.read(self.body.get("filters"))
        if self.scope.locked is None:
            self.holds = own.holds
            return own.filters, (None, None)
        locked = read_locked(self.scope.locked, self.zone, self.now)
        self.holds = common(own.holds, locked.holds)
        return joined(own.filters, locked.filters), locked.filters.ends
