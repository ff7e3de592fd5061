"""What there is to filter by: the values of fields, and the keys of payloads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from callistics.analytics.cache import AnswerCache, CachedAnswer
from callistics.analytics.parse_values import ValuesRequest
from callistics.analytics.rollup_match import source_of_answer
from callistics.analytics.service import Analytics
from callistics.compile.payload_shapes import payload_shapes
from callistics.compile.values import values
from callistics.model.instants import DAY
from callistics.model.json import encode
from callistics.model.query import Filters, Query
from callistics.model.scope import Scope
from callistics.model.zones import zone
from callistics.queries import registry
from callistics.sql.dialect import SqlRow
from callistics.sql.fragment import Sql
from callistics.sql.selection import Frame, Selection, Unit

RECENT_DAYS = 90
MOST_SHAPES = 10_000
"""Where payloads have more distinct shapes, the most common among recent calls are read."""
MOST_KEYS = 10_000
"""So many keys are told at most, those of most recent calls."""
_ANY = Query("call_count", zone("UTC"))
_shape = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True)
class PayloadKey:
    """A key of payloads: the JSON types of what is under it, and how many recent calls have it."""

    key: str
    types: tuple[str, ...]
    calls: int


@dataclass(frozen=True, slots=True)
class FoundKeys:
    """The keys that were found; whether these are all that payloads have."""

    keys: Sequence[PayloadKey]
    complete: bool


class Discovery:
    """Looks for values and keys among the records that the queries are answered from.

    Values are kept while no record changes. `within` is a query of calls: only calls that match
    its filters, read in its zone, are looked at.
    """

    def __init__(self, analytics: Analytics, cache: AnswerCache) -> None:
        self._analytics, self._cache = analytics, cache

    def kept(
        self,
        asked: ValuesRequest,
        scope: Scope,
        version: int | None,
        now: int,
        within: Query = _ANY,
    ) -> bytes | None:
        """What was sent for the same values in a version of the data, None where it is not kept."""
        found = self._cache.find(_name(asked, within), scope, version, now)
        return None if found is None else found.answer

    def values_sent(
        self, asked: ValuesRequest, scope: Scope, version: int | None, within: Query = _ANY
    ) -> bytes:
        """The values of a field as they are sent; they are kept. Raises `TimedOut`."""
        found = self.values(asked, scope, within)
        sent = encode({"data": [{"value": value, "calls": calls} for value, calls in found]})
        kept = CachedAnswer(version, within.query_type, sent, within.range, within.holds)
        self._cache.keep(_name(asked, within), scope, kept)
        return sent

    def values(
        self, asked: ValuesRequest, scope: Scope, within: Query = _ANY
    ) -> list[tuple[str, int]]:
        """(value, calls) of a field, by calls, largest first, then by value.

        Raises `TimedOut`.
        """
        frame = self._analytics.frame(within, scope, self._analytics.run)
        rolled = source_of_answer(
            frame, registry()[within.query_type], [asked.field], self._analytics.rollups
        )
        frame = replace(frame, rolled=rolled)
        sql = values(frame, asked.field, asked.prefix, asked.limit)
        rows = self._rows(sql)
        return [(str(value), int(calls or 0)) for value, calls in rows]

    def payload_keys(self, scope: Scope, now: int) -> FoundKeys:
        """The keys of payloads, by the recent calls that have them, then by key.

        Recent calls started in the last `RECENT_DAYS` times 24 hours. Raises `TimedOut`.
        """
        last = Filters(begin=now - RECENT_DAYS * DAY, end=now)
        recent = self._frame(Unit.CALLS, scope, last)
        ever = tuple(self._frame(unit, scope, Filters()) for unit in Unit)
        sql = payload_shapes(recent, ever, MOST_SHAPES)
        rows = self._rows(sql)
        shapes = {str(shape): int(count or 0) for shape, count in rows[:MOST_SHAPES]}
        keys = _keys(shapes)
        complete = len(rows) <= MOST_SHAPES and len(keys) <= MOST_KEYS
        return FoundKeys(keys[:MOST_KEYS], complete)

    def _frame(self, unit: Unit, scope: Scope, within: Filters) -> Frame:
        query = replace(_ANY, filters=within)
        selection = Selection(query, scope, self._analytics.policy, unit, within.begin, within.end)
        return Frame(selection, self._analytics.dialect)

    def _rows(self, sql: Sql) -> Sequence[SqlRow]:
        return self._analytics.run(self._analytics.dialect.render(sql))


def _name(asked: ValuesRequest, within: Query) -> bytes:
    filters = within.zone.name, within.filters
    return repr((asked.field.name, asked.prefix, asked.limit, filters)).encode()


def _keys(shapes: Mapping[str, int]) -> list[PayloadKey]:
    """The keys of shapes, each with the calls of all shapes that have it."""
    types: dict[str, set[str]] = {}
    calls: Counter[str] = Counter()
    for shape, count in shapes.items():
        for key, kind in _shape.decode(shape).items():
            types.setdefault(key, set()).add(kind)
            calls[key] += count
    found = [PayloadKey(key, tuple(sorted(kinds)), calls[key]) for key, kinds in types.items()]
    return sorted(found, key=lambda one: (-one.calls, one.key))
