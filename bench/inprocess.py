"""The product's own steps without HTTP."""

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import msgspec

from bench.store import Store
from callistics.analytics.service import Analytics
from callistics.engines.base import Engine, Snapshot
from callistics.engines.registry import open_engine
from callistics.http.services import now
from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, decode_batch
from callistics.ingest.job import Job
from callistics.ingest.writer import Writer
from callistics.model.scope import EVERYTHING
from callistics.model.zones import zone
from callistics.records.columnar.call_batch import SMALLEST
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.runtime import tune
from callistics.settings import Settings
from callistics.sql.dialect import SqlRow, Statement
from callistics.sql.selection import Policy


class _Seen:
    """An engine whose statements are noted, but for those of a comparison."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.dialect = engine.dialect
        self.statements: list[Statement] = []

    @property
    def data_version(self) -> int | None:
        return self._engine.data_version

    def reading(self) -> AbstractContextManager[Snapshot]:
        return self._engine.reading()

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        self.statements.append(statement)
        return self._engine.run(statement)


class Asking:
    """The server's steps from body to answer, in this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen = _Seen(engine)
        self.analytics = Analytics(self._seen, Policy(), Settings().timezone, engine.rollups)

    def statements(self, body: bytes) -> list[Statement]:
        """What the product runs to answer a body: one statement, two where ends are open."""
        self._seen.statements.clear()
        self.analytics.answer(body, EVERYTHING)
        return list(self._seen.statements)

    def run(self, statements: Sequence[Statement]) -> None:
        """The engine's part alone."""
        for statement in statements:
            self._engine.run(statement)

    def rows(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of an answer."""
        found: list[dict[str, Any]] = self.analytics.answer(
            msgspec.json.encode(question), EVERYTHING
        ).data
        return found

    def answer(self, body: bytes) -> None:
        """All steps but HTTP's."""
        self.analytics.answer(body, EVERYTHING)
        self._seen.statements.clear()


@contextmanager
def asking(store: Store) -> Generator[Asking]:
    """On a database that no server has open."""
    engine = open_engine(Settings(engine=store.dsn))
    try:
        yield Asking(engine)
    finally:
        engine.close()


class Storing:
    """The steps of a request with records, one after the other in this thread.

    From `block` records in a request on, what can be is taken as columns.
    """

    def __init__(self, engine: Engine, block: int = SMALLEST) -> None:
        tune()
        self._writer = Writer(engine, 1)
        self._terms = Terms(
            RecordKind.CALLS, Reading(zone("UTC"), now()), EVERYTHING, columns_from=block
        )

    def read(self, body: bytes) -> Batch:
        """The checked records of NDJSON."""
        return decode_batch(body, "application/x-ndjson", Limits(1 << 30, 100_000), self._terms)

    def commit(self, batch: Batch) -> None:
        """Store them."""
        job = Job(batch)
        self._writer.commit([job])
        job.done.result()

    def stop(self) -> None:
        """End the writer."""
        self._writer.stop()
