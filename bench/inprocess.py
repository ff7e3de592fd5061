"""The product's own steps without HTTP, on a copy of a store."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from bench.store import Store
from callistics.analytics.service import Analytics
from callistics.catalog.plan import Policy
from callistics.engines.base import Engine
from callistics.engines.opening import open_engine
from callistics.model.scope import EVERYTHING
from callistics.settings import Settings
from callistics.sql.dialect import SqlRow, Statement


class Asking:
    """The server's steps from body to answer, in this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: list[Statement] = []
        self.analytics = Analytics(
            engine.dialect, self._run, Policy(), Settings().timezone, engine.rollups
        )

    def _run(self, statement: Statement) -> Sequence[SqlRow]:
        self._seen.append(statement)
        return self._engine.run(statement)

    def statements(self, body: bytes) -> list[Statement]:
        """What the product runs to answer a body: one statement, two where ends are open."""
        self._seen.clear()
        self.analytics.answer(body, EVERYTHING)
        return list(self._seen)

    def run(self, statements: Sequence[Statement]) -> None:
        """The engine's part alone."""
        for statement in statements:
            self._engine.run(statement)

    def answer(self, body: bytes) -> None:
        """All steps but HTTP's."""
        self.analytics.answer(body, EVERYTHING)
        self._seen.clear()


@contextmanager
def asking(store: Store) -> Generator[Asking]:
    """On a database that no server has open."""
    engine = open_engine(Settings(engine=store.dsn))
    try:
        yield Asking(engine)
    finally:
        engine.close()
