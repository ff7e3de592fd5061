"""Payload filters in SQL: tests on a scalar, or on one element of a list."""

from collections.abc import Sequence

from callistics.model.query import Contains, Exists, NotOneOf, OneOf, Span, Test, Within
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, all_of, any_of, compose, text


def payload_condition(dialect: Dialect, table: str, key: str, tests: Sequence[Test]) -> Sql:
    """Whether all tests hold for the scalar under a key, or for one element of a list there."""
    value, order = dialect.payload_text(table, key), dialect.payload_order(table, key)
    absent = compose("{} IS NULL", value)
    scalar = all_of(_test(dialect, test, value, order, absent) for test in tests)
    if all(_accepts_absent(test) for test in tests):
        # A list has no scalar under its key; without this it would pass for an absent one.
        scalar = compose("({} AND NOT {})", scalar, dialect.payload_is_list(table, key))
    elif len(tests) > 1:
        # It is one side of an OR.
        scalar = compose("({})", scalar)

    def passes(value: Sql, order: Sql) -> Sql:
        # What holds no value but is there, such as an object, has an order key and no text.
        absent = compose("({} IS NULL AND {} IS NULL)", value, order)
        return all_of(_test(dialect, test, value, order, absent) for test in tests)

    return any_of([scalar, dialect.any_element(table, key, passes)])


def _accepts_absent(test: Test) -> bool:
    match test:
        case OneOf(null=null):
            return null
        case NotOneOf(null=null):
            return not null
        case Exists(present=present):
            return not present
        case _:
            return False


def _test(dialect: Dialect, test: Test, value: Sql, order: Sql, absent: Sql) -> Sql:
    match test:
        case OneOf(texts=texts, null=null):
            options = [dialect.is_in(value, texts)] if texts else []
            return any_of([*options, absent] if null else options)
        case NotOneOf(texts=texts, null=null):
            differs = compose("NOT {}", dialect.is_in(value, texts))
            # An unknown comparison, that with no text, is not true.
            return differs if null else any_of([absent, differs])
        case Within(spans=spans):
            return any_of([_span(order, span) for span in spans])
        case Contains(text=operand, at_start=at_start):
            return dialect.contains(value, text(operand), at_start=at_start)
        case Exists(present=present):
            return compose("NOT {}", absent) if present else absent


def _span(order: Sql, span: Span) -> Sql:
    low = ">=" if span.low_inclusive else ">"
    high = "<=" if span.high_inclusive else "<"
    return compose(
        f"({{}} {low} {{}} AND {{}} {high} {{}})", order, text(span.low), order, text(span.high)
    )
