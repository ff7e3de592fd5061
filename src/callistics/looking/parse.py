"""From the body of `POST /calls/search` to a `Search`, or to every problem it has, at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from callistics.analytics.body_reader import BodyReader
from callistics.errors import Refused, did_you_mean, invalid, malformed
from callistics.looking.cursor import (
    Cursor,
    CursorError,
    NoCursorError,
    cursor_text,
    digest,
    read_cursor,
)
from callistics.model.bodies import read_object
from callistics.model.json import as_object
from callistics.model.query import Query
from callistics.model.scope import Scope
from callistics.model.search import Position, Search

BODY_FIELDS = ("filters", "timezone", "order", "limit", "cursor")
ORDERS = ("-started_at", "started_at")
MATCHED_AS = "call_count"
"""The query type whose calls are found."""
MAX_LIMIT = 1_000
DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A search within a scope, and what its cursors belong to."""

    search: Search
    scope: Scope
    belongs: bytes

    def cursor(self, after: Position) -> str:
        """What to go on with after a call."""
        filters = self.search.query.filters
        return cursor_text(Cursor(after, filters.begin, filters.end), self.belongs)


def parse_search(
    body: bytes, scope: Scope, default_zone: str, now: int, *, paged: bool = True
) -> Asked:
    """Check a body that came at an instant (µs). Raises `Refused` with every problem of it.

    `paged` is whether it is a page that is asked for, and not all calls, which have no cursor.
    """
    return _Reader(read_object(body), scope, default_zone, now).asked(paged=paged)


class _Reader(BodyReader):
    """Reads the body of a search."""

    def asked(self, *, paged: bool) -> Asked:
        """The search. Raises `Refused`."""
        self.check_names(BODY_FIELDS)
        self.zone = self.read_zone()
        filters, limits = self.read_filters()
        query = Query(MATCHED_AS, self.zone, filters, locked=self.scope.locked, limits=limits)
        order = self._order()
        limit = self.read_whole("limit", 1, MAX_LIMIT, DEFAULT_LIMIT)
        search = Search(query, order.startswith("-"), limit)
        given: Mapping[str, object] = as_object(self.body.get("filters")) or {}
        belongs = digest(given, self.zone.name, order, self.scope)
        cursor = self._cursor(belongs, paged=paged)
        if self.problems:
            raise Refused(self.problems)
        return Asked(search if cursor is None else _going_on(search, cursor), self.scope, belongs)

    def _order(self) -> str:
        name = self.body.get("order")
        if name is None:
            return ORDERS[0]
        if isinstance(name, str) and name in ORDERS:
            return name
        hint = did_you_mean(name, ORDERS) if isinstance(name, str) else ""
        message = f"must be one of {', '.join(ORDERS)}{hint}"
        self.problems.append(malformed("/order", message, name))
        return ORDERS[0]

    def _cursor(self, belongs: bytes, *, paged: bool) -> Cursor | None:
        """Where to go on; what it belongs to is tested only where nothing else is wrong."""
        text = self.body.get("cursor")
        if text is None:
            return None
        if not paged:
            message = "an export has all calls from the first on: give no cursor"
            self.problems.append(malformed("/cursor", message))
            return None
        if not isinstance(text, str):
            self.problems.append(malformed("/cursor", "must be a string", text))
            return None
        try:
            return read_cursor(text, belongs)
        except CursorError as error:
            if not self.problems or isinstance(error, NoCursorError):
                self.problems.append(invalid("/cursor", str(error), text))
            return None


def _going_on(search: Search, cursor: Cursor) -> Search:
    """The search after a page: in the range as it was first read, whatever its name means now."""
    filters = replace(search.query.filters, begin=cursor.begin, end=cursor.end)
    return replace(search, query=replace(search.query, filters=filters), after=cursor.after)
