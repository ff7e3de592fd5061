"""Payload filters in SQL: each test on the scalar under a key, or on any element of a list."""

from collections.abc import Callable, Sequence

from callistics.model.query import Contains, Exists, NotOneOf, OneOf, Span, Test, Within
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, all_of, any_of, compose, text
from callistics.sql.selection import Frame


def payload_condition(frame: Frame, key: str, tests: Sequence[Test]) -> Sql:
    """Whether each test holds for what the payload of a record has under a key."""
    return all_of(_holds(frame, key, test) for test in tests)


def _holds(frame: Frame, key: str, test: Test) -> Sql:
    dialect, payloads, table = frame.dialect, frame.payloads, frame.selection.unit.alias
    value = payloads.text(table, key)

    def either(passes: Callable[[Sql, Sql], Sql]) -> list[Sql]:
        scalar = passes(value, payloads.order(table, key))
        return [scalar, payloads.any_element(table, key, passes)]

    absent = compose("({} IS NULL AND NOT {})", value, payloads.is_list(table, key))
    match test:
        case OneOf(texts=texts, null=null):
            found = either(lambda value, _: dialect.is_in(value, texts)) if texts else []
            return any_of([*found, absent] if null else found)
        case NotOneOf(texts=texts, null=null):
            scalar, element = either(lambda value, _: dialect.is_in(value, texts))
            # With nothing to compare the comparison is unknown, and its opposite too.
            differs = compose("({} IS NULL OR NOT {})", value, scalar)
            opposite = compose("({} AND NOT {})", differs, element)
            return compose("({} AND NOT {})", opposite, absent) if null else opposite
        case Within(spans=spans):
            return any_of(either(lambda _, order: any_of([_span(order, span) for span in spans])))
        case Contains(text=operand, at_start=at_start):
            passes = _searching(dialect, operand, at_start=at_start)
            return any_of(either(passes))
        case Exists(present=present):
            return compose("NOT {}", absent) if present else absent


def _searching(dialect: Dialect, operand: str, *, at_start: bool) -> Callable[[Sql, Sql], Sql]:
    return lambda value, _: dialect.contains(value, text(operand), at_start=at_start)


def _span(order: Sql, span: Span) -> Sql:
    low = ">=" if span.low_inclusive else ">"
    high = "<=" if span.high_inclusive else "<"
    return compose(
        f"({{}} {low} {{}} AND {{}} {high} {{}})", order, text(span.low), order, text(span.high)
    )
