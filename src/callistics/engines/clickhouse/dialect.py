"""How ClickHouse says what the catalog needs.

Times are computed with as whole microseconds, so that no function that knows zones, or the
narrower ranges of dates, has a say.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from callistics.engines.clickhouse.long_values import batches, cut
from callistics.engines.clickhouse.payload_dialect import ClickHousePayloadDialect
from callistics.model.buckets import Granularity, Piece
from callistics.model.instants import DAY, HOUR
from callistics.model.scope import Scope
from callistics.sql.dialect import Parameter, SqlRow, Statement
from callistics.sql.fragment import Bound, Sql, compose, instant, integer, join, raw, text, texts
from callistics.sql.millionths import order_millionths

_TYPES = {
    "name": "Identifier",
    "text": "String",
    "texts": "Array(String)",
    "integer": "Int64",
    "double": "Float64",
    "instant": "Int64",
}
# Whole days that are added before a division, which rounds towards zero, and taken off after it.
_BIAS = 1_000_000
# Times its square every double from 0 to 1 that does not round to 0 millionths is whole.
_HALF = 2**40


class ClickHouseDialect:
    """The dialect of ClickHouse 26. Implements `sql.dialect.Dialect`."""

    lead_key = ("merchant_id", "lead_id")

    def render(self, sql: Sql) -> Statement:
        """Text with typed parameters `p0`, `p1` …, one or more for each value."""
        values: list[Parameter] = []
        written = [_placed(part, values) if isinstance(part, Bound) else part for part in sql.parts]
        return Statement("".join(written), tuple(values))

    def clock_bucket(self, column: Sql, granularity: Granularity, pieces: Sequence[Piece]) -> Sql:
        """Cut by the clock; a transition inside an hour begins a bucket of its own."""
        length = granularity.clock_length

        def cut(piece: Piece) -> Sql:
            at = self.micros(column)
            floor = compose(
                f"{{}} - positiveModulo({{}}, {length})", at, _shifted(at, piece.offset)
            )
            if piece.begin is None:
                return floor
            return compose("greatest({}, {})", floor, integer(piece.begin))

        return _by_piece(column, pieces, cut)

    def calendar_bucket(
        self, column: Sql, granularity: Granularity, pieces: Sequence[Piece]
    ) -> Sql:
        """Day number of the period's first day; weeks begin on Monday."""
        day = self._day(column, pieces)
        if granularity is Granularity.DAY:
            return day
        if granularity is Granularity.WEEK:
            return compose("{} - positiveModulo({} + 3, 7)", day, day)
        return compose(f"toInt32(toStartOf{granularity.capitalize()}(toDate32({{}})))", day)

    def hour(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """Hour of the local time."""
        return compose(f"intDiv(positiveModulo({{}}, {DAY}), {HOUR})", self._local(column, pieces))

    def weekday(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """ISO weekday of the local time; day 0 was a Thursday."""
        return compose("positiveModulo({} + 3, 7) + 1", self._day(column, pieces))

    def weight(self, alias: str) -> Sql | None:
        """The sign: replaced rows are cancelled, and dropped by merges later."""
        return raw(f"{alias}.sign")

    @property
    def last_arrival(self) -> Sql:
        """There are several rows until they are merged."""
        return raw("SELECT max(last) FROM arrivals")

    def micros(self, column: Sql) -> Sql:
        """Microseconds of a DateTime64(6)."""
        return compose("toUnixTimestamp64Micro({})", column)

    def from_micros(self, value: Sql) -> Sql:
        """A DateTime64(6)."""
        return compose("fromUnixTimestamp64Micro({}, 'UTC')", value)

    def _local(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """The wall-clock reading of a UTC column, in µs."""
        at = self.micros(column)
        return _by_piece(column, pieces, lambda piece: _shifted(at, piece.offset))

    def _day(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """The day number of the local date."""
        biased = compose(f"intDiv({{}} + {_BIAS * DAY}, {DAY})", self._local(column, pieces))
        return compose(f"(toInt32({{}}) - {_BIAS})", biased)

    def payloads(self, scope: Scope) -> ClickHousePayloadDialect:  # noqa: ARG002
        """The same for every scope: no key is known."""
        return ClickHousePayloadDialect()

    def whole_seconds(self, column: str) -> Sql:
        """Half up; durations are never negative."""
        return raw(f"intDiv({column} + 500, 1000)")

    def double_millionths(self, column: str) -> Sql:
        """In 128 bits, taken from the double in two halves: in one it is not always exact."""
        high = f"floor({column} * {_HALF})"
        low = f"toInt64(({column} * {_HALF} - {high}) * {_HALF})"
        scaled = f"(toInt128(toInt64({high})) * {_HALF} + {low})"
        scale = f"toInt128('{_HALF**2}')"
        return raw(f"toInt64(intDiv({scaled} * 2000000 + {scale}, 2 * {scale}))")

    def order_millionths(self, column: str) -> Sql:
        """From the digits of the order key."""
        return order_millionths(column, "toInt64OrZero({})".format)

    def wide(self, value: Sql) -> Sql:
        """An Int128."""
        return compose("toInt128({})", value)

    def contains(self, value: Sql, operand: Sql, *, at_start: bool) -> Sql:
        """Bytes compared as they are; no text is part of another by accident in UTF-8."""
        template = "startsWith({}, {})" if at_start else "(position({}, {}) > 0)"
        return compose(template, value, operand)

    def begins_like(self, value: Sql, pattern: str) -> Sql:
        """As a regular expression of RE2."""
        return compose("match({}, {})", value, text(pattern))

    def has_any(self, column: Sql, values: Sequence[str]) -> Sql:
        """An Array has one of the values."""
        if len(values) == 1:
            return compose("has({}, {})", column, text(values[0]))
        return compose("hasAny({}, {})", column, texts(values))

    def is_in(self, value: Sql, values: Sequence[str]) -> Sql:
        """Equality for one value, one bound list for several."""
        if not values:
            return raw("FALSE")
        if len(values) == 1:
            return compose("({} = {})", value, text(values[0]))
        return compose("({} IN {})", value, texts(values))

    def among(self, columns: Sequence[Sql], rows: Sequence[SqlRow]) -> Sql:
        """Bound lists beside each other, as a set."""
        wanted = [texts(map(str, values)) for values in zip(*rows, strict=True)]
        if not wanted:
            return raw("FALSE")
        return compose("(({}) IN arrayZip({}))", join(", ", columns), join(", ", wanted))

    def has_id(self, alias: str, id_column: str, identity: str) -> Sql:
        """By itself: the tables know which of their parts may have it."""
        return compose(f"({alias}.{id_column} = {{}})", text(identity))

    def is_word_in(self, value: Sql, words: Sequence[str]) -> Sql:
        """As any texts: they become a set."""
        return self.is_in(value, words)

    def each(self, column: Sql) -> Sql:
        """A row for each element of an Array."""
        return compose("arrayJoin({})", column)


def _shifted(at: Sql, offset: int) -> Sql:
    return compose(f"({{}} + {offset})", at) if offset else at


def _placed(bound: Bound, values: list[Parameter]) -> str:
    """The expression that stands for a value, which joins the values to bind."""
    if isinstance(bound.value, tuple):
        parts = [_texts(batch, values) for batch in batches(bound.value)]
        return _joined("arrayConcat", parts)
    if bound.type == "text":
        return _text(str(bound.value), values)
    placeholder = _parameter(bound.value, _TYPES[bound.type], values)
    if bound.type == "instant":
        return f"fromUnixTimestamp64Micro({placeholder}, 'UTC')"
    return placeholder


def _texts(batch: list[str], values: list[Parameter]) -> str:
    if len(batch) == 1 and len(cut(batch[0])) > 1:
        return f"[{_text(batch[0], values)}]"
    return _parameter(batch, "Array(String)", values)


def _text(value: str, values: list[Parameter]) -> str:
    return _joined("concat", [_parameter(piece, "String", values) for piece in cut(value)])


def _joined(function: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{function}({', '.join(parts)})"


def _parameter(value: Parameter, type_: str, values: list[Parameter]) -> str:
    values.append(value)
    return f"{{p{len(values) - 1}:{type_}}}"


def _by_piece(column: Sql, pieces: Sequence[Piece], build: Callable[[Piece], Sql]) -> Sql:
    """The expression of whichever piece of the zone's history a time lies in."""
    if len(pieces) == 1:
        return build(pieces[0])
    cases = [
        compose("{} < {}, {}", column, instant(following.begin or 0), build(piece))
        for piece, following in pairwise(pieces)
    ]
    return compose("multiIf({}, {})", join(", ", cases), build(pieces[-1]))
