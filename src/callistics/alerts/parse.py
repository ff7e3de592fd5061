"""The bodies of `/alerts`, checked whole."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from callistics.alerts.condition import CHANGES, TESTS
from callistics.alerts.figures import count_of, over
from callistics.alerts.hours import parse_hours
from callistics.alerts.machine import NO_DATA_AS
from callistics.alerts.targets import Reachable, parse_targets
from callistics.alerts.windows import PREVIOUS_PERIOD, VERSUS, WITHIN_WEEK
from callistics.analytics.body_reader import BodyReader
from callistics.analytics.plan import Plan
from callistics.catalog.filters import RANGE
from callistics.errors import NOTHING, Refused, did_you_mean, invalid, malformed, pointer
from callistics.model.alerts import Condition, StoredAlert, Window
from callistics.model.bodies import Object, read_name
from callistics.model.instants import DAY
from callistics.model.json import as_list, as_object, encode
from callistics.model.scope import Scope

FIELDS = (
    *("name", "query", "field", "condition", "buckets", "delay", "for", "minimum", "no_data"),
    *("timezone", "quiet_hours", "active_hours", "renotify", "notify", "enabled"),
)
MOST_BUCKETS, MOST_FOR = 100, 1_000
"""So many buckets a figure may be of, and so many more its condition may have to hold."""
LONGEST_DELAY, LONGEST_RENOTIFY, LEAST_RENOTIFY = 7 * 86_400, 30 * 86_400, 60
MOST_MINIMUM = 10**9
_IN_QUERY = ("compare", "page", "page_size")
# What is watched: where one of these changes, what was known of the groups holds no longer.
_WATCHED = (
    *("query", "field", "condition", "buckets", "delay", "pending_for", "minimum", "no_data"),
    *("active_hours", "timezone"),
)

MakePlan = Callable[[Object, Scope, int], Plan]


@dataclass(frozen=True, slots=True)
class Terms:
    """What bodies are read by: how queries are planned, who asks, when (µs), and what is there."""

    plan: MakePlan
    default_zone: str
    now: int
    reachable: Reachable


def parse_alert(
    given: Object, before: StoredAlert, terms: Terms, *, named: bool = True
) -> StoredAlert:
    """The alert that a whole body asks for, within the scope of the one `before`.

    Of that come the id, who carries it, and secrets that are not given again. One that need not be
    `named` is only looked at. Raises `Refused` with every problem.
    """
    return _Reader(given, before, terms).alert(named=named)


def new_alert(scope: Scope, key_id: str | None, now: int) -> StoredAlert:
    """An alert of which nothing is known yet but who makes it."""
    return StoredAlert(
        id="alr_" + secrets.token_hex(8),
        name="",
        query="{}",
        field="",
        condition=Condition("above"),
        scope=scope,
        key_id=key_id,
        created_at=now,
    )


class _Reader(BodyReader):
    """Reads the body of an alert."""

    def __init__(self, given: Object, before: StoredAlert, terms: Terms) -> None:
        super().__init__(given, before.scope, terms.default_zone, terms.now)
        self._before, self._terms = before, terms

    def alert(self, *, named: bool) -> StoredAlert:
        """The alert. Raises `Refused`."""
        self.check_names(FIELDS)
        plan = self._plan()
        made = replace(
            self._before,
            name=self._name(named=named),
            query=encode(self.body.get("query")).decode(),
            field=self._field(plan),
            condition=self._condition(plan),
            buckets=self._buckets(plan),
            delay=self.read_whole("delay", 0, LONGEST_DELAY, 60),
            pending_for=self.read_whole("for", 0, MOST_FOR, 0),
            minimum=self._minimum(plan),
            no_data=self._no_data(),
            timezone=self._timezone(),
            quiet_hours=parse_hours("quiet_hours", self.body.get("quiet_hours"), self.problems),
            active_hours=parse_hours("active_hours", self.body.get("active_hours"), self.problems),
            renotify=self.read_whole("renotify", LEAST_RENOTIFY, LONGEST_RENOTIFY, 0) or None,
            notify=parse_targets(
                self.body.get("notify"),
                self._before.notify,
                self.problems,
                self._terms.reachable,
            ),
            enabled=self._enabled(),
        )
        if self.problems:
            raise Refused(self.problems)
        same = all(getattr(made, name) == getattr(self._before, name) for name in _WATCHED)
        later = max(self.now, self._before.changed_at + 1)
        return made if same else replace(made, changed_at=later)

    def _name(self, *, named: bool) -> str:
        value = self.body.get("name")
        if value is None and not named:
            return ""
        return read_name(self._sent("name"), self.problems)

    def _sent(self, name: str) -> object:
        return self.body.get(name, NOTHING)

    def _plan(self) -> Plan | None:
        """The plan of the query over some range, None where something is wrong with it."""
        query = as_object(self.body.get("query"))
        if query is None:
            message = "required: the body of a query"
            self.problems.append(malformed("/query", message, self._sent("query")))
            return None
        asked, wrong = _own(query), len(self.problems)
        self._check_query(query)
        try:
            plan = self._terms.plan(over(asked, Window(0, DAY)), self.scope, self.now)
        except Refused as error:
            self.problems += [
                replace(one, pointer=f"/query{one.pointer}") for one in error.problems
            ]
            return None
        return plan if len(self.problems) == wrong else None

    def _check_query(self, query: Object) -> None:
        for name in _IN_QUERY:
            if query.get(name) is not None:
                message = "an alert has none: it looks at its own buckets, and compares them itself"
                self.problems.append(invalid(pointer("query", name), message, query[name]))
        filters = as_object(query.get("filters")) or {}
        for name in sorted(RANGE):
            if filters.get(name) is not None:
                at, message = pointer("query", "filters", name), "an alert asks for its own buckets"
                self.problems.append(invalid(at, message, filters[name]))
        if "date" in (as_list(query.get("group_by")) or ()):
            message = "an alert looks at one bucket after the other: leave date out"
            self.problems.append(invalid("/query/group_by", message, query["group_by"]))

    def _field(self, plan: Plan | None) -> str:
        value = self.body.get("field")
        known = [one.name for one in plan.kind.figures] if plan else []
        if isinstance(value, str) and (plan is None or value in known):
            return value
        listed = f": one of {', '.join(known)}" if known else ""
        if isinstance(value, str):
            hint = did_you_mean(value, known)
            message = f"the rows of the query have no such figure{hint or listed}"
            self.problems.append(invalid("/field", message, value))
        else:
            message = f"required{listed or ': which figure of the rows'}"
            self.problems.append(malformed("/field", message, self._sent("field")))
        return ""

    def _condition(self, plan: Plan | None) -> Condition:
        given = as_object(self.body.get("condition"))
        if given is None or ("op" in given) == ("change" in given):
            message = (
                'required: {"op": "below", "value": 5}, or {"change": "below", "percent": 20}'
                " against the buckets before"
            )
            self.problems.append(malformed("/condition", message, self._sent("condition")))
            return Condition("above")
        return self._change(given, plan) if "change" in given else self._comparison(given)

    def _comparison(self, given: Mapping[str, object]) -> Condition:
        self._check_inside(given, ("op", "value"))
        test = self._choice("op", given["op"], tuple(TESTS))
        return Condition(test, value=self._number("value", given.get("value")))

    def _change(self, given: Mapping[str, object], plan: Plan | None) -> Condition:
        self._check_inside(given, ("change", "percent", "versus"))
        test = self._choice("change", given["change"], CHANGES)
        percent = self._number("percent", given.get("percent"))
        if percent is not None and percent < 0:
            message = "must not be below 0: change says whether up or down"
            self.problems.append(invalid("/condition/percent", message, given["percent"]))
        versus = given.get("versus")
        chosen = self._choice("versus", PREVIOUS_PERIOD if versus is None else versus, VERSUS)
        granularity = plan.selection.query.granularity if plan else None
        if granularity and chosen != PREVIOUS_PERIOD and granularity not in WITHIN_WEEK:
            message = f"a {granularity} has none: only of {', '.join(WITHIN_WEEK)}"
            self.problems.append(invalid("/condition/versus", message, versus))
        return Condition(test, percent=percent, versus=chosen)

    def _check_inside(self, given: Mapping[str, object], known: tuple[str, ...]) -> None:
        for name in given:
            if name not in known:
                message = f"unknown field, beside {known[0]} stand {', '.join(known[1:])}"
                self.problems.append(malformed(pointer("condition", name), message, given[name]))

    def _choice(self, name: str, value: object, known: tuple[str, ...]) -> str:
        if isinstance(value, str) and value in known:
            return value
        message = f"must be one of {', '.join(known)}"
        self.problems.append(malformed(pointer("condition", name), message, value))
        return known[0]

    def _number(self, name: str, value: object) -> Decimal | None:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            found = Decimal(value)
            if abs(found.adjusted()) <= 18 and len(found.as_tuple().digits) <= 36:
                return found
            message = "is too large or too fine a number"
            self.problems.append(invalid(pointer("condition", name), message, value))
            return None
        self.problems.append(malformed(pointer("condition", name), "required: a number", value))
        return None

    def _buckets(self, plan: Plan | None) -> int:
        number = self.read_whole("buckets", 1, MOST_BUCKETS, 1)
        if plan is not None and number > 1 and plan.kind.uses_granularity:
            message = (
                f"{plan.kind.name} has a row for each bucket: watch 1, or ask a type without them,"
                " such as call_count"
            )
            self.problems.append(invalid("/buckets", message, number))
        return number

    def _minimum(self, plan: Plan | None) -> int:
        number = self.read_whole("minimum", 0, MOST_MINIMUM, 0)
        if plan is not None and number and count_of(plan.kind) is None:
            message = f"the rows of {plan.kind.name} do not say how many calls they are of"
            self.problems.append(invalid("/minimum", message, number))
        return number

    def _no_data(self) -> str:
        value = self.body.get("no_data")
        if value is None:
            return NO_DATA_AS[0]
        if isinstance(value, str) and value in NO_DATA_AS:
            return value
        message = f"must be one of {', '.join(NO_DATA_AS)}"
        self.problems.append(malformed("/no_data", message, value))
        return NO_DATA_AS[0]

    def _timezone(self) -> str | None:
        if self.body.get("timezone") is None:
            return None
        return self.read_zone().name

    def _enabled(self) -> bool:
        value = self.body.get("enabled")
        if value is None or isinstance(value, bool):
            return value is not False
        self.problems.append(malformed("/enabled", "must be true or false", value))
        return True


def _own(query: Object) -> Object:
    """The query without what an alert decides itself."""
    filters = as_object(query.get("filters"))
    left = {name: value for name, value in query.items() if name not in _IN_QUERY}
    if filters is not None:
        left["filters"] = {name: value for name, value in filters.items() if name not in RANGE}
    return left
