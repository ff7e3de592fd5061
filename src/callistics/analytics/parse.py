"""From the body of `POST /analytics` to a `Query`, or to every problem it has, at once."""

from collections.abc import Mapping
from decimal import Decimal

from callistics.analytics.parse_body import Object, read_object
from callistics.analytics.parse_payload import parse_payload_filters
from callistics.analytics.parse_range import parse_range
from callistics.catalog.dimensions import GROUPABLE, PAYLOAD_PREFIX, groupable
from callistics.catalog.filter import Filter
from callistics.catalog.filter_types import WrongTypeError, whole_number
from callistics.catalog.filters import FILTERS
from callistics.catalog.measures import MEASURES, quantity
from callistics.errors import (
    NOTHING,
    Problem,
    Refused,
    did_you_mean,
    forbidden,
    invalid,
    malformed,
    pointer,
    unknown_names,
)
from callistics.model.buckets import Granularity, TooManyBucketsError, buckets
from callistics.model.json import as_list, as_object
from callistics.model.query import Filters, FilterValue, OneOf, Query
from callistics.model.scope import Scope
from callistics.model.zones import Zone, zone
from callistics.queries import registry
from callistics.queries.base import QueryType
from callistics.timezones import zone_names

BODY_FIELDS = (
    "query_type",
    "filters",
    "granularity",
    "timezone",
    "group_by",
    "measure",
    "page",
    "page_size",
)
MAX_PAGE_SIZE = 10_000
DEFAULT_PAGE_SIZE = 1_000
MAX_GROUPS = 3


def parse_request(body: bytes, scope: Scope, default_zone: str, now: int) -> Query:
    """Check a request's body that came at an instant. Raises `Refused` with every problem of it."""
    return parse_query(read_object(body), scope, default_zone, now)


def parse_query(given: Object, scope: Scope, default_zone: str, now: int) -> Query:
    """Check a question that came at an instant. Raises `Refused` with every problem of it."""
    return _Reader(given, scope, default_zone, now).query()


class _Reader:
    """Reads one body, gathering problems instead of stopping at the first."""

    def __init__(self, body: Object, scope: Scope, default_zone: str, now: int) -> None:
        self.body = body
        self.scope = scope
        self.now = now
        self.holds: tuple[int, int] | None = None
        self.problems: list[Problem] = []
        self.zone = zone(default_zone)

    def query(self) -> Query:
        """The query. Raises `Refused`."""
        self._unknown_fields()
        kind = self._query_type()
        self.zone = self._zone()
        filters = self._filters()
        query = Query(
            query_type=kind.name if kind else "",
            zone=self.zone,
            filters=filters,
            granularity=self._granularity(),
            group_by=self._group_by(kind),
            measure=self._measure(kind),
            page=self._whole("page", 1, None, 1),
            page_size=self._whole("page_size", 1, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE),
            holds=self.holds,
        )
        if self.problems:
            self._check_buckets(kind, query)
            raise Refused(self.problems)
        return query

    def _check_buckets(self, kind: QueryType | None, query: Query) -> None:
        """Too many buckets are told with other problems; alone, they show as the plan is made."""
        begin, end = query.filters.begin, query.filters.end
        wrong = {problem.pointer for problem in self.problems} & {"/timezone", "/granularity"}
        if kind is None or not kind.uses_granularity or begin is None or end is None or wrong:
            return
        try:
            buckets(query.zone, query.granularity, begin, end)
        except TooManyBucketsError as error:
            sent = self.body.get("granularity", NOTHING)
            self.problems.append(invalid("/granularity", str(error), sent))

    def _unknown_fields(self) -> None:
        for name, hint in unknown_names(self.body, BODY_FIELDS):
            message = f"unknown field{hint}"
            self.problems.append(malformed(pointer(name), message, self.body[name]))

    def _query_type(self) -> QueryType | None:
        name, known = self.body.get("query_type"), registry()
        if isinstance(name, str) and name in known:
            return known[name]
        if name is None:
            message = "required: one of " + ", ".join(known)
        elif isinstance(name, str):
            hint = did_you_mean(name, known)
            message = f"unknown query type{hint or '; one of ' + ', '.join(known)}"
        else:
            message = "must be a string"
        sent = self.body.get("query_type", NOTHING)
        self.problems.append(malformed("/query_type", message, sent))
        return None

    def _zone(self) -> Zone:
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

    def _granularity(self) -> Granularity:
        name = self.body.get("granularity")
        if name is None:
            return Granularity.DAY
        try:
            return Granularity(name)
        except ValueError:
            hint = did_you_mean(name, Granularity) if isinstance(name, str) else ""
            message = f"must be one of {', '.join(Granularity)}{hint}"
            self.problems.append(malformed("/granularity", message, name))
            return Granularity.DAY

    def _whole(self, name: str, low: int, high: int | None, default: int) -> int:
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

    def _group_by(self, kind: QueryType | None) -> tuple[str, ...]:
        value = self.body.get("group_by")
        if value is None:
            return ()
        names = as_list(value)
        if names is None:
            self.problems.append(malformed("/group_by", "must be a list of strings", value))
            return ()
        if len(names) > MAX_GROUPS:
            self.problems.append(malformed("/group_by", f"at most {MAX_GROUPS} fields", names))
        found: list[str] = []
        for place, name in enumerate(names[: MAX_GROUPS + 1]):
            message = _group_problem(name, found, kind)
            if message:
                self.problems.append(malformed(pointer("group_by", place), message, name))
            else:
                found.append(str(name))
        return tuple(found)

    def _measure(self, kind: QueryType | None) -> str | None:
        value = self.body.get("measure")
        message = _measure_problem(value, kind)
        if message:
            sent = self.body.get("measure", NOTHING)
            self.problems.append(malformed("/measure", message, sent))
        return value if isinstance(value, str) and not message else None

    def _filters(self) -> Filters:
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


def _measure_problem(value: object, kind: QueryType | None) -> str | None:
    known = [*MEASURES, PAYLOAD_PREFIX + "<key>"]
    if value is None:
        needed = kind is not None and kind.takes_measure
        return f"required: one of {', '.join(known)}" if needed else None
    if kind is not None and not kind.takes_measure:
        taking = ", ".join(name for name, one in registry().items() if one.takes_measure)
        return f"only for the query type {taking}"
    if not isinstance(value, str):
        return "must be a string"
    if quantity(value) is not None:
        return None
    if value.startswith(PAYLOAD_PREFIX):
        return "a payload key has 1 to 128 characters"
    return f"unknown measure{did_you_mean(value, known) or '; one of ' + ', '.join(known)}"


def _group_problem(name: object, found: list[str], kind: QueryType | None) -> str | None:
    if not isinstance(name, str):
        return "must be a string"
    dimension = groupable(name)
    if dimension is None:
        if name.startswith(PAYLOAD_PREFIX):
            return "a payload key has 1 to 128 characters"
        known = [*(kind.groupable if kind else GROUPABLE), PAYLOAD_PREFIX + "<key>"]
        return f"cannot be grouped by{did_you_mean(name, known) or '; one of ' + ', '.join(known)}"
    if name in found:
        return "named twice"
    if kind is None:
        return None
    if dimension.on(kind.unit) is None:
        return f"{kind.name} counts {kind.unit}, which have no {name}"
    if name in kind.own_keys:
        return f"is the key of {kind.name} already"
    return None
