"""The filters of `POST /analytics`: each declared once, with the condition that it is in SQL."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callistics.catalog.dimensions import ATTEMPT, HOUR, WEEKDAY, Dimension
from callistics.catalog.filter import Condition, Filter, Subject
from callistics.catalog.filter_types import (
    DATE,
    FLAG,
    GREATEST_AMOUNT,
    LEAST_AMOUNT,
    NAMED_RANGE,
    PAYLOAD,
    SCORE,
    SECONDS,
    FilterType,
    listed,
    listed_numbers,
)
from callistics.catalog.payload_conditions import payload_condition
from callistics.catalog.spans import end_of
from callistics.catalog.success import is_reached, is_success
from callistics.model import relative_range
from callistics.model.query import FilterValue, OneNumberOf, OneOf
from callistics.records.field import RecordField, RecordKind
from callistics.records.fields import ALL_FIELDS
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import (
    Sql,
    all_of,
    any_of,
    compose,
    double,
    instant,
    integer,
    join,
    raw,
)
from callistics.sql.selection import Frame, Selection, Unit


def one_of(value: Sql, wanted: OneOf, dialect: Dialect) -> Sql:
    """Whether a text is one of the wanted ones, or absent where that is wanted."""
    options: list[Sql] = []
    if wanted.texts:
        options.append(dialect.is_in(value, wanted.texts))
    if wanted.null:
        options.append(compose("{} IS NULL", value))
    return any_of(options)


def _of_field(field: RecordField) -> Filter:
    """The filter by a list of values that a field declares."""
    calls_only = RecordKind.LEADS not in field.kinds and field.name != "lead_id"

    def condition(frame: Frame, wanted: OneOf) -> Sql:
        alias = "c" if calls_only else frame.selection.unit.alias
        return one_of(raw(f"{alias}.{field.stored_in}"), wanted, frame.dialect)

    return Filter(
        field.name,
        listed(field.type),
        field.filter,
        field.example,
        Subject.CALL if calls_only else Subject.RECORD,
        condition,
    )


def _status() -> Filter:
    field = ALL_FIELDS[RecordKind.LEADS]["status"]
    return Filter(
        field.name,
        listed(field.type),
        field.filter,
        field.example,
        Subject.RECORD,
        lambda frame, wanted: one_of(raw("l.status"), wanted, frame.dialect),
        needs_lead=True,
    )


def _by(dimension: Dimension, type_: FilterType, help_: str, example: object) -> Filter:
    """The filter by a list of the whole numbers that a dimension has."""

    def condition(frame: Frame, wanted: OneNumberOf) -> Sql:
        value = dimension.on(frame.selection.unit if dimension.leads else Unit.CALLS)
        assert value is not None, f"{dimension.name} is not one of calls"
        return compose("{} IN ({})", value(frame), join(", ", map(integer, wanted.numbers)))

    subject = Subject.RECORD if dimension.leads else Subject.CALL
    return Filter(dimension.name, type_, help_, example, subject, condition, timed=dimension.timed)


def _payload(frame: Frame, tests: Any) -> Sql:
    return all_of(payload_condition(frame, key, each) for key, each in tests)


def _bounds(
    column: str, types: tuple[FilterType, FilterType], bind: Callable[[Any], Sql]
) -> Callable[..., Iterator[Filter]]:
    """A pair of inclusive bounds of a column of calls."""

    def made(
        names: tuple[str, str],
        helps: tuple[str, str],
        examples: tuple[object, object],
        with_one: str | None = None,
    ) -> Iterator[Filter]:
        for index, sign in enumerate((">=", "<=")):
            yield Filter(
                names[index],
                types[index],
                helps[index],
                examples[index],
                Subject.CALL,
                _compared(column, sign, bind),
                upper=names[1] if index == 0 else None,
                with_one=with_one,
            )

    return made


def _since(frame: Frame, begin: int) -> Sql:
    time = frame.selection.unit.time
    if not frame.selection.overlap:
        return compose("{} >= {}", time, instant(begin))
    first = frame.selection.first_start
    found = compose("{} > {}", end_of(frame), integer(begin))
    return found if first is None else all_of([found, compose("{} >= {}", time, instant(first))])


def _compared(column: str, sign: str, bind: Callable[[Any], Sql]) -> Condition:
    return lambda _, bound: compose(f"{column} {sign} {{}}", bind(bound))


def _whether(test: Callable[[Frame], Sql]) -> Condition:
    return lambda frame, wanted: test(frame) if wanted else compose("NOT {}", test(frame))


def _declared() -> Iterator[Filter]:
    fields = [one for one in ALL_FIELDS[RecordKind.CALLS].values() if one.filter]
    listed_ = [_of_field(one) for one in fields if one.name != "status"]
    yield from (one for one in listed_ if one.subject is Subject.RECORD)
    yield _status()
    yield Filter(
        "date_from",
        DATE,
        "From this moment on: by the start of a call or the creation of a lead; for `concurrency`"
        " by the end of a call.",
        "2025-01-01",
        Subject.RECORD,
        _since,
        lambda selection: selection.seen[0],
    )
    yield Filter(
        "date_to",
        DATE,
        "Up to and including this moment, at the precision written.",
        "2025-01-31T23:59:59Z",
        Subject.RECORD,
        lambda frame, end: compose("{} < {}", frame.selection.unit.time, instant(end)),
        lambda selection: selection.seen[1],
    )
    yield Filter(
        "date_range",
        NAMED_RANGE,
        "A range named from now on, in the request's zone, instead of both dates: one of "
        + ", ".join(f"`{form}`" for form in relative_range.FORMS)
        + f"; N is a whole number from 1 to {relative_range.MAX_COUNT:,}.",
        "last_30_days",
        Subject.RECORD,
        None,
        lambda _: None,
        instead_of=("date_from", "date_to"),
    )
    yield _by(
        WEEKDAY,
        listed_numbers(1, 7),
        "Days of the week from 1 (Monday), in the request's zone: of a call's start, a lead's"
        " creation.",
        [6, 7],
    )
    yield _by(
        HOUR,
        listed_numbers(0, 23),
        "Hours of the day, in the request's zone: of a call's start, a lead's creation.",
        [9, 10, 11],
    )
    yield Filter(
        "payload_filters",
        PAYLOAD,
        "Conditions on the payload (of a call: its lead's, overlaid by its own): a key, or a path"
        " with dots, to a condition.",
        {"city": "Delhi", "age": {"gte": 60}},
        Subject.RECORD,
        _payload,
        lambda selection: selection.query.filters.payload or None,
    )
    yield from (one for one in listed_ if one.subject is Subject.CALL)
    yield _by(
        ATTEMPT,
        listed_numbers(1),
        "Which attempt to reach the lead, as `retry_analysis` has it.",
        1,
    )
    yield from _bounds("c.duration_ms", (SECONDS, SECONDS), integer)(
        ("min_duration", "max_duration"),
        ("Calls at least this long.", "Calls at most this long."),
        (10, 600),
    )
    yield from _bounds("c.sentiment", (SCORE, SCORE), double)(
        ("sentiment_min", "sentiment_max"),
        ("Scored calls from this score on.", "Scored calls up to this score."),
        (0.5, 1.0),
    )
    yield from _bounds("c.cost_micros", (LEAST_AMOUNT, GREATEST_AMOUNT), integer)(
        ("min_cost", "max_cost"),
        (
            "Calls that cost at least this much; needs a `currency` filter that names exactly one.",
            "Calls that cost at most this much; needs a `currency` filter that names exactly one.",
        ),
        (0.01, 2.5),
        with_one="currency",
    )
    yield Filter(
        "success",
        FLAG,
        "Calls that reached their aim, or with `false` those that did not.",
        True,
        Subject.CALL,
        _whether(is_success),
    )
    yield Filter(
        "reached",
        FLAG,
        "Calls in which somebody was spoken to, or with `false` the others.",
        True,
        Subject.CALL,
        _whether(is_reached),
    )


FILTERS: Mapping[str, Filter] = {one.name: one for one in _declared()}
"""Every filter by its name."""


RANGE = frozenset({"date_from", "date_to", "date_range"})
"""The filters that are the plan's range."""


def given_filters(selection: Selection) -> dict[str, FilterValue]:
    """The filters that a selection has a value for, and closed ends of its range."""
    named = dict(selection.query.filters.values)
    found: dict[str, FilterValue] = {}
    for name, spec in FILTERS.items():
        value = named.get(name) if spec.given is None else spec.given(selection)
        if value is not None:
            found[name] = value
    return found
