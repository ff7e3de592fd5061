"""From the body of `POST /analytics` to a `Query`, or to every problem it has, at once."""

from callistics.analytics.body_reader import BodyReader
from callistics.analytics.parse_compare import parse_comparison, with_sides
from callistics.analytics.parse_payload import KEY_LENGTH
from callistics.catalog.dimensions import GROUPABLE, PAYLOAD_PREFIX, groupable
from callistics.catalog.measures import MEASURES, measure_named
from callistics.errors import (
    NOTHING,
    Refused,
    did_you_mean,
    invalid,
    malformed,
    pointer,
)
from callistics.model.bodies import Object, read_object
from callistics.model.buckets import Granularity, TooManyBucketsError, buckets
from callistics.model.json import as_list
from callistics.model.query import Query
from callistics.model.scope import Scope
from callistics.queries import registry
from callistics.queries.base import QueryType

BODY_FIELDS = (
    "query_type",
    "filters",
    "granularity",
    "timezone",
    "group_by",
    "measure",
    "compare",
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
    """Check a query that came at an instant. Raises `Refused` with every problem of it."""
    return _Reader(given, scope, default_zone, now).query()


class _Reader(BodyReader):
    """Reads the body of a query."""

    def query(self) -> Query:
        """The query. Raises `Refused`."""
        self.check_names(BODY_FIELDS)
        kind = self._query_type()
        self.zone = self.read_zone()
        filters, limits = self.read_filters()
        compare = parse_comparison(self.body, self.problems)
        query = Query(
            query_type=kind.name if kind else "",
            zone=self.zone,
            filters=filters,
            granularity=self._granularity(),
            group_by=self._group_by(kind),
            measure=self._measure(kind),
            page=self.read_whole("page", 1, None, 1),
            page_size=self.read_whole("page_size", 1, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE),
            holds=self.holds,
            locked=self.scope.locked,
            limits=limits,
        )
        if self.problems:
            self._check_buckets(kind, query)
            raise Refused(self.problems)
        return with_sides(query, compare, kind, self.now) if compare and kind else query

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
    if measure_named(value) is not None:
        return None
    if value.startswith(PAYLOAD_PREFIX):
        return KEY_LENGTH
    return f"unknown measure{did_you_mean(value, known) or '; one of ' + ', '.join(known)}"


def _group_problem(name: object, found: list[str], kind: QueryType | None) -> str | None:
    if not isinstance(name, str):
        return "must be a string"
    dimension = groupable(name)
    if dimension is None:
        if name.startswith(PAYLOAD_PREFIX):
            return KEY_LENGTH
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
