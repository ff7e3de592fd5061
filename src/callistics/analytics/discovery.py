"""What there is to filter by: the values of fields, and the keys of payloads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from callistics.analytics.parse_values import ValuesRequest
from callistics.analytics.rollup_match import Rollups, source_of_answer
from callistics.analytics.service import Run
from callistics.compile.payload_shapes import payload_shapes
from callistics.compile.values import values
from callistics.model.instants import DAY
from callistics.model.query import Filters, Query
from callistics.model.scope import Scope
from callistics.model.zones import zone
from callistics.queries import registry
from callistics.sql.dialect import Dialect
from callistics.sql.selection import Frame, Policy, Selection, Unit

RECENT_DAYS = 90
MOST_SHAPES = 10_000
"""Of payloads with more different sets of keys and types, the most frequent sets are read."""
_COUNT = "call_count"
_shape = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True)
class PayloadKey:
    """A key of payloads: the JSON types of what is under it, and how many recent calls have it."""

    key: str
    types: tuple[str, ...]
    calls: int


@dataclass(frozen=True, slots=True)
class FoundKeys:
    """The keys that were found; whether all payloads were looked at."""

    keys: Sequence[PayloadKey]
    complete: bool


class Discovery:
    """Looks for values and keys on one engine, given its dialect and a way to run a statement."""

    def __init__(self, dialect: Dialect, run: Run, policy: Policy, rollups: Rollups = ()) -> None:
        self._dialect, self._run = dialect, run
        self._policy, self._rollups = policy, rollups

    def values(
        self, asked: ValuesRequest, scope: Scope, within: Filters | None = None
    ) -> list[tuple[str, int]]:
        """(value, calls) of a field, by calls, largest first, then by value.

        `within` are filters that calls must match besides. Raises `TimedOut`.
        """
        frame = self._frame(Unit.CALLS, scope, within or Filters())
        rolled = source_of_answer(frame, registry()[_COUNT], [asked.field], self._rollups)
        frame = replace(frame, rolled=rolled)
        sql = values(frame, asked.field, asked.prefix, asked.limit)
        rows = self._run(self._dialect.render(sql))
        return [(str(value), int(calls or 0)) for value, calls in rows]

    def payload_keys(self, scope: Scope, now: int) -> FoundKeys:
        """The keys of payloads, by the recent calls that have them, then by key.

        Recent calls started in the last `RECENT_DAYS` times 24 hours. Raises `TimedOut`.
        """
        calls, leads = (self._frame(unit, scope, Filters()) for unit in Unit)
        sql = payload_shapes(calls, leads, now - RECENT_DAYS * DAY, now, MOST_SHAPES)
        rows = self._run(self._dialect.render(sql))
        shapes = {str(shape): int(count or 0) for shape, count in rows[:MOST_SHAPES]}
        return FoundKeys(_keys(shapes), len(rows) <= MOST_SHAPES)

    def _frame(self, unit: Unit, scope: Scope, within: Filters) -> Frame:
        query = Query(_COUNT, zone("UTC"), within)
        selection = Selection(query, scope, self._policy, unit, within.begin, within.end)
        return Frame(selection, self._dialect)


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
