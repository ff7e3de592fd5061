"""What the bodies of all queries have in common: a zone, filters, and whole numbers."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from callistics.analytics.parse_body import Object
from callistics.analytics.parse_payload import parse_payload_filters
from callistics.analytics.parse_range import parse_range
from callistics.catalog.filter import Filter
from callistics.catalog.filter_types import WrongTypeError, whole_number
from callistics.catalog.filters import FILTERS
from callistics.errors import (
    Problem,
    did_you_mean,
    forbidden,
    invalid,
    malformed,
    pointer,
    unknown_names,
)
from callistics.model.json import as_object
from callistics.model.query import Filters, FilterValue, OneOf
from callistics.model.scope import Scope
from callistics.model.zones import Zone, zone
from callistics.timezones import zone_names


class BodyReader:
    """Reads one body, gathering problems instead of stopping at the first."""

    def __init__(self, body: Object, scope: Scope, default_zone: str, now: int) -> None:
        self.body = body
        self.scope = scope
        self.now = now
        self.problems: list[Problem] = []
        self.zone = zone(default_zone)
        self.holds: tuple[int, int] | None = None
        """The instants between which the filters mean this; None: always."""

    def check_names(self, known: Collection[str]) -> None:
        """Note the fields that no such body has."""
        for name, hint in unknown_names(self.body, known):
            message = f"unknown field{hint}"
            self.problems.append(malformed(pointer(name), message, self.body[name]))

    def read_zone(self) -> Zone:
        """The zone named, else that of before."""
        name = self.body.get("timezone")
        if name is None:
            return self.zone
        if not isinstance(name, str):
            self.problems.append(malformed("/timezone", "must be a string", name))
            return self.zone
        try:
            return zone(name)
        except ValueError as error:
            hint = did_you_mean(name, zone_names())
            self.problems.append(invalid("/timezone", f"{error}{hint}", name))
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

    def read_filters(self) -> Filters:
        """The filters, their dates read in the zone of the reader."""
        raw = self.body.get("filters")
        if raw is None:
            return Filters()
        given = as_object(raw)
        if given is None:
            self.problems.append(malformed("/filters", "must be an object", raw))
            return Filters()
        for name, hint in unknown_names(given, FILTERS):
            at = pointer("filters", name)
            self.problems.append(malformed(at, f"unknown filter{hint}", given[name]))
        return self._known_filters({k: v for k, v in given.items() if v is not None})

    def _known_filters(self, given: Object) -> Filters:
        values: dict[str, FilterValue] = {}
        for name, spec in FILTERS.items():
            if name in given and spec.type.read is not None:
                value = self._value(spec, given[name])
                if value is not None:
                    values[name] = value
        self._check_pairs(given, values)
        begin, end, self.holds = parse_range(given, self.zone, self.now, self.problems)
        payload = parse_payload_filters(given.get("payload_filters"), self.zone, self.problems)
        return Filters(tuple(values.items()), begin, end, payload)

    def _value(self, spec: Filter, sent: object) -> FilterValue | None:
        """What a filter compares with; None where it is wrong."""
        at = pointer("filters", spec.name)
        assert spec.type.read is not None
        try:
            value = spec.type.read(sent)
        except WrongTypeError as error:
            self.problems.append(malformed(at, str(error), sent))
            return None
        except ValueError as error:
            self.problems.append(invalid(at, str(error), sent))
            return None
        if isinstance(value, OneOf):
            self._check_scope(spec.name, value.texts, sent)
        return value

    def _check_pairs(self, given: Object, values: Mapping[str, FilterValue]) -> None:
        """Bounds that are crossed, and filters that another one must make sense of."""
        for name in values:
            spec = FILTERS[name]
            # As sent: a bound may be read as the next number that a record can have.
            if _exceeds(given[name], given.get(spec.upper or "")):
                message = f"lies above {spec.upper}"
                self.problems.append(invalid(pointer("filters", name), message, given[name]))
            if spec.with_one is not None and not _names_one(values.get(spec.with_one)):
                message = f"needs a filter {spec.with_one} that names exactly one"
                self.problems.append(invalid(pointer("filters", name), message, given[name]))

    def _check_scope(self, name: str, texts: tuple[str, ...], sent: object) -> None:
        allowed = dict(self.scope.limits()).get(name)
        if allowed is not None and not allowed.issuperset(texts):
            at = pointer("filters", name)
            self.problems.append(forbidden(at, "outside the scope of this key", sent))


def _exceeds(lower: object, upper: object) -> bool:
    if isinstance(lower, int | Decimal) and isinstance(upper, int | Decimal):
        return lower > upper
    return False


def _names_one(value: FilterValue | None) -> bool:
    return isinstance(value, OneOf) and len(value.texts) == 1 and not value.null
