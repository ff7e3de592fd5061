"""Searching for calls: a page of them, or all, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from callistics.analytics.profile import in_steps
from callistics.analytics.service import Analytics
from callistics.compile.search import edge, page
from callistics.engines.base import SnapshotSource
from callistics.looking.parse import Asked, parse_search
from callistics.looking.reading import settled_calls
from callistics.looking.shape import Record, place_of
from callistics.model.instants import now
from callistics.model.scope import Scope
from callistics.model.search import Position, Search
from callistics.sql.dialect import Run, SqlRow
from callistics.sql.selection import Frame

AT_ONCE = 5_000
"""Calls that are read together where all are."""
# Characters of what is read together; calls with transcripts are fewer then, and the first are few.
_LENGTH_AT_ONCE, _FIRST = 4_000_000, 50
# Calls at the instant at which the page before ended are among those that the edge is looked for
# in, its last one always.
_BESIDE = 10
# More of them than that, and what is cancelled, make a page come out short: then the edge is looked
# for among so many times as many rows.
_FURTHER = 8


@dataclass(frozen=True, slots=True)
class Page:
    """Calls in their order, and the last one's position where another follows."""

    calls: Sequence[Record]
    last: Position | None


class Searches:
    """Finds calls on one engine, given its snapshots and what answers queries there.

    What matches is what the query type `call_count` counts. A search comes at an instant (µs), from
    which ranges are named: now, unless it is told.
    """

    def __init__(self, analytics: Analytics, snapshots: SnapshotSource, default_zone: str) -> None:
        self._analytics, self._snapshots, self._zone = analytics, snapshots, default_zone

    def parse(
        self, body: bytes, scope: Scope, at: int | None = None, *, paged: bool = True
    ) -> Asked:
        """What the body of `POST /calls/search` asks for. Raises `Refused`."""
        moment = now() if at is None else at
        return parse_search(body, scope, self._zone, moment, paged=paged)

    def page(self, asked: Asked) -> Page:
        """The calls of one page. Raises `RequestError`."""
        with self._snapshots.reading() as state:
            return self._page(asked.search, asked.scope, in_steps(state.run))

    def rows(self, asked: Asked, at_once: int = AT_ONCE) -> Iterator[Sequence[Record]]:
        """All calls from where the search begins, some at a time, whatever its limit.

        Each part is of the records as they are then, so that no state is held for who takes them
        slowly; still no call comes twice. Raises `RequestError`.
        """
        search: Search | None = replace(asked.search, limit=min(_FIRST, at_once))
        while search is not None:
            page = self.page(replace(asked, search=search))
            limit = min(_fitting(page.calls), at_once)
            search = None if page.last is None else replace(search, after=page.last, limit=limit)
            yield page.calls

    def _page(self, search: Search, scope: Scope, run: Run) -> Page:
        frame = self._analytics.frame(search.query, scope, run)
        found = _rows(frame, search, run)
        calls = settled_calls(frame, run, found[: search.limit])
        return Page(calls, place_of(calls[-1]) if len(found) > search.limit else None)


def _fitting(calls: Sequence[Record]) -> int:
    """How many calls like these are read together, no more than twenty times as many."""
    length = sum(len(value) for call in calls for value in call.values() if isinstance(value, str))
    return max(1, min(20 * len(calls), _LENGTH_AT_ONCE * len(calls) // max(length, 1)))


def _rows(frame: Frame, search: Search, run: Run) -> Sequence[SqlRow]:
    """The rows of the calls of a page, and of one more if there is one."""
    render, wanted = frame.dialect.render, search.limit + 1
    count = wanted if search.after is None else wanted + _BESIDE
    while True:
        ((until, there),) = run(render(edge(frame, search, count)))
        is_last = int(there or 0) < count
        if is_last and not there:
            return ()
        limit = None if is_last else int(until or 0)
        found = run(render(page(frame, search, limit, wanted)))
        if is_last or len(found) == wanted:
            return found
        count *= _FURTHER
