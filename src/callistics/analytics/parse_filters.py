"""Reading an object of filters: those of a query, or those that are locked."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from callistics.analytics.parse_payload import parse_payload_filters
from callistics.analytics.parse_range import Holds, parse_range
from callistics.catalog.filter import Filter
from callistics.catalog.filter_types import WrongTypeError
from callistics.catalog.filters import FILTERS
from callistics.errors import Problem, forbidden, invalid, malformed, pointer, unknown_names
from callistics.model.bodies import Object
from callistics.model.json import as_object
from callistics.model.query import Filters, FilterValue, OneOf
from callistics.model.scope import Scope
from callistics.model.zones import Zone


class Given(NamedTuple):
    """The filters of an object, and the instants between which it means them; None: always."""

    filters: Filters
    holds: Holds = None


class FilterReader:
    """Reads an object of filters that came at an instant, within a scope.

    What is wrong is added to `problems`, under `/filters`.
    """

    def __init__(self, scope: Scope, zone: Zone, now: int, problems: list[Problem]) -> None:
        self._scope, self._zone, self._now = scope, zone, now
        self._problems = problems

    def read(self, raw: object) -> Given:
        """The filters of an object, as far as it has no problems."""
        if raw is None:
            return Given(Filters())
        given = as_object(raw)
        if given is None:
            self._problems.append(malformed("/filters", "must be an object", raw))
            return Given(Filters())
        for name, hint in unknown_names(given, FILTERS):
            at = pointer("filters", name)
            self._problems.append(malformed(at, f"unknown filter{hint}", given[name]))
        return self._known({k: v for k, v in given.items() if v is not None})

    def _known(self, given: Object) -> Given:
        values: dict[str, FilterValue] = {}
        for name, spec in FILTERS.items():
            if name in given and spec.type.read is not None:
                value = self._value(spec, given[name])
                if value is not None:
                    values[name] = value
        self._check_pairs(given, values)
        begin, end, holds = parse_range(given, self._zone, self._now, self._problems)
        payload = parse_payload_filters(given.get("payload_filters"), self._zone, self._problems)
        return Given(Filters(tuple(values.items()), begin, end, payload), holds)

    def _value(self, spec: Filter, sent: object) -> FilterValue | None:
        """What a filter compares with; None where it is wrong."""
        at = pointer("filters", spec.name)
        assert spec.type.read is not None
        try:
            value = spec.type.read(sent)
        except WrongTypeError as error:
            self._problems.append(malformed(at, str(error), sent))
            return None
        except ValueError as error:
            self._problems.append(invalid(at, str(error), sent))
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
                self._problems.append(invalid(pointer("filters", name), message, given[name]))
            if spec.with_one is not None and not _names_one(values.get(spec.with_one)):
                message = f"needs a filter {spec.with_one} that names exactly one"
                self._problems.append(invalid(pointer("filters", name), message, given[name]))

    def _check_scope(self, name: str, texts: tuple[str, ...], sent: object) -> None:
        allowed = dict(self._scope.limits()).get(name)
        if allowed is not None and not allowed.issuperset(texts):
            at = pointer("filters", name)
            self._problems.append(forbidden(at, "outside the scope of this key", sent))


def _exceeds(lower: object, upper: object) -> bool:
    if isinstance(lower, int | Decimal) and isinstance(upper, int | Decimal):
        return lower > upper
    return False


def _names_one(value: FilterValue | None) -> bool:
    return isinstance(value, OneOf) and len(value.texts) == 1 and not value.null
