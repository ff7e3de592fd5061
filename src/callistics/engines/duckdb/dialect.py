"""How DuckDB says what the catalog needs."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from callistics.engines.duckdb.lookup.lookup_sql import key_of
from callistics.engines.duckdb.payload_dialect import DuckDBPayloadDialect, KnownKeys
from callistics.engines.duckdb.tables import KEY_OF
from callistics.model.buckets import Granularity, Piece
from callistics.model.instants import naive
from callistics.model.scope import Scope
from callistics.model.zones import FIRST_INSTANT, LAST_INSTANT
from callistics.sql.dialect import Parameter, SqlRow, SqlValue, Statement
from callistics.sql.fragment import (
    Bound,
    Sql,
    compose,
    instant,
    integer,
    join,
    raw,
    text,
    texts,
)
from callistics.sql.millionths import order_millionths

_PLACEHOLDERS = {
    "text": "?",
    "texts": "?::VARCHAR[]",
    "integer": "?::BIGINT",
    "double": "?::DOUBLE",
    "instant": "?",
}
_FAR_INSTANT = "make_timestamp(?::BIGINT)"
# Beyond this many values one bound list is cheaper to plan than as many parameters.
_MANY = 64
_BAR = "|"
# Every double from 0 to 1 that does not round to 0 millionths is a whole number of these.
_SCALE = 2**80


class DuckDBDialect:
    """The dialect of DuckDB 2. Implements `sql.dialect.Dialect`.

    Without `known` keys any key may be there.
    """

    lead_key = ("lead_no",)

    def __init__(self, known: KnownKeys | None = None) -> None:
        self._known = known

    def render(self, sql: Sql) -> Statement:
        """Text with positional placeholders."""
        pieces: list[str] = []
        values: list[Parameter] = []
        for part in sql.parts:
            if isinstance(part, Bound):
                placeholder, value = _bound(part)
                pieces.append(placeholder)
                values.append(value)
            else:
                pieces.append(part)
        return Statement("".join(pieces), tuple(values))

    def clock_bucket(self, column: Sql, granularity: Granularity, pieces: Sequence[Piece]) -> Sql:
        """Cut by the clock; a transition inside an hour begins a bucket of its own."""

        def cut(piece: Piece) -> Sql:
            floor = compose(
                f"epoch_us(date_trunc('{granularity}', {{}})) - {piece.offset}",
                _shifted(column, piece.offset),
            )
            if piece.begin is None:
                return floor
            return compose("greatest({}, {})", floor, integer(piece.begin))

        return _by_piece(column, pieces, cut)

    def calendar_bucket(
        self, column: Sql, granularity: Granularity, pieces: Sequence[Piece]
    ) -> Sql:
        """Day number of the period's first day; weeks begin on Monday."""
        local = _local(column, pieces)
        if granularity is Granularity.DAY:
            return compose("({})::DATE - DATE '1970-01-01'", local)
        return compose(f"date_trunc('{granularity}', {{}})::DATE - DATE '1970-01-01'", local)

    def hour(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """Hour of the local time."""
        return compose("hour({})", _local(column, pieces))

    def weekday(self, column: Sql, pieces: Sequence[Piece]) -> Sql:
        """ISO weekday of the local time."""
        return compose("isodow({})", _local(column, pieces))

    def weight(self, alias: str) -> Sql | None:  # noqa: ARG002
        """Replaced rows are gone: each row counts once."""
        return None

    @property
    def last_arrival(self) -> Sql:
        """Every arrival is given out of one row."""
        return raw("SELECT epoch_us(max(last)) FROM arrivals")

    def micros(self, column: Sql) -> Sql:
        """Microseconds of a TIMESTAMP."""
        return compose("epoch_us({})", column)

    def from_micros(self, value: Sql) -> Sql:
        """A TIMESTAMP."""
        return compose("make_timestamp({})", value)

    def payloads(self, scope: Scope) -> DuckDBPayloadDialect:
        """What the payloads of the merchants that it reaches may have is known."""
        among = None if self._known is None else self._known.merchants(scope)
        return DuckDBPayloadDialect(self._known, among)

    def whole_seconds(self, column: str) -> Sql:
        """Half up; durations are never negative."""
        return raw(f"({column} + 500) // 1000")

    def double_millionths(self, column: str) -> Sql:
        """In 128 bits, which hold every step exactly."""
        scaled = f"CAST({column} * {_SCALE}.0 AS HUGEINT)"
        return raw(f"CAST(({scaled} * 2000000 + {_SCALE}) // {2 * _SCALE} AS BIGINT)")

    def order_millionths(self, column: str) -> Sql:
        """From the digits of the order key."""
        return order_millionths(column, "CAST({} AS BIGINT)".format)

    def wide(self, value: Sql) -> Sql:
        """A HUGEINT."""
        return compose("CAST({} AS HUGEINT)", value)

    def contains(self, value: Sql, operand: Sql, *, at_start: bool) -> Sql:
        """Plain text search, no patterns."""
        function = "starts_with" if at_start else "contains"
        return compose(f"{function}({{}}, {{}})", value, operand)

    def begins_like(self, value: Sql, pattern: str) -> Sql:
        """As a regular expression of RE2."""
        return compose("regexp_matches({}, {})", value, text(pattern))

    def has_any(self, column: Sql, values: Sequence[str]) -> Sql:
        """A LIST holds one of the values; of many it is asked for each element of the LIST."""
        if len(values) == 1:
            return compose("list_contains({}, {})", column, text(values[0]))
        if len(values) > _MANY:
            among = self.is_in(raw("e"), values)
            return compose("len(list_filter({}, lambda e: {})) > 0", column, among)
        return compose("list_has_any({}, {})", column, texts(values))

    def is_in(self, value: Sql, values: Sequence[str]) -> Sql:
        """Equality for one value, IN for a few, one list for many."""
        if not values:
            return raw("FALSE")
        if len(values) == 1:
            return compose("({} = {})", value, text(values[0]))
        if len(values) > _MANY:
            return compose("list_contains({}, {})", texts(values), value)
        return compose("({} IN ({}))", value, join(", ", map(text, values)))

    def among(self, columns: Sequence[Sql], rows: Sequence[SqlRow]) -> Sql:
        """A join with bound lists: as many parameters take longer to plan than to find."""
        wanted = [compose("unnest({})", _listed(values)) for values in zip(*rows, strict=True)]
        if not wanted:
            return raw("FALSE")
        return compose("(({}) IN (SELECT {}))", join(", ", columns), join(", ", wanted))

    def has_id(self, alias: str, id_column: str, identity: str) -> Sql:
        """By the number that is made of it, which is a narrower column, and then by itself."""
        return compose(
            f"({alias}.{KEY_OF[id_column]} = {key_of('{}')} AND {alias}.{id_column} = {{}})",
            text(identity),
            text(identity),
        )

    def is_word_in(self, value: Sql, words: Sequence[str]) -> Sql:
        """Many are looked for in one text: a long list takes longer to plan than to search."""
        if len(words) <= _MANY:
            return self.is_in(value, words)
        bar = raw(f"'{_BAR}'")
        return compose(
            "contains({}, {} || {} || {})", text(_BAR + _BAR.join(words) + _BAR), bar, value, bar
        )

    def each(self, column: Sql) -> Sql:
        """Unnest a LIST."""
        return compose("unnest({})", column)


def _bound(part: Bound) -> tuple[str, Parameter]:
    """A placeholder and the value for it.

    A timestamp as such is planned faster than a function of a number, and ends with the year 9999.
    """
    value = part.value
    if isinstance(value, tuple):
        return _PLACEHOLDERS[part.type], list(value)
    if part.type == "instant" and isinstance(value, int):
        return (
            ("?", naive(value)) if FIRST_INSTANT <= value < LAST_INSTANT else (_FAR_INSTANT, value)
        )
    return _PLACEHOLDERS[part.type], value


def _listed(values: Sequence[SqlValue]) -> Sql:
    are_numbers = all(isinstance(value, int) for value in values)
    return compose("{}::BIGINT[]" if are_numbers else "{}", texts(map(str, values)))


def _shifted(column: Sql, offset: int) -> Sql:
    if offset == 0:
        return column
    return compose(f"({{}} + to_microseconds({offset}))", column)


def _local(column: Sql, pieces: Sequence[Piece]) -> Sql:
    """The wall-clock reading of a UTC column."""
    return _by_piece(column, pieces, lambda piece: _shifted(column, piece.offset))


def _by_piece(column: Sql, pieces: Sequence[Piece], build: Callable[[Piece], Sql]) -> Sql:
    """The expression of whichever piece of the zone's history a time lies in."""
    if len(pieces) == 1:
        return build(pieces[0])
    cases = [
        compose("WHEN {} < {} THEN {}", column, instant(following.begin or 0), build(piece))
        for piece, following in pairwise(pieces)
    ]
    return compose("CASE {} ELSE {} END", join(" ", cases), build(pieces[-1]))
