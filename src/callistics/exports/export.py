"""A query, answered with all its rows, a few at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from callistics.analytics.service import Analytics
from callistics.exports.formats import Format
from callistics.exports.names import file_name
from callistics.exports.rows import Rows, end_held_back, some_at_a_time
from callistics.exports.schema import schema_of
from callistics.model.bodies import read_object
from callistics.model.scope import Scope
from callistics.model.time_range import TimeRange
from callistics.sql.dialect import Run


@dataclass(frozen=True, slots=True)
class Export:
    """Rows to be written once, some at a time: of which kind, which range, with which columns."""

    what: str
    range: TimeRange
    schema: pa.Schema
    rows: Iterator[Rows]

    def written(self, format_: Format) -> Iterator[bytes]:
        """The pieces of a file in a format, written as they are taken."""
        return end_held_back(format_.write(self.schema, self.rows))

    def file_name(self, format_: Format) -> str:
        """The name of the file."""
        return file_name(self.what, self.range, format_.extension)


class Exports:
    """Answers queries with all their rows; `run` gives those of a statement, however many."""

    def __init__(self, analytics: Analytics, run: Run) -> None:
        self._analytics, self._run = analytics, run

    def of_query(self, body: bytes, scope: Scope, at: int) -> Export:
        """What a body of `POST /analytics` asks for. Raises `RequestError`."""
        plan = self._analytics.plan(read_object(body), scope, at)
        rows = self._analytics.stream(plan, self._run)
        query = plan.selection.query
        return Export(query.query_type, query.range, schema_of(plan), some_at_a_time(rows))
